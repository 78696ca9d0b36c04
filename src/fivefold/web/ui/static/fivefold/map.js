// Comforts of the map; without this script every phase stands open and every reason is one click away.
"use strict";
(() => {
  document.documentElement.classList.add("js");
  const list = document.querySelector(".phases");
  if (list) {
    // On a narrow screen the present phase comes first and the others are folded; in the order of the way otherwise.
    const order = [...list.children], here = list.querySelector(".here"), narrow = matchMedia("screen and (max-width: 56rem)");
    const lay = () => { order.forEach((phase) => list.append(phase)); if (narrow.matches && here) list.prepend(here); };
    narrow.addEventListener("change", lay);
    lay();
    list.addEventListener("click", (event) => {
      const fold = event.target.closest(".fold");
      if (fold) fold.setAttribute("aria-expanded", String(fold.closest(".phase").classList.toggle("unfolded")));
    });
  }
  // A link to something folded unfolds it.
  function unfold(target) {
    for (let place = target; place; place = place.parentElement) if (place.tagName === "DETAILS") place.open = true;
    target.querySelector("summary")?.focus({ preventScroll: true });
    target.scrollIntoView({ block: "center" });
  }
  const open = () => { const target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1))); if (target) unfold(target); };
  addEventListener("hashchange", open);
  document.addEventListener("click", (event) => { const link = event.target.closest("a[href^='#']"); if (link && link.hash === location.hash) open(); });
  open();
  // Paper cannot unfold: what runs now is printed open.
  let opened = [];
  addEventListener("beforeprint", () => { opened = [...document.querySelectorAll(".guard details:not([open])")]; opened.forEach((one) => { one.open = true; }); });
  addEventListener("afterprint", () => opened.forEach((one) => { one.open = false; }));
})();
