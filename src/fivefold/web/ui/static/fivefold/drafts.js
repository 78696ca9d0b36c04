// Drafts: <form data-draft> is kept while somebody types, on the server and, sealed, on the device; it is offered again on the same page.
// The device holds nothing readable: the key comes from the server for who is signed in, stays in memory, and cannot be taken out.
"use strict";
(() => {
  const DRAFTS = "/drafts", PREFIX = "fivefold-draft-", PAUSE = 700, LONGEST = 1200, RETRY = 2000, DAYS = 7;
  const MOST_KEPT_ALIVE = 60000;  // what a browser goes on sending after its page is gone
  const words = JSON.parse(document.getElementById("script-words").textContent);
  const token = () => document.querySelector("[name=csrfmiddlewaretoken]")?.value || "";
  const form = document.querySelector("form[data-draft]");

  // ---- The device: one sealed entry for each page, gone as soon as the server has all of it
  const device = {
    key: null, slot: "",
    async open(raw, slot) {
      this.slot = PREFIX + slot;
      // Without a safe connection (or storage) a browser seals nothing; then only the server keeps.
      if (globalThis.crypto?.subtle) this.key = await crypto.subtle.importKey("raw", bytes(raw), "AES-GCM", false, ["encrypt", "decrypt"]);
    },
    async write(fields) {
      if (!this.key) return;
      const iv = crypto.getRandomValues(new Uint8Array(12)), number = ++this.number;
      const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: text(this.slot) }, this.key, text(JSON.stringify(fields)));
      // Sealing takes a moment: an older text never goes over a newer one, nor over nothing.
      if (number === this.number) store((kept) => kept.setItem(this.slot, JSON.stringify({ at: Date.now(), iv: letters(iv), sealed: letters(sealed) })));
    },
    number: 0,
    async read() {
      const kept = this.key && store((all) => all.getItem(this.slot));
      if (!kept) return null;
      try {
        const entry = JSON.parse(kept);
        const opened = await crypto.subtle.decrypt({ name: "AES-GCM", iv: bytes(entry.iv), additionalData: text(this.slot) }, this.key, bytes(entry.sealed));
        return JSON.parse(new TextDecoder().decode(opened));
      } catch { return null; }  // somebody else's, or spoilt: it opens for nobody here
    },
    drop() { this.number += 1; store((kept) => kept.removeItem(this.slot)); },
  };
  function store(act) { try { return act(localStorage); } catch { return null; } }
  const text = (words) => new TextEncoder().encode(words);
  const bytes = (letters) => Uint8Array.from(atob(letters), (letter) => letter.charCodeAt(0));
  const letters = (raw) => { let made = ""; for (const one of new Uint8Array(raw)) made += String.fromCharCode(one); return btoa(made); };

  // The answer to a form that the server took says which draft is over; old ones go, and all of them when somebody signs out.
  const over = document.cookie.match(/(?:^|; )fivefold-taken=([0-9a-f]+)/);
  if (over) { if (store(() => sessionStorage.getItem("fivefold-sent")) === PREFIX + over[1]) store((kept) => kept.removeItem(PREFIX + over[1])); document.cookie = "fivefold-taken=; path=/; max-age=0; samesite=strict"; }
  store((kept) => { for (const name of Object.keys(kept)) if (name.startsWith(PREFIX) && !(JSON.parse(kept.getItem(name)).at > Date.now() - DAYS * 864e5)) kept.removeItem(name); });
  document.querySelector("form[data-sign-out]")?.addEventListener("submit", () => store((kept) => Object.keys(kept).filter((name) => name.startsWith(PREFIX)).forEach((name) => kept.removeItem(name))));
  if (!form) return;

  // ---- The server: after a pause, in the middle of typing as well, and again until it has answered
  // With the moment of this device, which tells of two copies the later one; names that begin with _ are never fields.
  const values = () => [...new FormData(form)].filter(([name, value]) => typeof value === "string" && name !== "csrfmiddlewaretoken" && name !== "once").concat([["_at", String(Date.now())]]);
  const moment = (fields) => Number(fields?.find(([name]) => name === "_at")?.[1] || 0);
  let timer = 0, first = 0, typed = 0, sending = null, sent = false;
  const say = (said) => { (form.querySelector(".saved") || form.appendChild(Object.assign(document.createElement("p"), { className: "saved" }))).textContent = said; };
  function changed() {
    typed += 1;
    sent = false;
    device.write(values());
    first ||= Date.now();
    clearTimeout(timer);
    timer = setTimeout(keep, Math.max(0, Math.min(PAUSE, first + LONGEST - Date.now())));
  }
  async function keep() {
    if (sending) return;  // what was typed since goes with the next
    const upTo = typed;
    first = 0;
    sending = new AbortController();
    try {
      const body = new URLSearchParams([["csrfmiddlewaretoken", token()], ["page", location.pathname], ["once", form.elements.once?.value || ""], ["fields", JSON.stringify(values())]]);
      const answer = await fetch(DRAFTS, { method: "POST", body, signal: sending.signal, keepalive: String(body).length < MOST_KEPT_ALIVE });
      const kept = answer.ok && !answer.redirected, signedOut = answer.redirected || answer.status === 403;
      say(kept ? form.dataset.draft || words.kept : signedOut ? words.signed_out : words.refused);
      if (kept && upTo === typed) device.drop();
      if (signedOut) await signedInAgain();
      if (!kept && answer.status !== 413) again();
    } catch { if (!sent) { say(words.offline); again(); } }
    sending = null;
    if (upTo !== typed && !sent) { clearTimeout(timer); timer = setTimeout(keep, PAUSE); }
  }
  // Somebody who has signed in again in another tab goes on here, if it is the same person.
  async function signedInAgain() {
    const answer = await fetch(`${DRAFTS}?page=${encodeURIComponent(location.pathname)}`);
    if (answer.status !== 200 || answer.redirected) return;
    const fresh = await answer.json();
    if (PREFIX + fresh.slot === device.slot) document.querySelectorAll("[name=csrfmiddlewaretoken]").forEach((field) => { field.value = fresh.token; });
  }
  function again() { if (!sent) { clearTimeout(timer); timer = setTimeout(keep, RETRY); } }
  form.addEventListener("input", changed);
  globalThis.addEventListener("online", () => { if (typed && timer) keep(); });
  document.addEventListener("visibilitychange", () => { if (document.hidden && first) keep(); });
  form.addEventListener("submit", () => { sent = true; clearTimeout(timer); sending?.abort(); store(() => sessionStorage.setItem("fivefold-sent", device.slot)); });

  // ---- What was typed and not sent is offered again; where device and server differ, both are
  async function offer() {
    const answer = await fetch(`${DRAFTS}?page=${encodeURIComponent(location.pathname)}`);
    if (answer.status !== 200 || answer.redirected) return;
    const draft = await answer.json();
    await device.open(draft.key, draft.slot);
    const here = await device.read();  // before what was typed meanwhile is written over it
    if (typed) device.write(values());
    if ("typed" in form.dataset) return;  // the form has come back with what was typed: there is nothing to put back
    // What was typed before the key was here may have reached the server already: then its moment says nothing.
    const later = here && (typed || moment(here) > moment(draft.fields)) ? here : null;
    if (here && !later) device.drop();  // the server has had all of it, and the browser died before it could tell
    if (later || draft.fields) show(draft, later);
  }
  function show(draft, here) {
    const box = Object.assign(document.createElement("div"), { className: "draft" });
    box.setAttribute("role", "status");
    const paragraph = (said) => box.append(Object.assign(document.createElement("p"), { textContent: said }));
    const button = (said, act, className = "") => {
      const made = Object.assign(document.createElement("button"), { type: "button", textContent: said, className });
      made.addEventListener("click", async () => { await act(); box.remove(); });
      box.append(made);
    };
    const back = (fields) => () => { fill(fields); form.querySelector("textarea, input:not([type=hidden])")?.focus(); };
    if (here) { paragraph(draft.device_words); button(draft.put_back_device, back(here)); }
    if (draft.fields) { paragraph(draft.words); button(draft.put_back, back(draft.fields)); }
    button(draft.throw_away, () => { device.drop(); return fetch(DRAFTS, { method: "POST", body: new URLSearchParams([["csrfmiddlewaretoken", token()], ["page", location.pathname], ["fields", "[]"]]) }); }, "link");
    form.before(box);
  }
  function fill(fields) {
    const byName = Map.groupBy ? Map.groupBy(fields, ([name]) => name) : fields.reduce((all, one) => all.set(one[0], [...(all.get(one[0]) || []), one]), new Map());
    for (const element of form.elements) {
      if (!byName.has(element.name)) continue;
      const wanted = byName.get(element.name).map(([, value]) => value);
      if (element.type === "checkbox" || element.type === "radio") element.checked = wanted.includes(element.value);
      else if (element.type !== "hidden" && element.type !== "file") element.value = wanted.shift() ?? element.value;
    }
    form.dispatchEvent(new Event("input", { bubbles: true }));
  }
  offer().catch(() => {});
})();
