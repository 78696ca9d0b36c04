/* The diary on the device: an entry is kept here until the server has it, and has it once, however often it is sent.
   On a phone that is shared nothing is stored; the entry stays on the page until it was sent. */
(() => {
  "use strict";
  const form = document.querySelector("form[data-diary]");
  if (!form) return;
  const words = JSON.parse(document.getElementById("diary-words").textContent);
  const said = form.querySelector(".kept");
  const help = document.getElementById("help-now");
  const account = Number(form.dataset.account);
  const stores = document.body.dataset.offline === "yes" && "indexedDB" in window;
  const uuid = () => crypto.randomUUID?.() ?? "10000000-1000-4000-8000-100000000000".replace(/[018]/g, (c) => (c ^ (crypto.getRandomValues(new Uint8Array(1))[0] & (15 >> (c / 4)))).toString(16));
  const day = (moment) => `${moment.getFullYear()}-${String(moment.getMonth() + 1).padStart(2, "0")}-${String(moment.getDate()).padStart(2, "0")}`;

  // ---- The queue: in the browser's own database, or only on this page
  const memory = new Map();
  const opened = stores && new Promise((done, failed) => {
    const asked = indexedDB.open("my", 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore("queue", { keyPath: "client_id" });
    asked.onsuccess = () => done(asked.result);
    asked.onerror = () => failed(asked.error);
  });
  const inStore = async (mode, act) => {
    const shelf = (await opened).transaction("queue", mode).objectStore("queue");
    return new Promise((done, failed) => { const asked = act(shelf); asked.onsuccess = () => done(asked.result); asked.onerror = () => failed(asked.error); });
  };
  const put = async (entry) => { memory.set(entry.client_id, entry); if (stores) await inStore("readwrite", (shelf) => shelf.put(entry)); };
  const drop = async (key) => { memory.delete(key); if (stores) await inStore("readwrite", (shelf) => shelf.delete(key)); };
  const waiting = async () => (stores ? await inStore("readonly", (shelf) => shelf.getAll()) : [...memory.values()]).filter((one) => one.account === account);

  // ---- Sending: each entry until the server says that it has it
  let running = null;
  const refused = new Map(); // what the server said of an entry it does not take: kept, but sent again only when something changes
  let submitted = ""; // the key of what was saved last
  const sendable = async () => (await waiting()).filter((one) => !refused.has(one.client_id));
  async function send() {
    const entries = await sendable();
    if (!entries.length) return;
    const key = await (await fetch(form.dataset.diary, { redirect: "error" })).json();
    if (key.account !== account) return;
    const answer = await fetch(form.dataset.diary, { method: "POST", redirect: "error", headers: { "Content-Type": "application/json", "X-CSRFToken": key.token }, body: JSON.stringify({ account, entries: entries.slice(0, 50) }) });
    await took(await answer.json());
  }
  async function took({ results }) {
    for (const one of results) {
      if (one.help) showHelp();
      if (one.state === "refused") refused.set(one.id, one.words);
      else await drop(one.id);
    }
  }
  // Leaving the page ends every request but one that is kept alive, and leaves no time to ask for a key: the form's own has to do.
  const leaving = new Set(); // hidden and pagehide come together
  function sendLeaving() {
    if (soon) keep().catch(() => {}); // is in memory at once, in the browser's database a little later
    clearTimeout(soon);
    soon = 0;
    const entries = [...memory.values()].filter((one) => !leaving.has(one.client_id) && !refused.has(one.client_id)).slice(-5); // the browser takes 64 kB, the newest first of all
    if (!entries.length) return;
    for (const one of entries) leaving.add(one.client_id);
    fetch(form.dataset.diary, { method: "POST", keepalive: true, redirect: "error", headers: { "Content-Type": "application/json", "X-CSRFToken": form.elements.csrfmiddlewaretoken.value }, body: JSON.stringify({ account, entries }) })
      .then((answer) => answer.json()).then(took).then(say).catch(() => {}) // what did not arrive stays in the queue
      .finally(() => { for (const one of entries) leaving.delete(one.client_id); });
  }
  async function flush() {
    running = running || send().finally(() => { running = null; });
    try { await running; } catch { /* what did not arrive stays in the queue */ }
    await say();
  }
  // What became of it: the words of a refusal stay until the patient changes something.
  async function say() {
    const left = await waiting();
    const open = left.filter((one) => !refused.has(one.client_id)).length;
    const parts = new Set(left.map((one) => refused.get(one.client_id)));
    if (submitted && !left.some((one) => one.client_id === submitted)) parts.add(words.kept);
    if (open) parts.add((stores ? words.waits : words.here).replace("{n}", open));
    parts.delete(undefined);
    if (parts.size) tell([...parts].join(" "));
  }
  const tell = (text) => { said.textContent = text; };
  function showHelp() {
    if (!help || !help.hidden) return;
    help.hidden = false;
    help.scrollIntoView({ block: "start" });
    help.focus({ preventScroll: true });
  }

  // ---- The form
  let sent = ""; // the key of what was sent of this page already: what is saved later corrects it
  function entryOf(about) {
    const now = new Date();
    const filled = new FormData(form);
    const answers = {};
    for (const [name, value] of filled) if (value !== "" && !["csrfmiddlewaretoken", "client_id", "card", "about_on", "note"].includes(name)) answers[name] = value;
    const entry = { client_id: uuid(), account, card: Number(filled.get("card")), about_on: about, made_on: day(now), made_at: now.toISOString(), answers, note: filled.get("note") || "" };
    return sent ? { ...entry, corrects: sent } : entry;
  }
  // A page out of the phone's cache, or left open overnight, still has the day on which it was made.
  function turnDay() {
    const field = form.elements.about_on;
    const today = day(new Date());
    if (field.max >= today) return;
    const chosen = field.value === field.max ? today : field.value;
    field.max = today;
    field.defaultValue = today;
    field.value = chosen;
    sent = ""; // what was sent belongs to its own day: nothing of today takes its place
  }
  async function keep() {
    turnDay();
    const entry = entryOf(form.elements.about_on.value);
    if (!Object.keys(entry.answers).length && !entry.note.trim()) return false;
    await put(entry);
    sent = entry.client_id;
    return true;
  }
  const positive = (field) => {
    const { risk } = field.closest("[data-risk]")?.dataset || {};
    if (!risk) return false;
    const level = field.value === "yes" || field.value === "unknown" ? 1 : field.value === "no" || field.value === "" ? 0 : Number(field.value);
    return level >= Number(risk);
  };
  let soon = 0;
  form.addEventListener("input", (event) => {
    said.textContent = "";
    refused.clear();
    if (!positive(event.target)) return;
    showHelpQuietly();
    clearTimeout(soon); // a slip of the thumb can still be put right
    soon = setTimeout(atOnce, 4000);
  });
  function showHelpQuietly() { if (help?.hidden) help.hidden = false; }
  async function atOnce() { clearTimeout(soon); soon = 0; if (await keep()) flush(); }
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") sendLeaving(); else turnDay(); });
  addEventListener("pagehide", sendLeaving);
  addEventListener("pageshow", (event) => {
    turnDay();
    if (!event.persisted) return; // "load" sends
    refused.clear();
    flush();
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    clearTimeout(soon);
    soon = 0;
    turnDay();
    if (!form.reportValidity()) return;
    if (!(await keep())) return tell(words.empty);
    submitted = sent;
    tell(words.sending);
    const today = form.elements.about_on.defaultValue;
    sent = "";
    form.reset();
    form.elements.about_on.value = today;
    await flush();
  });
  addEventListener("online", flush);
  addEventListener("load", flush);
  setInterval(() => { if (navigator.onLine) sendable().then((left) => left.length && flush()); }, 20000);
  // Signing out would take away what has not been sent.
  document.querySelectorAll("[data-leave]").forEach((one) => one.addEventListener("submit", async (event) => {
    if (one.dataset.asked) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const left = (await waiting()).length;
    one.dataset.asked = "1";
    if (!left || confirm(words.unsent.replace("{n}", left))) one.requestSubmit();
    else delete one.dataset.asked;
  }, true));
})();
