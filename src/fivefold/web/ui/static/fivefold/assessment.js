// Faster ways to answer; every page of the assessment works without them.
"use strict";
(() => {
  const steps = document.querySelector(".steps ol");
  if (steps) steps.scrollLeft = (steps.querySelector("[aria-current]")?.offsetLeft ?? 0) - steps.offsetLeft - 24;

  // ---- Safety: each answer is sent as soon as it is chosen, and what follows from it appears at once
  const instant = document.querySelector("form[data-instant]");
  if (instant) {
    instant.classList.add("instant");
    const said = instant.querySelector(".saved");
    let queue = Promise.resolve();
    const exchange = (page, ids) => ids.forEach((id) => {
      const fresh = page.getElementById(id), old = document.getElementById(id);
      if (fresh && old) old.replaceWith(fresh);
    });
    async function send(extra, group) {
      const fields = new FormData(instant);
      extra.forEach(([name, value]) => fields.set(name, value));
      said.textContent = said.dataset.saving;
      try {
        const answer = await fetch(instant.action, { method: "POST", body: fields });
        if (answer.redirected && new URL(answer.url).pathname !== location.pathname) { location.assign(answer.url); return; }
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        const focused = document.activeElement?.id;
        const folded = document.querySelector(`#${group} .folded`)?.open;
        exchange(page, ["follows", group]);
        if (folded) document.querySelector(`#${group} .folded`)?.setAttribute("open", "");
        const trouble = page.getElementById("trouble");
        document.getElementById("trouble")?.remove();
        if (trouble) document.getElementById("follows").before(trouble);
        const steps = page.querySelector(".steps");
        if (steps) document.querySelector(".steps")?.replaceWith(steps);
        const go = page.querySelector(".savebar .main"), old = document.querySelector(".savebar .main");
        if (go && old) old.textContent = go.textContent;
        said.textContent = answer.ok ? said.dataset.saved : "";
        const back = document.getElementById(focused) || document.getElementById(group)?.querySelector(`#${group} h2`);
        back?.focus({ preventScroll: true });
        if (trouble) trouble.scrollIntoView({ block: "nearest" });
      } catch { said.textContent = said.dataset.failed; }
    }
    const groupOf = (element) => element.closest(".group").id;
    instant.addEventListener("change", (event) => {
      if (event.target.type !== "radio") return;
      const { name, value } = event.target, group = groupOf(event.target);
      // One after the other: an answer never overtakes another.
      queue = queue.then(() => send([["only", name], [name, value]], group));
    });
    instant.addEventListener("click", (event) => {
      const button = event.target.closest("button[name=none]");
      if (!button) return;
      event.preventDefault();
      const group = groupOf(button);
      queue = queue.then(() => send([["none", button.value]], group));
    });
  }

  // ---- Digits: in a row of levels a digit chooses and goes on to the next row; u is "not known"
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !event.target.matches?.(".digits input[type=radio]")) return;
    const row = event.target.closest(".digits");
    const wanted = event.key.toLowerCase() === "u" ? row.querySelector(".unknown input") : row.querySelector(`input[type=radio][value="${CSS.escape(event.key)}"]`);
    if (!wanted) return;
    event.preventDefault();
    wanted.checked = true;
    wanted.dispatchEvent(new Event("input", { bubbles: true }));
    wanted.dispatchEvent(new Event("change", { bubbles: true }));
    const rows = [...document.querySelectorAll(".digits")], next = rows[rows.indexOf(row) + 1];
    (next?.querySelector("input[type=radio]:checked") || next?.querySelector("input[type=radio]") || wanted).focus();
  });

  // ---- How much has been changed
  const counted = document.querySelector("form[data-tally]");
  if (counted) {
    const note = counted.querySelector(".tally");
    const start = new Map();
    const state = () => { const found = new Map(); for (const [name, value] of new FormData(counted)) if (name !== "once" && typeof value === "string") found.set(name, `${found.get(name) ?? ""}|${value}`); return found; };
    state().forEach((value, name) => start.set(name, value));
    counted.addEventListener("input", () => {
      const now = state();
      const changed = [...new Set([...now.keys(), ...start.keys()])].filter((name) => (now.get(name) ?? "|") !== (start.get(name) ?? "|")).length;
      if (note) note.textContent = changed === 0 ? note.dataset.none : changed === 1 ? note.dataset.one : note.dataset.many.replace("%d", changed);
    });
  }

  // ---- One instrument: boxes that move on, rows that are pasted, the result while somebody types
  const scored = document.querySelector("form[data-score]");
  if (scored) {
    scored.classList.add("live");
    const boxes = [...scored.querySelectorAll("[data-boxes] input")];
    const longest = (box) => Math.max(box.dataset.low.length, box.dataset.high.length);
    boxes.forEach((box, place) => {
      box.addEventListener("input", () => { if (box.value.length >= longest(box) && /^-?\d+$/.test(box.value)) boxes[place + 1]?.select(); });
      box.addEventListener("keydown", (event) => {
        if (event.key === "ArrowRight" || event.key === "Enter") { event.preventDefault(); boxes[place + 1]?.select(); }
        if (event.key === "ArrowLeft" || (event.key === "Backspace" && !box.value)) { event.preventDefault(); boxes[place - 1]?.select(); }
        if (event.key === " " || event.key === "-" && box.dataset.low[0] !== "-") { event.preventDefault(); box.value = ""; boxes[place + 1]?.select(); box.dispatchEvent(new Event("input", { bubbles: true })); }
      });
      box.addEventListener("paste", (event) => {
        const text = event.clipboardData.getData("text").trim();
        const parts = /[\t;]/.test(text) ? text.split(/[\t;]|\r?\n/) : text.includes(",") ? text.split(/\s*,\s*/) : text.split(/\s+/);
        const values = parts.length === 1 && text.length > 1 && text.length === boxes.length - place && /^[\d\-x._]+$/.test(text) ? [...text] : parts;
        if (values.length < 2) return;
        event.preventDefault();
        values.forEach((value, step) => { const at = boxes[place + step]; if (at) at.value = /^(-|–|\.|x|na|n\/a|null|\?|_)?$/i.test(value.trim()) ? "" : value.trim(); });
        (boxes[place + values.length] || boxes[boxes.length - 1]).focus();
        scored.dispatchEvent(new Event("input", { bubbles: true }));
      });
    });
    let timer = 0, running = null;
    async function look() {
      running?.abort();
      running = new AbortController();
      try {
        const fields = new FormData(scored);
        const answer = await fetch(scored.action || location.href, { method: "POST", body: fields, signal: running.signal });
        const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("result");
        if (fresh) document.getElementById("result").replaceWith(fresh);
      } catch { /* the result is shown again with the next answer, and before it is recorded */ }
    }
    scored.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(look, 300); });
  }
})();
