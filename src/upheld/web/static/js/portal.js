// The portal: one click sends once, fields of the plan show only where they are asked, the promise follows the choices.
(() => {
  // A second click on "Send" does nothing; the server would not take it twice either.
  document.addEventListener("submit", (event) => {
    const form = event.target.closest("form[data-once]");
    if (!form) return;
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
    setTimeout(() => delete form.dataset.sent, 10000);
  });
  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-once]")) delete form.dataset.sent;
  });

  const form = document.getElementById("new-ticket");
  if (!form) return;
  const value = (name) => {
    const field = form.elements[name];
    return (field?.value ?? "").split("@")[0];
  };
  const fits = (element) =>
    ["request_type", "urgency", "place"].every((name) => {
      const wanted = element.getAttribute(`data-when-${name}`);
      return !wanted || wanted.split(" ").includes(value(name));
    });
  const show = () => {
    for (const element of form.querySelectorAll(".asked")) element.hidden = !fits(element);
  };
  form.addEventListener("change", show);
  show();
  document.getElementById("problems")?.scrollIntoView({ block: "center" });
})();
