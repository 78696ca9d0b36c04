/* The patient's own pages: the quick way out, and leaving nothing behind, but never what was written and not sent. */
(() => {
  "use strict";
  const queue = window.myQueue;
  // The worker first: what it is still fetching must not lie here again afterwards.
  const over = (one) => new Promise((done) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = done;
    setTimeout(done, 500);
    one.active ? one.active.postMessage("over", [port2]) : done();
  });
  const wipe = async (withQueue = true) => {
    const jobs = [];
    if ("serviceWorker" in navigator) await Promise.all((await navigator.serviceWorker.getRegistrations()).map(over));
    if ("caches" in window) jobs.push(caches.keys().then((names) => Promise.all(names.map((name) => caches.delete(name)))));
    if ("serviceWorker" in navigator) jobs.push(navigator.serviceWorker.getRegistrations().then((all) => Promise.all(all.map(async (one) => {
      for (const shown of await one.getNotifications()) shown.close();
      await one.unregister();
    }))));
    if (withQueue && "indexedDB" in window) jobs.push(new Promise((done) => { const asked = indexedDB.deleteDatabase("my"); asked.onsuccess = asked.onerror = asked.onblocked = done; }));
    await Promise.allSettled(jobs);
  };
  // Only on a phone that somebody said is theirs alone, and only if they agreed, do pages stay on it. Where that is not known
  // (they have just signed in again), nothing is added and nothing taken away.
  const { worker, offline } = document.body.dataset;
  if (worker && "serviceWorker" in navigator) {
    if (offline === "yes") navigator.serviceWorker.register(worker).catch(() => {});
    else if (offline === "no") navigator.serviceWorker.getRegistrations().then(async (all) => { if (all.length) await wipe(await queue.flush()); }).catch(() => {});
  }
  // A page that is the phone's own copy: what is sent from it is not what was sent from an earlier showing of the same copy, it says when
  // there is no network, and something newer is shown at once as long as nobody has touched the page.
  let touched = false;
  for (const name of ["pointerdown", "keydown", "input"]) addEventListener(name, () => { touched = true; }, { once: true, capture: true });
  const said = (text, button) => {
    document.querySelector(".copy")?.remove();
    const line = Object.assign(document.createElement("p"), { className: "copy card", textContent: text });
    line.setAttribute("role", "status");
    if (button) line.append(" ", Object.assign(document.createElement("button"), { type: "button", textContent: button, onclick: () => location.reload() }));
    document.getElementById("main").prepend(line);
  };
  navigator.serviceWorker?.addEventListener("message", ({ data: { kept, what } = {} }) => {
    if (kept === undefined) return;
    const words = document.body.dataset, fresh = () => [...crypto.getRandomValues(new Uint8Array(16))].map((one) => one.toString(16).padStart(2, "0")).join("");
    if (!what) document.querySelectorAll("[name=once]").forEach((field) => { field.value = fresh(); });
    if (what === "offline") said(words.copy.replace("{when}", kept ? new Date(kept).toLocaleString(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" }) : "–"));
    if (what !== "newer") return;
    if (touched || performance.getEntriesByType("navigation")[0]?.type === "reload") said(words.newer, words.show);
    else location.reload();
  });
  // Reminders: the worker asks whether something still waits. Who has the page of today before them is not reminded of it.
  const notify = document.querySelector("[data-notify]"), may = "Notification" in window ? Notification.permission : "none";
  if (notify) notify.prepend(`${notify.dataset[may]} `);
  if (offline === "yes" && "serviceWorker" in navigator) {
    navigator.serviceWorker.ready.then((own) => {
      own.active.postMessage("keep");
      if (document.body.dataset.reminds !== "yes") return own.periodicSync?.unregister("remind");
      const ask = () => { if (document.hidden || !document.querySelector("form[data-diary]")) own.active.postMessage("remind"); };
      ask();
      setInterval(ask, 300000);
      document.addEventListener("visibilitychange", ask);
      return own.periodicSync?.register("remind", { minInterval: 1800000 });
    }).catch(() => {});
  }
  document.querySelector("form[data-reminder]")?.addEventListener("submit", async (event) => {
    const { target: form } = event;
    if (!notify || may !== "default" || form.dataset.asked || !form.querySelector("[name=about]:checked")) return;
    event.preventDefault();
    form.dataset.asked = "1";
    await Notification.requestPermission();
    form.requestSubmit();
  });
  if (queue && !document.querySelector("form[data-diary]")) addEventListener("load", () => queue.flush());
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-away]");
    if (!link) return;
    event.preventDefault();
    document.body.hidden = true;
    location.replace(link.href);
  });
  // Signing out, closing the pages, sharing the phone: after each of them the phone keeps nothing.
  document.addEventListener("submit", async (event) => {
    const { target: form, submitter } = event;
    const button = submitter?.closest("[data-forgets]");
    if (!form.matches("[data-leave]") && !button) return;
    if (form.dataset.asked) return;
    event.preventDefault();
    event.stopImmediatePropagation(); // nobody else has seen it sent: it is sent once more below
    if (form.dataset.asking) return;
    form.dataset.asking = "1";
    try {
      await new Promise((done) => setTimeout(done)); // a form cannot be sent from within its own event
      if (queue && !(await queue.mayWipe())) return;
      if (form.matches("[data-leave]")) await wipe();
      form.dataset.asked = "1";
      form.requestSubmit(submitter);
    } finally { delete form.dataset.asking; }
  }, true);
})();
