{% load static %}/* On a phone that is theirs alone: shows one's own pages at once and without a network, and reminds of what still waits. Nothing is kept but the pages named here. */
"use strict";
const CACHE = "my-1";
const PAGES = ["{% url 'my_plan' %}", "{% url 'my_today' %}", "{% url 'my_skills' %}", "{% url 'my_map' %}", "{% url 'my_data' %}"];
const FILES = ["{% static 'fivefold/fivefold.css' %}", "{% static 'fivefold/my.css' %}", "{% static 'fivefold/fivefold.js' %}", "{% static 'fivefold/queue.js' %}", "{% static 'fivefold/my.js' %}", "{% static 'fivefold/diary.js' %}", "{% static 'fivefold/helpers.js' %}", "{% static 'fivefold/fonts/figtree.woff2' %}", "{% static 'fivefold/fonts/fraunces.woff2' %}"];
const PATIENCE = 700; // milliseconds: a plan has to be there within a second
const MOMENT = 300;
const after = (time) => new Promise((done) => setTimeout(done, time, null));
// So long a copy is shown before the network is asked; what it brings is held against the copy, and the page told of it when it differs.
const YOUNG = 600000;
const AT = "X-Own-At", SAYS = "X-Own-Says", PASSING = "X-Own-Passing", CHANGED = "/my/changed";

// Signed out, or the phone is shared: whatever is still under way here keeps nothing any more.
let over = false;
// Whose a page is, as a mark that says nothing. What lies here of somebody else goes before a page of another is answered with.
const WHOSE = "X-Own-Pages", SIGNING_IN = "/my/signing-in";
const settle = async (answer) => {
  const whose = answer.headers.get(WHOSE);
  if (over || !whose && answer.status !== 403) return answer;
  const shelf = await caches.open(CACHE);
  const kept = (await Promise.all(PAGES.map((path) => shelf.match(path)))).filter(Boolean);
  if (answer.status === 403 || kept.some((one) => one.headers.get(WHOSE) !== whose)) await caches.delete(CACHE); // closed, or not theirs
  else await shelf.delete(SIGNING_IN);
  return answer;
};
// Kept is what may be kept by what was said on this phone, and what lies here of the same person already: they may just have signed in again.
// What a page says once, after something was sent, is not kept: it would be said again.
const keep = async (path, answer, asked) => {
  await settle(answer);
  if (over || !answer.ok || answer.redirected || answer.type !== "basic") return answer;
  const shelf = await caches.open(CACHE);
  const may = FILES.includes(path) || answer.headers.get("X-Own-Keeps") === "yes" || await shelf.match(path);
  if (!may || answer.headers.get(PASSING)) return answer;
  const copy = FILES.includes(path) ? answer.clone() : await dated(answer.clone(), asked);
  if (!over) await shelf.put(path, copy);
  return answer;
};
// A copy is as old as its question: what was sent while the answer was under way is not in it.
const dated = async (answer, asked) => {
  const headers = new Headers(answer.headers);
  for (const name of ["Content-Encoding", "Content-Length"]) headers.delete(name);
  headers.set(AT, String(asked));
  return new Response(await answer.blob(), { status: answer.status, headers });
};
const keptAt = (kept) => Number(kept.headers.get(AT) || 0);

// Something was sent from this phone: what lay here before may say otherwise. In memory at once, and on the shelf for a worker that is woken later.
let changed = 0;
const mark = async () => {
  changed = Date.now();
  if (!over && await caches.has(CACHE)) await (await caches.open(CACHE)).put(CHANGED, new Response(String(changed)));
};
const lastChange = async (shelf) => {
  const told = await shelf.match(CHANGED);
  return Math.max(changed, told ? Number(await told.text()) : 0);
};
const isYoung = (kept, last) => {
  const age = Date.now() - keptAt(kept);
  return age >= 0 && age < YOUNG && keptAt(kept) > last;
};

// All of what belongs here and does not lie here yet or has grown old: at first, with each page that is opened, and where what somebody else
// had left was taken away.
const fill = async () => {
  if (over) return;
  const shelf = await caches.open(CACHE);
  await Promise.all([...PAGES, ...FILES].map(async (path) => {
    try {
      const kept = await shelf.match(path);
      if (kept && (FILES.includes(path) || isYoung(kept, await lastChange(shelf)))) return;
      const asked = Date.now();
      await keep(path, await fetch(path, { credentials: "same-origin" }), asked);
    } catch { /* the next visit tries again */ }
  }));
};
self.addEventListener("install", (event) => {
  // Style, scripts and letters lie on the shelf: where the browser can, it takes them from there without asking this script for each.
  event.addRoutes?.({ condition: { or: FILES.map((path) => ({ urlPattern: path })) }, source: { cacheName: CACHE } }).catch(() => {});
  event.waitUntil((async () => { await fill(); await self.skipWaiting(); })());
});
self.addEventListener("activate", (event) => event.waitUntil((async () => {
  for (const name of await caches.keys()) if (name !== CACHE) await caches.delete(name);
  await self.clients.claim();
})()));

