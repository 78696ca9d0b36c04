/* On the way to one's own pages: who signs in on a phone need not be who has used it before. The copy that lies on it is not shown in their
   place, however slow the network is, until their own page has come. */
(() => {
  "use strict";
  if (!("caches" in window)) return;
  const note = async () => { if (await caches.has("my-1")) await (await caches.open("my-1")).put("/my/signing-in", new Response("")); };
  addEventListener("submit", note, true);
  addEventListener("click", (event) => { if (event.target.closest("button")) note(); }, true); // a passkey sends its form without the event
})();
