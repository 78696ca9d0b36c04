{% load static %}/* On a phone that is theirs alone: shows one's own pages without a network, and reminds of what still waits. Nothing is kept but the pages named here. */
"use strict";
const CACHE = "my-1";
const PAGES = ["{% url 'my_plan' %}", "{% url 'my_today' %}", "{% url 'my_skills' %}"];
const FILES = ["{% static 'fivefold/fivefold.css' %}", "{% static 'fivefold/my.css' %}", "{% static 'fivefold/fivefold.js' %}", "{% static 'fivefold/queue.js' %}", "{% static 'fivefold/my.js' %}", "{% static 'fivefold/diary.js' %}", "{% static 'fivefold/helpers.js' %}", "{% static 'fivefold/fonts/figtree.woff2' %}", "{% static 'fivefold/fonts/fraunces.woff2' %}"];
const PATIENCE = 700; // milliseconds: a plan has to be there within a second

// Whose a page is, as a mark that says nothing. What lies here of somebody else goes before a page of another is answered with.
const WHOSE = "X-Own-Pages", SIGNING_IN = "/my/signing-in";
const settle = async (answer) => {
  const whose = answer.headers.get(WHOSE);
  if (!whose && answer.status !== 403) return answer;
  const shelf = await caches.open(CACHE);
  const kept = (await Promise.all(PAGES.map((path) => shelf.match(path)))).filter(Boolean);
  if (answer.status === 403 || kept.some((one) => one.headers.get(WHOSE) !== whose)) await caches.delete(CACHE); // closed, or not theirs
  else await shelf.delete(SIGNING_IN);
  return answer;
};
// Kept is what may be kept by what was said on this phone, and what lies here of the same person already: they may just have signed in again.
const keep = async (path, answer) => {
  await settle(answer);
  if (!answer.ok || answer.redirected || answer.type !== "basic") return answer;
  const shelf = await caches.open(CACHE);
  if (FILES.includes(path) || answer.headers.get("X-Own-Keeps") === "yes" || await shelf.match(path)) await shelf.put(path, answer.clone());
  return answer;
};

// All of what belongs here and does not lie here yet: at first, and again where what somebody else had left was taken away.
const fill = async () => {
  const shelf = await caches.open(CACHE);
  await Promise.all([...PAGES, ...FILES].map(async (path) => { try { if (!(await shelf.match(path))) await keep(path, await fetch(path, { credentials: "same-origin" })); } catch { /* the next visit tries again */ } }));
};
self.addEventListener("install", (event) => event.waitUntil((async () => { await fill(); await self.skipWaiting(); })()));
self.addEventListener("activate", (event) => event.waitUntil((async () => {
  for (const name of await caches.keys()) if (name !== CACHE) await caches.delete(name);
  await self.clients.claim();
})()));

async function page(request, path) {
  const fresh = fetch(request).then((answer) => keep(path, answer));
  const shelf = await caches.open(CACHE);
  const kept = await shelf.match(path);
  if (!kept) return fresh;
  // Somebody has signed in on this phone, and nobody knows yet who: their page is waited for, unless there is no network at all.
  if (await shelf.match(SIGNING_IN)) return fresh.catch(() => kept);
  const late = new Promise((done) => setTimeout(() => done(kept), PATIENCE));
  return Promise.race([fresh.catch(() => kept), late]);
}
async function file(request) {
  return (await (await caches.open(CACHE)).match(request)) || fetch(request);
}
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (PAGES.includes(url.pathname) && !url.search) event.respondWith(page(request, url.pathname));
  else if (FILES.includes(url.pathname)) event.respondWith(file(request));
  else if (request.mode === "navigate") event.respondWith(fetch(request).then(settle).catch(async () => (await (await caches.open(CACHE)).match(PAGES[0])) || Response.error()));
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
  if (event.data === "keep") event.waitUntil(fill());
});
self.addEventListener("periodicsync", (event) => { if (event.tag === "remind") event.waitUntil(remind()); });
self.addEventListener("notificationclick", (event) => {
  const { action, notification } = event;
  notification.close();
  event.waitUntil(action ? due().then(({ token }) => send(LATER, token, `how=${action}`)).catch(() => {}) : open());
});
