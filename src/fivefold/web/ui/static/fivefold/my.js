/* The patient's own pages: the quick way out, and leaving nothing behind. */
(() => {
  "use strict";
  const wipe = async () => {
    const jobs = [];
    if ("caches" in window) jobs.push(caches.keys().then((names) => Promise.all(names.map((name) => caches.delete(name)))));
    if ("serviceWorker" in navigator) jobs.push(navigator.serviceWorker.getRegistrations().then((all) => Promise.all(all.map((one) => one.unregister()))));
    if ("indexedDB" in window) jobs.push(new Promise((done) => { const asked = indexedDB.deleteDatabase("my"); asked.onsuccess = asked.onerror = asked.onblocked = done; }));
    await Promise.allSettled(jobs);
  };
  // Only on a phone that somebody said is theirs alone, and only if they agreed, do pages stay on it.
  const { worker, offline } = document.body.dataset;
  if (worker && "serviceWorker" in navigator) {
    if (offline === "yes") navigator.serviceWorker.register(worker).catch(() => {});
    else navigator.serviceWorker.getRegistrations().then((all) => (all.length ? wipe() : null)).catch(() => {});
  }
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-away]");
    if (!link) return;
    event.preventDefault();
    document.body.hidden = true;
    location.replace(link.href);
  });
  document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (!form.matches("[data-leave]") || form.dataset.wiped) return;
    event.preventDefault();
    form.dataset.wiped = "1";
    await wipe();
    form.submit();
  });
})();
