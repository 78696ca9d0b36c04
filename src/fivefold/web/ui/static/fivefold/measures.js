// A questionnaire keeps each answer the moment it is given. What cannot be sent waits, on one's own device also through a closed tab,
// and is sent once; nothing stays behind afterwards. A shared device remembers nothing. Without this script the form still sends as a whole.
"use strict";

(() => {
  const PREFIX = "questionnaire.";
  const RETRY = 5000;

  let stuck = false;  // the last attempt to send failed: what waits is nowhere but here

  // ---- Shared screens go back by themselves; what was sent is forgotten here ------------------------------------------------
  const idle = document.querySelector("[data-idle-back]");
  if (idle) {
    let timer;
    const again = () => { clearTimeout(timer); timer = setTimeout(goBack, 1000 * Number(idle.dataset.idleBack)); };
    const goBack = () => { if (stuck) again(); else location.assign(idle.dataset.idleUrl); };  // never away from what is not sent
    for (const event of ["pointerdown", "keydown", "scroll"]) addEventListener(event, again, { passive: true });
    again();
  }
  // ---- A shared screen can be filled, by a tap: browsers allow it no other way. It locks nothing -----------------------------
  const fill = document.querySelector("[data-fill-screen]");
  if (fill && document.fullscreenEnabled) {
    const show = () => { fill.hidden = Boolean(document.fullscreenElement); };
    fill.firstElementChild.addEventListener("click", () => document.documentElement.requestFullscreen({ navigationUI: "hide" }).catch(() => { fill.hidden = true; }));
    document.addEventListener("fullscreenchange", show);
    show();
  }
  const wipe = document.querySelector("[data-wipe]");
  if (wipe) forget(PREFIX + wipe.dataset.wipe);
  function forget(key) { try { localStorage.removeItem(key); } catch { /* nothing was kept */ } }

  const form = document.querySelector("form[data-questionnaire]");
  if (!form) return;
  const words = form.dataset;
  const key = PREFIX + words.questionnaire;
  const keeps = words.keeps === "device";
  const token = form.querySelector("[name=csrfmiddlewaretoken]").value;
  const questions = [...form.querySelectorAll(".question")];
  const said = form.querySelector("[data-said]");
  const help = form.querySelector("[data-help]");
  const left = form.querySelector("[data-left]");
  const send = form.querySelector("[data-send]");
  const next = form.querySelector("[data-next]");
  const back = form.querySelector("[data-back]");
  const where = form.querySelector("[data-place-now]");
  const phone = matchMedia("(max-width: 700px)");
  let queue = read();
  let sending = false;
  let here = 0;
  let anyway = false;
  let sendWhenKept = false;

  // ---- What waits ---------------------------------------------------------------------------------------------------------
  function read() {
    if (!keeps) return [];
    try { return JSON.parse(localStorage.getItem(key) || "[]"); } catch { return []; }
  }
  function remember() {
    if (!keeps) return;
    try { if (queue.length) localStorage.setItem(key, JSON.stringify(queue)); else localStorage.removeItem(key); } catch { /* it waits on the page */ }
  }
  function say(text, waits) { said.textContent = text; said.classList.toggle("waits", Boolean(waits)); }

  function put(question, value) {
    queue.push({ item: question.dataset.item, value, form: words.form, client: crypto.randomUUID ? crypto.randomUUID() : `${Date.now()}-${Math.random()}`, at: new Date().toISOString() });
    remember();
    const from = question.dataset.riskFrom;
    if (from !== undefined && value !== "" && Number(value) >= Number(from)) showHelp(question);
    show();
    sync();
  }

  async function sync() {
    if (sending) return;
    sending = true;
    if (queue.length) say(words.saving);
    while (queue.length) {
      const one = queue[0];
      let answer;
      try {
        answer = await fetch(words.save, { method: "POST", headers: { "X-CSRFToken": token }, body: new URLSearchParams(one), credentials: "same-origin", keepalive: true });
      } catch {
        stuck = true;
        say(words.offline, true);
        setTimeout(sync, RETRY);
        break;
      }
      stuck = answer.status >= 500 || answer.status === 429;
      if (stuck) { say(words.offline, true); setTimeout(sync, RETRY); break; }
      const told = await answer.json().catch(() => null);
      if (told === null) { say(words.reload, true); break; }
      if (told.help) showHelp(null);
      // An answer to an earlier wording is never taken: it must not hold up those behind it.
      const isOld = answer.status === 409 && one.form !== words.form;
      if (!told.kept && answer.status !== 422 && !isOld) { say(told.message, true); break; }
      queue.shift();
      remember();
      if (isOld) ask(one.item);
      if (!told.kept) { say(told.message, true); continue; }
      if (!queue.length) say(words.kept);
    }
    sending = false;
    if (sendWhenKept && !queue.length) { sendWhenKept = false; form.requestSubmit(send); }
  }
  addEventListener("online", sync);
  // An answer that is on its way arrives though the page is left; one that could not be sent, and is kept nowhere else, asks first.
  addEventListener("beforeunload", (event) => { if (stuck && queue.length && !keeps) event.preventDefault(); });

  // A question whose wording has changed is asked again.
  function ask(item) {
    const question = questions.find((one) => one.dataset.item === String(item));
    question?.querySelectorAll("input").forEach((field) => { if (field.type === "radio") field.checked = false; else field.value = ""; });
    show();
  }

  // ---- Help, the moment it is needed, with and without a connection --------------------------------------------------------
  function showHelp(question) {
    if (!help.hidden) return;
    help.hidden = false;
    if (question) question.after(help);
    help.setAttribute("role", "alert");
  }

  // ---- What is shown -------------------------------------------------------------------------------------------------------
  function chosen(question) {
    const field = question.querySelector("input:checked") || question.querySelector("input.few");
    return field ? field.value.trim() : "";
  }
  function show() {
    const done = questions.filter((one) => chosen(one) !== "").length;
    form.querySelector("progress").value = done;
    form.querySelector("[data-count]").textContent = words.place.replace("{n}", done).replace("{all}", questions.length);
    for (const one of questions) one.querySelector("[data-clear]").hidden = chosen(one) === "";
    const stepping = phone.matches && questions.length > 1;
    form.classList.toggle("stepping", stepping);
    document.querySelector(".who-sees")?.classList.toggle("small", stepping && here > 0);
    questions.forEach((one, place) => one.classList.toggle("here", place === here));
    back.hidden = !stepping || here === 0;
    next.hidden = !stepping || here === questions.length - 1;
    send.hidden = stepping && here < questions.length - 1;
    where.textContent = stepping ? words.place.replace("{n}", here + 1).replace("{all}", questions.length) : "";
  }
  function go(place, focus) {
    here = Math.max(0, Math.min(questions.length - 1, place));
    show();
    const field = questions[here].querySelector("input:checked") || questions[here].querySelector("input");
    if (focus && field) { field.focus({ preventScroll: true }); questions[here].scrollIntoView({ block: "nearest" }); }
  }
  next.addEventListener("click", () => go(here + 1, true));
  back.addEventListener("click", () => go(here - 1, true));
  phone.addEventListener("change", show);

  // ---- Answering -----------------------------------------------------------------------------------------------------------
  form.addEventListener("change", (event) => {
    const question = event.target.closest(".question");
    if (question) { here = questions.indexOf(question); left.hidden = true; anyway = false; sendWhenKept = false; put(question, event.target.value.trim()); }
  });
  form.addEventListener("focusin", (event) => {
    const question = event.target.closest(".question");
    if (question && !form.classList.contains("stepping")) here = questions.indexOf(question);
  });
  form.addEventListener("click", (event) => {
    if (!event.target.matches("[data-clear]")) return;
    const question = event.target.closest(".question");
    for (const field of question.querySelectorAll("input")) { if (field.type === "radio") field.checked = false; else field.value = ""; }
    put(question, "");
    question.querySelector("input").focus();
  });
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || !/^\d$/.test(event.key) || (event.target.matches("input:not([type=radio]), textarea, select"))) return;
    const question = event.target.closest?.(".question") || questions[here];
    const field = question.querySelector(`input[data-digit="${event.key}"]`);
    if (!field) return;
    event.preventDefault();
    field.checked = true;
    field.dispatchEvent(new Event("change", { bubbles: true }));
    const place = questions.indexOf(question);
    if (!form.classList.contains("stepping") && place < questions.length - 1 && help.hidden) go(place + 1, true); else field.focus();
  });

  // ---- Sending ---------------------------------------------------------------------------------------------------------------
  const hold = (event) => { event.preventDefault(); event.stopPropagation(); };  // no form was sent, as far as the rest of the page knows
  form.addEventListener("submit", (event) => {
    if (queue.length || sending) {
      hold(event);
      sendWhenKept = true;
      say(words.waits, true);
      sync();
      return;
    }
    const missing = questions.filter((one) => chosen(one) === "");
    if (missing.length && missing.length < questions.length && !anyway) {
      hold(event);
      anyway = true;
      left.replaceChildren(document.createTextNode(`${words.missing} `));
      for (const one of missing) {
        const way = document.createElement("a");
        way.href = `#${one.id}`;
        way.textContent = one.dataset.item;
        way.addEventListener("click", (click) => { click.preventDefault(); go(questions.indexOf(one), true); });
        left.append(way, " ");
      }
      left.hidden = false;
      left.focus();
      send.textContent = words.anyway;
      return;
    }
    forget(key);
  });

  // ---- Taking up again -------------------------------------------------------------------------------------------------------
  for (const one of queue) {
    const question = questions.find((other) => other.dataset.item === one.item);
    if (!question) continue;
    for (const field of question.querySelectorAll("input")) {
      if (field.type === "radio") field.checked = field.value === one.value; else field.value = one.value;
    }
    if (question.dataset.riskFrom !== undefined && one.value !== "" && Number(one.value) >= Number(question.dataset.riskFrom)) showHelp(question);
  }
  const first = questions.findIndex((one) => chosen(one) === "");
  here = first < 0 ? questions.length - 1 : first;
  show();
  sync();
})();
