/* The diary on the device: what the form makes of an entry, and what is said of it. Keeping and sending is in queue.js. */
(() => {
  "use strict";
  const form = document.querySelector("form[data-diary]");
  if (!form) return;
  const words = JSON.parse(document.getElementById("diary-words").textContent);
  const said = form.querySelector(".kept");
  const help = document.getElementById("help-now");
  const queue = window.myQueue;
  const { account, stores } = queue;
  const uuid = () => crypto.randomUUID?.() ?? "10000000-1000-4000-8000-100000000000".replace(/[018]/g, (c) => (c ^ (crypto.getRandomValues(new Uint8Array(1))[0] & (15 >> (c / 4)))).toString(16));
  const day = (moment) => `${moment.getFullYear()}-${String(moment.getMonth() + 1).padStart(2, "0")}-${String(moment.getDate()).padStart(2, "0")}`;

  // ---- What became of it: the words of a refusal stay until the patient changes something
  let submitted = ""; // the key of what was saved last
  async function flush() {
    await queue.flush();
    await say();
  }
  function sendLeaving() {
    if (soon) keep().catch(() => {}); // is in memory at once, in the browser's database a little later
    clearTimeout(soon);
    soon = 0;
    queue.sendLeaving().then(say).catch(() => {});
  }
  async function say() {
    const left = await queue.waiting();
    const open = left.filter((one) => !queue.refused.has(one.client_id)).length;
    const parts = new Set(left.map((one) => queue.refused.get(one.client_id)));
    if (submitted && !left.some((one) => one.client_id === submitted)) parts.add(words.kept);
    if (open) parts.add(words[`${stores ? "waits" : "here"}${queue.isSignedOut() ? "_signed_out" : ""}`].replace("{n}", open));
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
  queue.onHelp(showHelp);

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
    await queue.put(entry);
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
    queue.refused.clear();
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
    queue.refused.clear();
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
  setInterval(() => { if (navigator.onLine) queue.sendable().then((left) => left.length && flush()); }, 20000);
})();
