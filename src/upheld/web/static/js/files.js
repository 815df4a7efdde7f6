// Files of a form: what was chosen is listed and can be removed, a screenshot can be pasted and a file dropped anywhere on
// <form data-paste-files>, and sending shows how far it is. Without a script the plain field does the same.
(() => {
  const MB = 2 ** 20;

  const start = (form) => {
    const box = form.querySelector("[data-files]");
    const field = box?.querySelector("input[type=file]");
    const list = box?.querySelector("[data-chosen]");
    if (!field || !list || form.dataset.filed) return;
    form.dataset.filed = "yes";
    const words = box.dataset;
    let pasted = 0;

    const put = (files) => {
      const all = new DataTransfer();
      for (const file of files) all.items.add(file);
      field.files = all.files;
      show();
    };
    const problem = (text) => {
      const line = document.createElement("li");
      line.className = "field-error";
      line.textContent = text;
      list.append(line);
    };
    const show = () => {
      list.replaceChildren();
      for (const [index, file] of [...field.files].entries()) {
        const line = document.createElement("li");
        const name = document.createElement("span");
        name.textContent = file.name;
        const size = document.createElement("span");
        size.className = "text-secondary";
        size.textContent = new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 1 }).format(file.size / MB) + " MB";
        const remove = document.createElement("button");
        remove.type = "button";
        remove.className = "icon-button";
        remove.textContent = "×";
        remove.setAttribute("aria-label", words.wordRemove.replace("{name}", file.name));
        remove.addEventListener("click", () => {
          put([...field.files].filter((_, at) => at !== index));
          field.focus();
        });
        line.append(name, size, remove);
        list.append(line);
        if (file.size > Number(words.mostMb) * MB) problem(words.wordLarge.replace("{name}", file.name).replace("{most}", words.mostMb));
      }
      if (field.files.length > Number(words.mostFiles)) problem(words.wordMany);
    };
    const add = (files) => {
      if (!files.length) return;
      const details = box.closest("details");
      if (details) details.open = true;
      put([...field.files, ...files]);
    };

    field.addEventListener("change", show);
    form.addEventListener("paste", (event) => {
      const files = [...(event.clipboardData?.files ?? [])].map((file) => {
        if (file.name && file.name !== "image.png") return file;
        pasted += 1;
        const end = file.type.split("/")[1] || "png";
        return new File([file], `${words.wordPasted} ${pasted}.${end}`, { type: file.type });
      });
      if (!files.length) return;
      event.preventDefault();
      add(files);
    });
    form.addEventListener("dragover", (event) => {
      if (![...event.dataTransfer.types].includes("Files")) return;
      event.preventDefault();
      form.classList.add("is-dropping");
    });
    for (const name of ["dragleave", "drop"]) form.addEventListener(name, () => form.classList.remove("is-dropping"));
    form.addEventListener("drop", (event) => {
      if (!event.dataTransfer.files.length) return;
      event.preventDefault();
      add([...event.dataTransfer.files]);
    });

    // With files the form is sent by the script, so that the progress can be told; the answer is shown as the page.
    form.addEventListener("submit", (event) => {
      if (event.defaultPrevented || !field.files.length) return;
      event.preventDefault();
      const bar = document.createElement("progress");
      bar.className = "send-progress";
      bar.max = 100;
      const told = document.createElement("p");
      told.className = "text-secondary";
      told.setAttribute("role", "status");
      list.append(bar, told);
      const body = new FormData(form, event.submitter);
      const request = new XMLHttpRequest();
      request.open("POST", form.action);
      request.upload.addEventListener("progress", (at) => {
        if (!at.lengthComputable) return;
        bar.value = Math.round((100 * at.loaded) / at.total);
        told.textContent = words.wordProgress.replace("{percent}", bar.value);
      });
      const failed = () => {
        bar.remove();
        told.className = "field-error";
        told.textContent = words.wordFailed;
        delete form.dataset.sent;
      };
      request.addEventListener("error", failed);
      request.addEventListener("load", () => {
        if (request.status >= 500 || request.status === 0) {
          failed();
          return;
        }
        if (request.status < 300) {
          window.location.assign(request.responseURL);
          return;
        }
        document.open();
        document.write(request.responseText);
        document.close();
      });
      request.send(body);
    });
  };

  const startAll = () => {
    document.documentElement.classList.add("has-script");
    document.querySelectorAll("form[data-paste-files]").forEach(start);
  };
  startAll();
})();
