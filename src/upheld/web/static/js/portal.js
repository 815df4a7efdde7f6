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
    for (const card of form.querySelectorAll("[data-asked-card]")) {
      card.hidden = !card.querySelector(".asked:not([hidden]), .secret");
    }
  };
  form.addEventListener("change", show);
  show();

  // Of the severity questions those are shown that can still change the suggestion, and those that have an answer. The
  // urgency that fits the answers is taken as long as nobody has chosen one.
  let chosen = Boolean(form.querySelector("[name=urgency]:checked"));
  const follow = () => {
    const forecast = document.getElementById("forecast");
    if (!forecast) return;
    const open = (forecast.dataset.openQuestions ?? "").split(" ");
    for (const question of form.querySelectorAll("[data-question]")) {
      const answered = question.querySelector("input:checked:not([value=''])");
      question.hidden = !answered && !open.includes(question.dataset.question);
    }
    const fitting = forecast.dataset.fitting && document.getElementById(`urgency-${forecast.dataset.fitting}`);
    if (!chosen && fitting && !fitting.checked) {
      fitting.checked = true;
      show();
    }
  };
  form.addEventListener("change", (event) => {
    if (event.target.name === "urgency" && event.isTrusted) chosen = true;
  });
  document.addEventListener("htmx:afterSettle", follow);
  follow();
  document.getElementById("problems")?.scrollIntoView({ block: "center" });
})();
