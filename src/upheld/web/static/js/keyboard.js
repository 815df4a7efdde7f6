// Keys. A link or button with data-key="n" is pressed by that key; two letters ("g d") are typed one after the other.
// In a list marked data-rows, j and k move over its [data-row] and Enter opens the row's [data-row-link].
// data-key-label names the key in the dialog that "?" opens; without it the element's own words do.
(() => {
  const PAUSE_MS = 900;
  let first = "";
  let timer = 0;

  const isTyping = (target) => target.closest("input, textarea, select, [contenteditable]") !== null;
  const visible = (element) => element.getClientRects().length > 0;
  const keyed = () => [...document.querySelectorAll("[data-key]")].filter(visible);

  const rows = () => [...document.querySelectorAll("[data-rows] [data-row]")].filter(visible);
  const move = (step) => {
    const all = rows();
    if (!all.length) return false;
    const at = all.findIndex((row) => row.classList.contains("is-current"));
    const next = all[Math.min(all.length - 1, Math.max(0, at + step))] ?? all[0];
    all.forEach((row) => row.classList.toggle("is-current", row === next));
    next.setAttribute("tabindex", "-1");
    next.focus({ preventScroll: true });
    next.scrollIntoView({ block: "nearest" });
    document.dispatchEvent(new CustomEvent("upheld:row", { detail: { row: next } }));
    return true;
  };
  const open = () => {
    const link = document.querySelector("[data-rows] .is-current [data-row-link]");
    link?.click();
    return Boolean(link);
  };

  const press = (element) => {
    if (element.matches("input, textarea, select")) element.focus();
    else element.click();
    return true;
  };
  const find = (key) => keyed().find((element) => element.dataset.key === key);

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && isTyping(event.target)) event.target.blur();
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.form?.dataset.sendKey !== undefined) {
      event.preventDefault();
      event.target.form.requestSubmit();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || document.querySelector("dialog[open]")) return;
    clearTimeout(timer);
    const chord = first ? `${first} ${event.key}` : event.key;
    first = "";
    const found = find(chord) ?? find(event.key);
    let done = false;
    if (found) done = press(found);
    else if (event.key === "?") done = help();
    else if (event.key === "j") done = move(1);
    else if (event.key === "k") done = move(-1);
    else if (event.key === "Enter" && !event.target.closest("a, button, summary")) done = open();
    else if (keyed().some((element) => element.dataset.key.startsWith(`${event.key} `))) {
      first = event.key;
      timer = setTimeout(() => (first = ""), PAUSE_MS);
    }
    if (done) event.preventDefault();
  });

  const line = (list, keys, words) => {
    const term = document.createElement("dt");
    for (const key of keys.split(" ")) {
      const cap = document.createElement("kbd");
      cap.className = "key";
      cap.textContent = key;
      term.append(cap);
    }
    const meaning = document.createElement("dd");
    meaning.textContent = words;
    list.append(term, meaning);
  };
  const help = () => {
    const dialog = document.getElementById("keys-dialog");
    if (!dialog) return false;
    dialog.showModal();
    return true;
  };
  const fill = (dialog) => {
    const list = dialog.querySelector("[data-keys-list]");
    list.replaceChildren();
    if (rows().length) {
      line(list, "j k", list.dataset.move ?? "next and previous row");
      line(list, "Enter", list.dataset.open ?? "open the row");
    }
    const seen = new Set();
    for (const element of keyed()) {
      if (seen.has(element.dataset.key)) continue;
      seen.add(element.dataset.key);
      line(list, element.dataset.key, element.dataset.keyLabel ?? element.getAttribute("aria-label") ?? element.textContent.trim());
    }
    line(list, "?", list.dataset.help ?? "these keys");
  };
  const dialog = document.getElementById("keys-dialog");
  if (dialog) new MutationObserver(() => dialog.open && fill(dialog)).observe(dialog, { attributes: true, attributeFilter: ["open"] });
})();
