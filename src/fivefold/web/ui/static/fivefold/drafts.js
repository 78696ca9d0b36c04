// Drafts: <form data-draft> is kept while somebody types, on the server and, sealed, on the device; it is offered again on the same page.
// The device holds nothing readable: the key comes from the server for who is signed in, stays in memory, and cannot be taken out.
"use strict";
(() => {
  const DRAFTS = "/drafts", SENT = "fivefold-sent", PAUSE = 700, LONGEST = 1200, RETRY = 2000, DAYS = 7;
  const MOST_KEPT_ALIVE = 60000;  // what a browser goes on sending after its page is gone
  const words = JSON.parse(document.getElementById("script-words").textContent);
  const token = () => document.querySelector("[name=csrfmiddlewaretoken]")?.value || "";
  const form = document.querySelector("form[data-draft]");
  // One writing is this page with all that is typed into it. What another one has left is never written over, here or on the server.
  let writing = document.body.dataset.writing || [...crypto.getRandomValues(new Uint8Array(16))].map((one) => one.toString(16).padStart(2, "0")).join("");

  // ---- The device: one sealed entry for each writing, gone as soon as the server has all of it
  // In the browser's database and not in its simple store: that one reaches the disk only seconds later, and a browser that dies takes it along.
  let opened = null;
  const openDatabase = () => new Promise((done, failed) => {
    const asked = indexedDB.open("fivefold-drafts", 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore("drafts", { keyPath: ["slot", "writing"] });
    asked.onsuccess = () => done(asked.result);
    asked.onerror = () => failed(asked.error);
  });
  // What the act asked for, once it lies on the disk; null where a browser keeps nothing: then only the server does.
  async function shelf(mode, act) {
    opened ||= openDatabase().catch(() => null);
    const database = await opened;
    if (!database) return null;
    return new Promise((done) => {
      const all = database.transaction("drafts", mode, { durability: "strict" }), asked = act(all.objectStore("drafts"));
      all.oncomplete = () => done(asked?.result ?? null);
      all.onabort = all.onerror = () => done(null);
    });
  }
  const forget = (slot, one) => shelf("readwrite", (kept) => kept.delete([slot, one]));
  const device = {
    key: null, slot: "", next: null, busy: null,
    async open(raw, slot) {
      this.slot = slot;
      // Without a safe connection a browser seals nothing; then only the server keeps.
      if (globalThis.crypto?.subtle) this.key = await crypto.subtle.importKey("raw", bytes(raw), "AES-GCM", false, ["encrypt", "decrypt"]);
      if (this.next) this.write(this.next.fields);
    },
    // One at a time and always the newest: sealing and writing take a moment, and nothing older may go over it.
    write(fields) {
      this.next = { fields, one: writing };
      if (this.key) this.busy ||= this.flush().catch(() => {}).finally(() => { this.busy = null; });
    },
    async flush() {
      while (this.next) {
        const { fields, one } = this.next, { slot } = this, iv = crypto.getRandomValues(new Uint8Array(12));
        this.next = null;
        const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: text(slot + one) }, this.key, text(JSON.stringify(fields)));
        await shelf("readwrite", (kept) => kept.put({ slot, writing: one, at: Date.now(), iv, sealed }));
      }
    },
    // What other writings have left on this page, the latest first.
    async read() {
      if (!this.key) return [];
      const kept = await shelf("readonly", (all) => all.getAll(IDBKeyRange.bound([this.slot], [this.slot, []]))), found = [];
      for (const entry of (kept || []).filter((one) => one.writing !== writing).sort((one, other) => other.at - one.at)) {
        try {
          const raw = await crypto.subtle.decrypt({ name: "AES-GCM", iv: entry.iv, additionalData: text(entry.slot + entry.writing) }, this.key, entry.sealed);
          found.push({ writing: entry.writing, fields: JSON.parse(new TextDecoder().decode(raw)) });
        } catch { /* somebody else's, or spoilt: it opens for nobody here */ }
      }
      return found;
    },
    async drop() {
      this.next = null;
      await this.busy;
      if (!this.next && !this.busy) await forget(this.slot, writing);
    },
  };
  const remember = (act) => { try { return act(sessionStorage); } catch { return null; } };
  const text = (words) => new TextEncoder().encode(words);
  const bytes = (letters) => Uint8Array.from(atob(letters), (letter) => letter.charCodeAt(0));

  // Only clinicians have drafts: on a patient's device not even an empty place for them is made.
  const leavings = document.querySelectorAll("form[data-sign-out]:not([data-leave])");
  if (!leavings.length) return;
  // The answer to a form that the server took says which draft is over; old ones go, and all of them when somebody signs out.
  const over = document.cookie.match(/(?:^|; )fivefold-taken=([0-9a-f]+)/);
  const cleared = over && clear(over[1]);
  async function clear(slot) {
    const sent = JSON.parse(remember((kept) => kept.getItem(SENT)) || "[]");
    document.cookie = "fivefold-taken=; path=/; max-age=0; samesite=strict";
    if (sent[0] === slot) await forget(...sent);
  }
  shelf("readwrite", (kept) => {
    kept.openCursor().onsuccess = ({ target: { result: at } }) => { if (at) { if (!(at.value.at > Date.now() - DAYS * 864e5)) at.delete(); at.continue(); } };
  });
  for (const leaving of leavings) {
    leaving.addEventListener("submit", async (event) => {
      event.preventDefault();
      await Promise.race([shelf("readwrite", (kept) => kept.clear()), new Promise((done) => { setTimeout(done, RETRY); })]);
      leaving.submit();
    });
  }
  if (!form) return;
  const mark = form.appendChild(Object.assign(document.createElement("input"), { type: "hidden", name: "writing", value: writing }));

  // ---- The server: after a pause, in the middle of typing as well, and again until it has answered
  // With the moment of this device, which tells of two copies the later one; names that begin with _ are never fields.
  const values = () => [...new FormData(form)].filter(([name, value]) => typeof value === "string" && !["csrfmiddlewaretoken", "once", "writing"].includes(name)).concat([["_at", String(Date.now())]]);
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
      const body = new URLSearchParams([["csrfmiddlewaretoken", token()], ["page", location.pathname], ["once", form.elements.once?.value || ""], ["writing", writing], ["fields", JSON.stringify(values())]]);
      const answer = await fetch(DRAFTS, { method: "POST", body, signal: sending.signal, keepalive: String(body).length < MOST_KEPT_ALIVE });
      const kept = answer.ok && !answer.redirected, signedOut = answer.redirected || answer.status === 403, taken = answer.status === 409;
      say(kept ? form.dataset.draft || words.kept : signedOut ? words.signed_out : taken ? words.taken : words.refused);
      if (kept && upTo === typed) device.drop();
      if (signedOut) await signedInAgain();
      if (!kept && !taken && answer.status !== 413) again();
    } catch { if (!sent) { say(words.offline); again(); } }
    sending = null;
    if (upTo !== typed && !sent) { clearTimeout(timer); timer = setTimeout(keep, PAUSE); }
  }
  // Somebody who has signed in again in another tab goes on here, if it is the same person.
  async function signedInAgain() {
    const answer = await fetch(`${DRAFTS}?page=${encodeURIComponent(location.pathname)}`);
    if (answer.status !== 200 || answer.redirected) return;
    const fresh = await answer.json();
    if (fresh.slot === device.slot) document.querySelectorAll("[name=csrfmiddlewaretoken]").forEach((field) => { field.value = fresh.token; });
  }
  function again() { if (!sent) { clearTimeout(timer); timer = setTimeout(keep, RETRY); } }
  form.addEventListener("input", changed);
  globalThis.addEventListener("online", () => { if (typed && timer) keep(); });
  document.addEventListener("visibilitychange", () => { if (document.hidden && first) keep(); });
  form.addEventListener("submit", () => { sent = true; clearTimeout(timer); sending?.abort(); remember((kept) => kept.setItem(SENT, JSON.stringify([device.slot, writing]))); });
  // A form that was sent comes back out of the browser's cache as it was: what is typed into it would go nowhere.
  globalThis.addEventListener("pageshow", (event) => { if (event.persisted && sent) location.reload(); });

  // ---- What was typed and not sent is offered again; where device and server differ, both are
  async function offer() {
    const answer = await fetch(`${DRAFTS}?page=${encodeURIComponent(location.pathname)}`);
    if (answer.status >= 500 || answer.status === 429) throw new Error(String(answer.status));
    if (answer.status !== 200 || answer.redirected) return;
    const seen = await answer.json();
    await cleared;
    await device.open(seen.key, seen.slot);
    if ("typed" in form.dataset) return;  // the form has come back with what was typed: there is nothing to put back
    const drafts = seen.drafts.filter((one) => one.writing !== writing), here = [];
    for (const one of await device.read()) {
      const twin = drafts.find((draft) => draft.writing === one.writing);
      if (twin && moment(twin.fields) >= moment(one.fields)) forget(device.slot, one.writing);  // the server has had all of it, and the browser died before it could tell
      else here.push(one);
    }
    if (here.length || drafts.length) show(seen, here, drafts);
  }
  const offering = () => offer().catch(() => { setTimeout(offering, RETRY); });
  function show(seen, here, drafts) {
    const box = Object.assign(document.createElement("div"), { className: "draft" });
    box.setAttribute("role", "status");
    const paragraph = (said) => box.append(Object.assign(document.createElement("p"), { textContent: said }));
    const button = (said, act, className = "") => {
      const made = Object.assign(document.createElement("button"), { type: "button", textContent: said, className });
      made.addEventListener("click", async () => { await act(); box.remove(); });
      box.append(made);
    };
    // Who puts a draft back goes on with that writing; what was typed on this page before stays one of its own.
    const back = (one) => () => { writing = one.writing; mark.value = writing; fill(one.fields); form.querySelector("textarea, input:not([type=hidden])")?.focus(); };
    for (const one of [...here, ...drafts].sort((one, other) => moment(other.fields) - moment(one.fields))) {
      paragraph(one.words || seen.device_words);
      button(one.words ? seen.put_back : seen.put_back_device, back(one));
    }
    button(seen.throw_away, () => Promise.all([...here, ...drafts].map((one) => throwAway(one.writing))), "link");
    form.before(box);
  }
  async function throwAway(one) {
    await forget(device.slot, one);
    return fetch(DRAFTS, { method: "POST", body: new URLSearchParams([["csrfmiddlewaretoken", token()], ["page", location.pathname], ["writing", one], ["fields", "[]"]]) });
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
  offering();
})();