// The page that was answered with a copy hears of it: since when it lies here, and whether there is no network or something newer.
const tell = async (event, kept, what) => (await self.clients.get(event.resultingClientId))?.postMessage({ kept: keptAt(kept), what });
async function page(event, path) {
  if (over) return fetch(event.request);
  const shelf = await caches.open(CACHE);
  const [kept, signingIn, last] = await Promise.all([shelf.match(path), shelf.match(SIGNING_IN), lastChange(shelf)]);
  const ask = () => {
    const asked = Date.now();
    return fetch(event.request).then((answer) => keep(path, answer, asked));
  };
  if (!kept) return ask();
  const copy = (what) => { event.waitUntil(tell(event, kept, what)); return kept; };
  // Somebody has signed in on this phone, and nobody knows yet who: their page is waited for, unless there is no network at all.
  if (signingIn) return ask().catch(() => copy("offline"));
  const differs = (answer) => !answer.ok || answer.redirected || answer.headers.get(SAYS) !== kept.headers.get(SAYS);
  const compare = async (asked) => {
    try {
      const answer = await asked;
      if (!answer.ok || answer.redirected) await mark(); // signed out or closed: the copy is not shown first again
      if (differs(answer)) await tell(event, kept, "newer");
    } catch { await tell(event, kept, "offline"); }
  };
  if (isYoung(kept, last) && event.request.cache === "default") {
    // The phone has enough to do with showing it: the network is asked a moment later. Not where something is being sent meanwhile: the
    // answer might not know of it yet, and would lie here as if it did.
    const shown = Date.now();
    event.waitUntil(after(MOMENT).then(() => changed >= shown ? null : compare(ask())));
    return copy("");
  }
  const fresh = ask();
  // A plan is shown within a second whatever happened; any other page not as it was before something was sent.
  if (keptAt(kept) <= last && path !== PAGES[0]) return fresh.catch(() => copy("offline"));
  const first = await Promise.race([fresh.catch(() => null), after(PATIENCE)]);
  if (first) return first;
  event.waitUntil(compare(fresh));
  return copy("");
}
async function file(request) {
  return (await (await caches.open(CACHE)).match(request)) || fetch(request);
}
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== location.origin) return;
  if (request.method !== "GET") { event.waitUntil(mark()); return; }
  if (PAGES.includes(url.pathname) && !url.search && request.mode === "navigate") event.respondWith(page(event, url.pathname));
  else if (FILES.includes(url.pathname)) event.respondWith(file(request));
  else if (request.mode === "navigate") event.respondWith(fetch(request).then(settle).catch(async () => {
    const kept = await (await caches.open(CACHE)).match(PAGES[0]);
    if (kept) event.waitUntil(tell(event, kept, "offline"));
    return kept || Response.error();
  }));
});

// ---- Reminders: asked for in the moment itself, so that nothing comes for what is done; the words say nothing of what it is
const DUE = "{% url 'my_reminder_due' %}", TAKE = "{% url 'my_reminder_take' %}", LATER = "{% url 'my_reminder_later' %}", TODAY = "{% url 'my_today' %}";
const due = async () => (await fetch(DUE, { credentials: "same-origin", redirect: "error", cache: "no-store" })).json();
const send = (path, token, body = "") => fetch(path, { method: "POST", headers: { "X-CSRFToken": token, "Content-Type": "application/x-www-form-urlencoded" }, body });
async function remind() {
  if (Notification.permission !== "granted") return;
  try {
    const asked = await due();
    if (!asked.due) return;
    const taken = await (await send(TAKE, asked.token)).json();
    if (!taken.remind) return;
    const actions = ["hour", "tomorrow"].map((action) => ({ action, title: taken[action] }));
    await self.registration.showNotification(taken.title, { body: taken.words, tag: "waiting", icon: taken.icon, actions });
  } catch { /* signed out, or without a network: nobody is reminded */ }
}
async function open() {
  const [shown] = await self.clients.matchAll({ type: "window" });
  return shown ? (await shown.navigate(TODAY))?.focus() : self.clients.openWindow(TODAY);
}
self.addEventListener("message", (event) => {
  if (event.data === "remind") event.waitUntil(remind());
  if (event.data === "keep") { over = false; event.waitUntil(fill()); }
  if (event.data === "over") { over = true; event.ports[0]?.postMessage("nothing is kept any more"); }
});
self.addEventListener("periodicsync", (event) => { if (event.tag === "remind") event.waitUntil(remind()); });
self.addEventListener("notificationclick", (event) => {
  const { action, notification } = event;
  notification.close();
  event.waitUntil(action ? due().then(({ token }) => send(LATER, token, `how=${action}`)).catch(() => {}) : open());
});
