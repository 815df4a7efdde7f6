// The desk: the list that refreshes without jumping, keys for rows, and the ticket page's small comforts.
// Everything here only saves steps: each action is a plain form or link that works without it.
(() => {
  const PAUSE_MS = 15000;
  const LONGEST_MS = 120000;
  const REST_MS = 4000;
  let moved = 0;
  document.addEventListener("pointermove", () => (moved = Date.now()), { passive: true });
  document.addEventListener("keydown", () => (moved = Date.now()));

  // Ask again and again; `take` gets the answer when there is news. A hidden page does not ask.
  const poll = (address, first, take) => {
    let tag = first;
    let failures = 0;
    const ask = async () => {
      if (!document.hidden) {
        try {
          const headers = { "X-Upheld-Poll": "1", ...(tag ? { "If-None-Match": tag } : {}) };
          const response = await fetch(address(), { headers, cache: "no-store", redirect: "error" });
          if (response.status === 200) {
            tag = response.headers.get("ETag") || "";
            const page = new DOMParser().parseFromString(await response.text(), "text/html");
            take(page);
          } else if ([401, 403, 404].includes(response.status)) return;
          failures = response.status >= 500 ? failures + 1 : 0;
        } catch {
          failures += 1;
        }
      }
      setTimeout(ask, Math.min(LONGEST_MS, PAUSE_MS * 2 ** failures));
    };
    setTimeout(ask, PAUSE_MS);
    document.addEventListener("visibilitychange", () => document.hidden || (failures = 0));
    window.upheldAsk = ask;
  };

  // ---- cards that are reckoned after the page is shown
  for (const place of document.querySelectorAll("[data-lazy]")) {
    fetch(place.dataset.lazy, { headers: { "X-Upheld-Poll": "1" }, redirect: "error" })
      .then((response) => (response.ok ? response.text() : Promise.reject(response.status)))
      .then((text) => place.replaceChildren(...new DOMParser().parseFromString(text, "text/html").body.childNodes))
      .catch(() => {
        const words = document.createElement("p");
        words.className = "row-detail";
        words.textContent = place.dataset.lazyFailed;
        place.replaceChildren(words);
      });
  }

  // ---- the list
  const list = document.querySelector("[data-desk-poll]");
  const rowsOf = (root) => [...root.querySelectorAll("[data-row]")];
  const current = () => document.querySelector("[data-row].is-current");
  const marked = () => [...document.querySelectorAll("#bulk input[name=ticket]:checked")];

  if (list) {
    const news = document.querySelector("[data-news]");
    let waiting = null;

    const isBusy = () => marked().length > 0 || document.querySelector("details[open]") !== null || Date.now() - moved < REST_MS;
    const changes = (fresh) => {
      const was = new Map(rowsOf(list).map((row, at) => [row.id, [row.dataset.mark, at]]));
      const is = rowsOf(fresh).map((row) => row.id);
      const gone = [...was.keys()].filter((id) => !is.includes(id)).length;
      const changed = rowsOf(fresh).filter((row) => was.get(row.id)?.[0] !== row.dataset.mark).length;
      const order = [...was.keys()].filter((id) => is.includes(id)).join() !== is.filter((id) => was.has(id)).join();
      return gone + changed + (order && !gone && !changed ? 1 : 0);
    };
    // Nothing happened but time: each row says how its promise stands now, in its place.
    const tick = (fresh) => {
      for (const row of rowsOf(fresh)) {
        const old = document.getElementById(row.id);
        if (!old || old.dataset.mark !== row.dataset.mark) continue;
        old.className = row.className + (old.classList.contains("is-current") ? " is-current" : "");
        const cell = old.querySelector("[data-cell]");
        if (cell.innerHTML !== row.querySelector("[data-cell]").innerHTML) cell.replaceChildren(...row.querySelector("[data-cell]").childNodes);
        old.querySelector(".cell-ticket .row-detail").textContent = row.querySelector(".cell-ticket .row-detail").textContent;
      }
    };
    const show = (fresh) => {
      const [here, checked, focused] = [current()?.id, marked().map((input) => input.id), document.activeElement?.id];
      list.replaceChildren(...fresh.cloneNode(true).childNodes);
      for (const id of checked) if (document.getElementById(id)) document.getElementById(id).checked = true;
      if (here) document.getElementById(here)?.classList.add("is-current");
      if (focused && document.activeElement?.id !== focused) document.getElementById(focused)?.focus({ preventScroll: true });
      news.hidden = true;
      waiting = null;
    };
    poll(() => list.dataset.deskPoll, list.dataset.deskTag, (page) => {
      const fresh = page.querySelector("[data-part=desk-list]");
      const queues = page.querySelector("[data-part=queues]");
      const nav = document.getElementById("queues");
      if (!nav.contains(document.activeElement)) nav.replaceChildren(...queues.childNodes);
      const number = changes(fresh);
      if (!number) tick(fresh);
      else if (!isBusy()) show(fresh);
      else {
        tick(fresh);
        waiting = fresh;
        news.hidden = false;
        news.querySelector("[data-news-words]").textContent =
          number === 1 ? list.dataset.wordsOne : list.dataset.wordsMany.replace("{n}", number);
      }
    });
    news.querySelector("[data-news-show]").addEventListener("click", () => waiting && show(waiting));

    document.querySelector("[data-hints]").hidden = false;
    const words = document.querySelector("[data-bulk-words]");
    document.getElementById("bulk").addEventListener("change", () => {
      const number = marked().length;
      words.textContent = number === 1 ? words.dataset.one : words.dataset.many.replace("{n}", number);
    });
    document.addEventListener("click", (event) => {
      const what = event.target.closest("[data-row-do]")?.dataset.rowDo;
      if (!what) return;
      const row = current();
      const box = row?.querySelector("input[name=ticket]");
      if (what === "assign") {
        if (!marked().length && box) box.checked = true;
        if (marked().length) document.getElementById("bulk").requestSubmit();
      } else if (what === "mark") {
        if (box) box.click();
      } else if (row) window.location.assign(row.querySelector("[data-row-link]").href + what);
    });
  }

  // ---- the ticket page
  const ticket = document.querySelector("[data-ticket-poll]");
  const openHash = () => {
    const place = window.location.hash.slice(1);
    if (place === "reply" || place === "note") {
      const choice = document.getElementById(`as-${place}`);
      if (choice) choice.checked = true;
      document.getElementById("reply-text")?.focus();
    } else if (place) {
      const details = document.getElementById(place);
      if (details instanceof HTMLDetailsElement) {
        details.open = true;
        (details.querySelector("input:checked, input:not([type=hidden]), select, textarea") ?? details.querySelector("summary")).focus();
      }
    }
  };
  if (ticket) {
    openHash();
    window.addEventListener("hashchange", openHash);
    document.addEventListener("toggle", (event) => {
      const details = event.target;
      if (details.matches?.("details.act") && details.open) {
        for (const other of document.querySelectorAll("details.act[open]")) if (other !== details) other.open = false;
        details.querySelector("input:checked, input:not([type=hidden]), select, textarea")?.focus({ preventScroll: true });
      }
    }, true);
    document.addEventListener("click", (event) => {
      const to = event.target.closest("[data-go]")?.dataset.go;
      if (!to) return;
      window.history.replaceState(null, "", `#${to}`);
      openHash();
    });
    const reply = document.getElementById("reply-text");
    const before = reply?.value;
    const writing = () => (reply && reply.value && reply.value !== before ? "&writing=1" : "");
    if (window.location.search) window.history.replaceState(null, "", window.location.pathname + window.location.hash);
    poll(() => ticket.dataset.ticketPoll + writing(), "", (page) => {
      for (const part of page.querySelectorAll("[data-part]")) {
        const place = document.getElementById(part.dataset.part);
        if (!place || place.contains(document.activeElement)) continue;
        const open = new Set([...place.querySelectorAll("details[open]")].map((each) => each.id));
        place.replaceChildren(...part.childNodes);
        for (const id of open) if (id) document.getElementById(id)?.setAttribute("open", "");
      }
    });
    // Saved answers: found by words, put where the cursor stands; arrows move, Enter puts. Without scripts it is a page.
    const opener = document.querySelector("[data-answers]");
    const answers = opener && document.getElementById(opener.dataset.answers);
    if (answers) {
      const [find, place] = ["[data-answers-find]", "[data-answers-place]"].map((part) => answers.querySelector(part));
      const shown = () => [...place.querySelectorAll("[data-answer]:not([hidden]) button")];
      opener.addEventListener("click", (event) => {
        event.preventDefault();
        find.value = "";
        answers.showModal();
        find.focus();
        fetch(answers.dataset.answersFrom, { redirect: "error" })
          .then((response) => (response.ok ? response.text() : Promise.reject(response.status)))
          .then((text) => {
            const page = new DOMParser().parseFromString(text, "text/html");
            place.replaceChildren(...page.querySelector("[data-part=answers]").childNodes);
            find.dispatchEvent(new Event("input"));
          })
          .catch(() => opener.form.requestSubmit(opener));
      });
      find.addEventListener("input", () => {
        const words = find.value.toLowerCase().split(/ +/);
        for (const each of place.querySelectorAll("[data-answer]")) {
          const text = `${each.textContent} ${each.querySelector("button").dataset.text}`.toLowerCase();
          each.hidden = !words.every((word) => text.includes(word));
        }
        const none = place.querySelector("[data-answers-none]");
        if (none) none.hidden = shown().length > 0;
      });
      answers.addEventListener("keydown", (event) => {
        const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
        if (event.key === "Enter" && event.target === find) shown()[0]?.click();
        if (event.key === "Enter" && event.target === find) event.preventDefault();
        if (!step) return;
        event.preventDefault();
        const all = [find, ...shown()];
        all[(all.indexOf(event.target) + step + all.length) % all.length].focus();
      });
      place.addEventListener("submit", (event) => {
        event.preventDefault();
        event.stopPropagation();
        const text = event.submitter.dataset.text;
        const [start, end] = [reply.selectionStart, reply.selectionEnd];
        reply.setRangeText(text, start, end, "end");
        answers.close();
        reply.focus();
        reply.dispatchEvent(new Event("input", { bubbles: true }));
      });
    }
    const files = document.querySelector("[data-files]");
    files?.addEventListener("change", () => {
      const most = Number(files.dataset.mostBytes);
      const large = [...files.files].find((file) => file.size > most);
      const many = files.files.length > Number(files.dataset.mostFiles);
      files.setCustomValidity(large ? files.dataset.wordsLarge.replace("{name}", large.name) : many ? files.dataset.wordsMany : "");
      files.reportValidity();
      document.querySelector("[data-files-words]").textContent = [...files.files].map((file) => file.name).join(", ");
    });
    // A form is sent once; the button says so.
    document.addEventListener("submit", (event) => {
      const form = event.target;
      if (form.method !== "post") return;
      if (form.dataset.sent) return event.preventDefault();
      form.dataset.sent = "yes";
      form.classList.add("is-busy");
    });
    window.addEventListener("pageshow", () => {
      for (const form of document.querySelectorAll("form[data-sent]")) {
        delete form.dataset.sent;
        form.classList.remove("is-busy");
      }
    });
  }
})();
