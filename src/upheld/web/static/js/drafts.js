// Nothing typed is lost: <form data-draft="/desk/tickets/…/draft/" data-draft-name="ticket-…-reply"> keeps the fields that
// are marked data-draft-field (or its textareas) in the browser at once and on the server after a pause. A marked choice is
// kept with the words: what was begun as a note comes back as a note.
// The server gets them as a form by POST, as they are named; an answer of 2xx means kept. [data-draft-status] says when.
(() => {
  const PAUSE_MS = 1200;
  const PREFIX = "upheld-draft:";

  const fields = (form) => [...form.querySelectorAll("[data-draft-field], textarea[name]")];
  const chosen = (field) => field.type !== "radio" || field.checked;
  const read = (form) => Object.fromEntries(fields(form).filter(chosen).map((field) => [field.name, field.value]));
  const hasWords = (form) => fields(form).some((field) => field.type !== "radio" && field.value);

  const start = (form) => {
    if (form.dataset.drafted) return;
    form.dataset.drafted = "yes";
    const key = PREFIX + (form.dataset.draftName || window.location.pathname);
    const status = form.querySelector("[data-draft-status]");
    let timer = 0;
    let running = null;

    const say = (text) => {
      if (status) status.textContent = text;
    };
    const clock = () => new Date().toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" });

    const kept = localStorage.getItem(key);
    if (kept) {
      const values = JSON.parse(kept);
      const words = fields(form).filter((field) => field.type !== "radio" && !field.value && values[field.name]);
      const choices = words.length ? fields(form).filter((field) => field.type === "radio" && values[field.name]) : [];
      for (const field of words) field.value = values[field.name];
      for (const field of choices) field.checked = field.value === values[field.name];
      say(status?.dataset.restored ?? "Draft brought back");
    }

    const save = async () => {
      if (!form.dataset.draft) return;
      const values = read(form);
      const body = new FormData();
      for (const [name, value] of Object.entries(values)) body.set(name, value);
      const token = form.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";
      running?.abort();
      running = new AbortController();
      try {
        const response = await fetch(form.dataset.draft, {
          method: "POST", body, headers: { "X-CSRFToken": token, "X-Requested-With": "fetch" }, signal: running.signal,
        });
        if (!response.ok) throw new Error(String(response.status));
        if (JSON.stringify(read(form)) === JSON.stringify(values)) localStorage.removeItem(key);
        say(`${status?.dataset.kept ?? "Draft kept"} ${clock()}`);
      } catch (error) {
        if (error.name !== "AbortError") say(status?.dataset.offline ?? "Draft kept in this browser");
      }
    };

    form.addEventListener("input", () => {
      const values = read(form);
      if (hasWords(form)) localStorage.setItem(key, JSON.stringify(values));
      else localStorage.removeItem(key);
      clearTimeout(timer);
      timer = setTimeout(save, PAUSE_MS);
    });
    // The answer to a sent form is a new page (or an htmx swap); only then is the draft let go, so a failure keeps it.
    form.addEventListener("submit", () => {
      clearTimeout(timer);
      running?.abort();
    });
    form.addEventListener("htmx:afterRequest", (event) => {
      if (event.detail.successful && event.detail.elt === form) localStorage.removeItem(key);
    });
  };

  // A page that tells which drafts arrived (data-draft-done="name") clears them.
  const clearDone = () => {
    for (const mark of document.querySelectorAll("[data-draft-done]")) localStorage.removeItem(PREFIX + mark.dataset.draftDone);
  };
  const startAll = () => {
    clearDone();
    document.querySelectorAll("form[data-draft], form[data-draft-name]").forEach(start);
  };
  document.addEventListener("DOMContentLoaded", startAll);
  document.addEventListener("htmx:afterSettle", startAll);
  startAll();
})();
