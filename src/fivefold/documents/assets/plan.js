// Small comforts only: without this script everything on the page is still there, open or one click away.
(function () {
  "use strict";
  var root = document.documentElement;
  root.classList.add("js");

  // On a narrow screen the present phase comes first and the others are folded; in the order of the way otherwise.
  function layPath() {
    var list = document.querySelector(".phases");
    if (!list) return;
    var order = Array.prototype.slice.call(list.children);
    var here = list.querySelector(".here");
    var narrow = matchMedia("screen and (max-width: 56rem)");
    function lay() {
      order.forEach(function (phase) { list.appendChild(phase); });
      if (narrow.matches && here) list.insertBefore(here, list.firstChild);
    }
    narrow.addEventListener("change", lay);
    lay();
    list.addEventListener("click", function (event) {
      var fold = event.target.closest(".fold");
      if (!fold) return;
      var open = fold.parentNode.classList.toggle("unfolded");
      fold.setAttribute("aria-expanded", String(open));
    });
  }

  // A link to something folded unfolds it.
  function openTarget() {
    var target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target) return;
    for (var place = target; place; place = place.parentElement) if (place.tagName === "DETAILS") place.open = true;
    target.scrollIntoView();
  }

  function each(selector, act) {
    Array.prototype.forEach.call(document.querySelectorAll(selector), act);
  }

  function unfoldAll() {
    var button = document.getElementById("unfold");
    if (!button) return;
    button.hidden = false;
    button.addEventListener("click", function () {
      var open = !document.querySelector(".mod[open]");
      each(".mod", function (item) { item.open = open; });
    });
    function name() { button.textContent = document.querySelector(".mod[open]") ? "Fold all" : "Unfold all"; }
    document.getElementById("modules").addEventListener("toggle", name, true);
  }

  // Paper cannot unfold: what runs now and why is printed open, and folded again afterwards.
  function printing() {
    var opened = [];
    addEventListener("beforeprint", function () {
      each(".mod.is-now, .mod.is-cautioned, .override.is-active details, .more", function (item) {
        if (!item.open) { item.open = true; opened.push(item); }
      });
    });
    addEventListener("afterprint", function () {
      opened.forEach(function (item) { item.open = false; });
      opened = [];
    });
  }

  addEventListener("DOMContentLoaded", function () {
    layPath();
    unfoldAll();
    printing();
    openTarget();
    addEventListener("hashchange", openTarget);
  });
})();
