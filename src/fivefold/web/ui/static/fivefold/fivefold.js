// Small conveniences; every page works without them. What is typed is kept by drafts.js, nothing else of a person in the browser.
"use strict";
(() => {
  const words = JSON.parse(document.getElementById("script-words").textContent);
  const shown = (name) => document.querySelector(name);

  // ---- A fragment in place of a whole page: <form data-swap="#plan"> or <a data-swap="#plan">
  // The server sends the whole page; only the named part is taken from it. With data-live a form sends itself on change.
  let running = null;
  async function swap(url, options, selector, push) {
    running?.abort();
    running = new AbortController();
    const target = shown(selector);
    target?.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(url, { ...options, signal: running.signal, headers: { "X-Fragment": selector } });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.querySelector(selector);
      if (!fresh || answer.redirected && new URL(answer.url).pathname !== new URL(url, location.href).pathname) { location.assign(answer.url); return; }
      const focused = document.activeElement?.id;
      target.replaceWith(fresh);
      if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
      if (push) history.replaceState(null, "", answer.url);
      document.dispatchEvent(new CustomEvent("swapped", { detail: fresh }));
    } catch (error) {
      if (error.name !== "AbortError") location.assign(url);
    }
  }
  function sendForm(form, button) {
    const fields = new FormData(form, button);
    if (form.method === "get") swap(`${form.action.split("?")[0]}?${new URLSearchParams(fields)}`, {}, form.dataset.swap, true);
    else swap(form.action, { method: "POST", body: fields }, form.dataset.swap, false);
  }
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.dataset.swap && form.checkValidity()) { event.preventDefault(); sendForm(form, event.submitter); return; }
    if (form.dataset.sent) { event.preventDefault(); return; }  // a second click does nothing; the server would know, too
    form.dataset.sent = "yes";
    setTimeout(() => delete form.dataset.sent, 4000);
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-swap]");
    if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) { event.preventDefault(); swap(link.href, {}, link.dataset.swap, true); }
    if (!event.target.closest(".menu")) document.querySelectorAll(".menu[open]").forEach((menu) => menu.removeAttribute("open"));
    const opener = event.target.closest("[data-open]");
    if (opener) shown(opener.dataset.open)?.showModal();
    if (event.target.closest("[data-close]")) event.target.closest("dialog")?.close();
    const copier = event.target.closest("[data-copy]");
    if (copier) navigator.clipboard?.writeText(shown(copier.dataset.copy).value || shown(copier.dataset.copy).textContent);
    if (event.target.closest("[data-print]")) window.print();
  });
  let waiting = 0;
  document.addEventListener("input", (event) => {
    const form = event.target.form;
    if (!form?.dataset.live || !form.dataset.swap) return;
    clearTimeout(waiting);
    waiting = setTimeout(() => form.checkValidity() && sendForm(form), Number(form.dataset.live) || 250);
  });

  // ---- What a term means, beside its sign: below where there is room, otherwise above. Without a script it stands in the middle.
  document.addEventListener("toggle", (event) => {
    const said = event.target, sign = event.newState === "open" && said.matches(".term-words") && shown(`[popovertarget="${said.id}"]`);
    if (!sign) return;
    Object.assign(said.style, { position: "absolute", inset: "auto", margin: "0" });
    const at = sign.getBoundingClientRect(), own = said.getBoundingClientRect(), edge = 8;
    const widest = document.documentElement.clientWidth - own.width - edge, below = at.bottom + edge;
    const top = below + own.height + edge > innerHeight && at.top - own.height - edge > 0 ? at.top - own.height - edge : below;
    said.style.left = `${scrollX + Math.max(edge, Math.min(at.left, widest))}px`;
    said.style.top = `${scrollY + top}px`;
  }, true);

  // ---- Keys: data-key="k" on a link or button works with Ctrl or Cmd; Escape closes menus
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") document.querySelectorAll(".menu[open]").forEach((menu) => { menu.removeAttribute("open"); menu.querySelector("summary").focus(); });
    if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
    const wanted = document.querySelector(`[data-key="${CSS.escape(event.key.toLowerCase())}"]`);
    if (wanted) { event.preventDefault(); wanted.focus(); wanted.click(); wanted.select?.(); }
  });

  // ---- A key or passkey that was not accepted, in words
  document.addEventListener("allauth.error", (event) => {
    event.preventDefault();
    const said = document.querySelector(".key-error") || Object.assign(document.createElement("p"), { className: "error key-error" });
    said.setAttribute("role", "alert");
    said.textContent = words.key_refused;
    document.querySelector("main h1")?.after(said);
  });

  // ---- Two minutes before the session ends, say so quietly
  const seconds = Number(document.body.dataset.idleSeconds || 0);
  let warning = 0;
  function rest() {
    clearTimeout(warning);
    if (seconds > 180) warning = setTimeout(warn, (seconds - 120) * 1000);
  }
  function warn() {
    const box = Object.assign(document.createElement("div"), { className: "idle" });
    box.setAttribute("role", "alertdialog");
    box.setAttribute("aria-label", words.session);
    const said = Object.assign(document.createElement("p"), { textContent: words.idle });
    const stay = Object.assign(document.createElement("button"), { type: "button", textContent: words.stay });
    stay.addEventListener("click", async () => { await fetch("/account/stay"); box.remove(); rest(); });
    box.append(said, stay);
    document.body.append(box);
    setTimeout(() => { if (box.isConnected) location.reload(); }, 125000);
  }
  if (seconds) { rest(); document.addEventListener("swapped", rest); }
})();
