/* What was written and is not with the server yet: kept until the server has it, and has it once, however often it is sent.
   On a phone that is shared nothing is stored; an entry then stays on the page until it was sent. Every own page sends what waits,
   and none of them lets it be wiped without asking. */
window.myQueue = (() => {
  "use strict";
  const { sync, offline } = document.body.dataset;
  const account = Number(document.body.dataset.account);
  if (!sync) return null;
  const words = JSON.parse(document.getElementById("queue-words").textContent);
  const stores = offline === "yes" && "indexedDB" in window;

  // ---- Where it lies: in the browser's own database, or only on this page
  const memory = new Map();
  // Only a page that may store makes a database. Any other opens what an earlier one has left, because that is to be sent as well.
  const open = () => new Promise((done, failed) => {
    if (!("indexedDB" in window)) return done(null);
    const asked = indexedDB.open("my", 1);
    asked.onupgradeneeded = () => { if (stores) asked.result.createObjectStore("queue", { keyPath: "client_id" }); else asked.transaction.abort(); };
    asked.onsuccess = () => { asked.result.onversionchange = () => asked.result.close(); done(asked.result); };
    asked.onerror = (event) => { event.preventDefault(); if (stores) failed(asked.error); else done(null); };
  });
  let opened = null;
  const inStore = async (mode, act) => {
    opened = opened || open();
    const base = await opened;
    if (!base) return null;
    const shelf = base.transaction("queue", mode).objectStore("queue");
    return new Promise((done, failed) => { const asked = act(shelf); asked.onsuccess = () => done(asked.result); asked.onerror = () => failed(asked.error); });
  };
  const put = async (entry) => { memory.set(entry.client_id, entry); if (stores) await inStore("readwrite", (shelf) => shelf.put(entry)); };
  const drop = async (key) => { memory.delete(key); await inStore("readwrite", (shelf) => shelf.delete(key)); };
  // Of everybody who has used this phone: what somebody else has not sent is lost as well when it is wiped.
  const everything = async () => {
    const found = new Map(memory);
    for (const one of (await inStore("readonly", (shelf) => shelf.getAll()).catch(() => null)) || []) found.set(one.client_id, one);
    return [...found.values()];
  };
  const waiting = async () => (await everything()).filter((one) => one.account === account);

  // ---- Sending: each entry until the server says that it has it
  const refused = new Map(); // what the server said of an entry it does not take: kept, but sent again only when something changes
  const sendable = async () => (await waiting()).filter((one) => !refused.has(one.client_id));
  let needsHelp = () => { const help = document.getElementById("help-now"); if (help) { help.hidden = false; help.focus(); } };
  async function took({ results }) {
    for (const one of results) {
      if (one.help) needsHelp();
      if (one.state === "refused") refused.set(one.id, one.words);
      else await drop(one.id);
    }
  }
  let isSignedOut = false; // by the server, a while ago or on another page: a network alone does not help then
  async function ask(more) {
    const answer = await fetch(sync, { redirect: "manual", ...more });
    isSignedOut = answer.type === "opaqueredirect";
    if (isSignedOut) throw new Error("signed out");
    return answer.json();
  }
  const post = (token, entries, more) => ask({ method: "POST", headers: { "Content-Type": "application/json", "X-CSRFToken": token }, body: JSON.stringify({ account, entries }), ...more });
  async function send(signal) {
    const entries = await sendable();
    if (!entries.length) return;
    const key = await ask({ signal });
    if (key.account !== account) return;
    await took(await post(key.token, entries.slice(0, 50), { signal }));
  }
  let running = null;
  async function flush(signal) {
    running = running || send(signal).finally(() => { running = null; });
    try { await running; return true; } catch { return false; /* what did not arrive stays in the queue */ }
  }
  // Leaving the page ends every request but one that is kept alive, and leaves no time to ask for a key: that of a form has to do.
  const leaving = new Set(); // hidden and pagehide come together
  async function sendLeaving() {
    const entries = [...memory.values()].filter((one) => !leaving.has(one.client_id) && !refused.has(one.client_id)).slice(-5); // the browser takes 64 kB, the newest first of all
    if (!entries.length) return;
    for (const one of entries) leaving.add(one.client_id);
    const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
    try { await took(await post(token, entries, { keepalive: true })); } catch { /* what did not arrive stays in the queue */ }
    for (const one of entries) leaving.delete(one.client_id);
  }

  // ---- Before anything is wiped
  const PATIENCE = 4000;
  /* Whether nothing is lost by wiping, or whoever holds the phone says that it may be. What waits is sent first. */
  async function mayWipe() {
    if (!(await everything()).length) return true;
    const slow = new AbortController();
    const timer = setTimeout(() => slow.abort(), PATIENCE);
    await flush(slow.signal);
    clearTimeout(timer);
    const left = (await everything()).length;
    return !left || confirm(words.unsent.replace("{n}", left));
  }

  return { account, stores, isSignedOut: () => isSignedOut, put, waiting, sendable, refused, flush, sendLeaving, mayWipe, onHelp: (act) => { needsHelp = act; } };
})();
