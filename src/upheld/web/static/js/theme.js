// Sets the theme before anything is painted. Loaded in the head without `defer`, on purpose: a page must not flash.
(() => {
  const root = document.documentElement;
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const apply = () => {
    const chosen = root.dataset.theme;
    root.setAttribute("data-bs-theme", chosen === "auto" ? (dark.matches ? "dark" : "light") : chosen);
  };
  apply();
  dark.addEventListener("change", apply);
  window.upheldTheme = (chosen) => {
    root.dataset.theme = chosen;
    apply();
  };
})();
