// The way to a patient or page by typing. Without this script the field searches the caseload.
"use strict";
(() => {
  const form = document.querySelector("form[data-jump]");
  if (!form) return;
  const field = form.querySelector("input[type=search]");
  const list = Object.assign(document.createElement("ul"), { id: "jump-list", className: "jump-list", hidden: true });
  const said = Object.assign(document.createElement("span"), { className: "hidden" });
  said.setAttribute("role", "status");
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", field.labels[0].textContent);
  for (const [name, value] of [["role", "combobox"], ["aria-expanded", "false"], ["aria-controls", list.id], ["aria-autocomplete", "list"]]) field.setAttribute(name, value);
  form.append(list, said);

  let timer = 0, asked = 0, chosen = -1;
  const options = () => [...list.children].filter((one) => one.dataset.url);
  function close() { list.hidden = true; list.replaceChildren(); chosen = -1; field.setAttribute("aria-expanded", "false"); field.removeAttribute("aria-activedescendant"); }
  function choose(place) {
    const all = options();
    if (!all.length) return;
    chosen = (place + all.length) % all.length;
    all.forEach((one, at) => one.setAttribute("aria-selected", String(at === chosen)));
    field.setAttribute("aria-activedescendant", all[chosen].id);
    all[chosen].scrollIntoView({ block: "nearest" });
  }
  function show(found) {
    list.replaceChildren(...found.entries.map((entry, at) => {
      const line = Object.assign(document.createElement("li"), { id: `jump-${at}` });
      line.setAttribute("role", "option");
      line.dataset.url = entry.url;
      line.append(Object.assign(document.createElement("span"), { textContent: entry.name }), Object.assign(document.createElement("small"), { textContent: entry.what }));
      return line;
    }));
    said.textContent = found.words;
    if (!found.entries.length) list.append(Object.assign(document.createElement("li"), { className: "none", textContent: found.words }));
    list.hidden = false;
    field.setAttribute("aria-expanded", "true");
    choose(0);
  }
  async function ask() {
    const turn = ++asked;
    if (!field.value.trim()) return close();
    try {
      const answer = await fetch(form.dataset.jump, { method: "POST", body: new FormData(form) });
      if (answer.ok && !answer.redirected && turn === asked) show(await answer.json());
    } catch { close(); }
  }
  field.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(ask, 150); });
  field.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") { event.preventDefault(); choose(chosen + (event.key === "ArrowDown" ? 1 : -1)); }
    else if (event.key === "Escape") { field.value = ""; close(); }
    else if (event.key === "Enter" && !list.hidden && options()[chosen]) { event.preventDefault(); location.assign(options()[chosen].dataset.url); }
  });
  list.addEventListener("mousedown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => { const line = event.target.closest("[data-url]"); if (line) location.assign(line.dataset.url); });
  field.addEventListener("blur", close);
})();
