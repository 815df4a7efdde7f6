// What every page has: menus that close, dialogs that open, messages that go away, the theme, and what htmx does on errors.
(() => {
  const TOAST_MS = 8000;

  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll("details[data-menu][open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
    const opener = event.target.closest("[data-open-dialog]");
    if (opener) document.getElementById(opener.dataset.openDialog)?.showModal();
    event.target.closest("[data-close-dialog]")?.closest("dialog").close();
    event.target.closest("[data-dismiss]")?.closest("[data-toast]").remove();
    if (event.target instanceof HTMLDialogElement) event.target.close(); // a click on the backdrop
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const menu = document.querySelector("details[data-menu][open]");
    if (menu) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });

  document.addEventListener("submit", async (event) => {
    const form = event.target.closest("[data-theme-form]");
    if (!form || !event.submitter) return;
    event.preventDefault();
    const chosen = event.submitter.value;
    window.upheldTheme(chosen);
    for (const button of document.querySelectorAll("[data-theme-form] button")) {
      button.setAttribute("aria-pressed", String(button.value === chosen));
    }
    const body = new FormData(form);
    body.set("theme", chosen);
    await fetch(form.action, { method: "POST", body, headers: { "X-Requested-With": "fetch" } });
  });

  const settle = (toast) => {
    if (toast.classList.contains("toast-error") || toast.dataset.settled) return; // an error stays until it is read
    toast.dataset.settled = "yes";
    setTimeout(() => toast.matches(":hover") || toast.remove(), TOAST_MS);
  };
  const settleAll = () => document.querySelectorAll("[data-toast]").forEach(settle);
  settleAll();
  document.addEventListener("htmx:afterSettle", settleAll);

  // Show a message made in the browser; the text is set as text, never as markup.
  window.upheldToast = (text, level = "info") => {
    const toast = document.createElement("div");
    toast.className = `toast-note toast-${level}`;
    toast.dataset.toast = "";
    const words = document.createElement("div");
    words.className = "toast-words";
    words.textContent = text;
    toast.append(words);
    document.getElementById("toasts").append(toast);
    settle(toast);
  };

  const words = () => document.getElementById("toasts").dataset;
  document.addEventListener("htmx:responseError", (event) => {
    const status = event.detail.xhr.status;
    if (status === 401 || status === 403) window.location.reload();
    else window.upheldToast(status === 503 ? words().busy : words().failed, "error");
  });
  document.addEventListener("htmx:sendError", () => window.upheldToast(words().offline, "error"));
})();
