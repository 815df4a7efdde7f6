// Conditional polling: <div data-poll="/desk/rows/?..." data-poll-seconds="15"> is filled anew when the server has news.
// The server answers 304 by ETag when nothing changed, so nothing is drawn and nothing is written. A hidden page does not
// ask; an error makes the pauses longer; what has the focus, or a row that is marked, keeps it.
(() => {
  const LONGEST_MS = 120000;

  const start = (element) => {
    if (element.dataset.polled) return;
    element.dataset.polled = "yes";
    const pause = 1000 * Number(element.dataset.pollSeconds || 20);
    let tag = element.dataset.pollTag || "";
    let failures = 0;

    const ask = async () => {
      if (!element.isConnected) return;
      if (document.hidden || element.contains(document.activeElement?.closest("input, textarea, select"))) {
        setTimeout(ask, pause);
        return;
      }
      try {
        const headers = { "HX-Request": "true", "X-Upheld-Poll": "1", ...(tag ? { "If-None-Match": tag } : {}) };
        const response = await fetch(element.dataset.poll, { headers, cache: "no-store", redirect: "error" });
        if (response.status === 200) {
          tag = response.headers.get("ETag") || "";
          put(element, await response.text());
        } else if (response.status === 401 || response.status === 403 || response.status === 404) return;
        failures = response.status >= 500 ? failures + 1 : 0;
      } catch {
        failures += 1;
      }
      setTimeout(ask, Math.min(LONGEST_MS, pause * 2 ** failures));
    };
    setTimeout(ask, pause);
  };

  const put = (element, markup) => {
    const focused = element.contains(document.activeElement) ? document.activeElement.id : "";
    const current = element.querySelector(".is-current")?.id;
    const checked = [...element.querySelectorAll("input:checked")].map((input) => input.id);
    window.htmx.swap(element, markup, { swapStyle: "innerHTML" });
    for (const id of checked) {
      const input = document.getElementById(id);
      if (input) input.checked = true;
    }
    if (current) document.getElementById(current)?.classList.add("is-current");
    if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
  };

  const startAll = () => document.querySelectorAll("[data-poll]").forEach(start);
  document.addEventListener("DOMContentLoaded", startAll);
  document.addEventListener("htmx:afterSettle", startAll);
  startAll();
})();
