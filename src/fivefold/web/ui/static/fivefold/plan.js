// The plan builder by keys and by dragging; every move is a form with its reason and works without this script.
"use strict";
(() => {
  const cards = () => [...document.querySelectorAll(".columns [data-card]")].filter((card) => card.offsetParent);
  // Opens the move form of a card at its reason; Enter there makes the wanted choice.
  function ask(card, how) {
    const box = card.querySelector(".mmove"), button = box?.querySelector(`button[value="${how}"]`);
    if (!button) return;
    box.open = true;
    box.querySelectorAll("button").forEach((one) => one.classList.toggle("wanted", one === button));
    box.querySelector("input[name=reason]").focus();
  }
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    if (event.key === "Enter" && event.target.matches(".move input[name=reason]")) {
      const wanted = event.target.form.querySelector("button.wanted");
      if (wanted) { event.preventDefault(); event.target.form.requestSubmit(wanted); }
      return;
    }
    if (event.key === "Escape" && event.target.closest(".mmove")) {
      const card = event.target.closest("[data-card]");
      event.target.closest(".mmove").open = false;
      card.querySelector(".mwhy > summary").focus();
      return;
    }
    if (!event.target.matches(".mwhy > summary")) return;
    const card = event.target.closest("[data-card]"), all = cards(), at = all.indexOf(card);
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && all[at + step]) { event.preventDefault(); all[at + step].querySelector(".mwhy > summary").focus(); }
    if (event.key === "ArrowRight") { event.preventDefault(); ask(card, "defer"); }
    if (event.key === "ArrowLeft") { event.preventDefault(); ask(card, "first"); }
  });
  // Dragging: to a column on the right puts off, to the left puts first; the reason is asked for as well.
  const order = ["now", "next", "later"];
  let held = null;
  function ready() {
    document.querySelectorAll(".columns [data-card]:has(.mmove)").forEach((card) => { card.draggable = true; });
  }
  const columnOf = (place) => place.closest(".columns")?.contains(place) && place.closest(".column");
  const nameOf = (column) => order.find((name) => column.classList.contains(`col-${name}`));
  document.addEventListener("dragstart", (event) => { held = event.target.closest?.("[data-card]"); event.dataTransfer?.setData("text/plain", held?.dataset.card || ""); });
  document.addEventListener("dragend", () => { held = null; document.querySelectorAll(".drop").forEach((one) => one.classList.remove("drop")); });
  document.addEventListener("dragover", (event) => {
    const column = held && columnOf(event.target);
    if (!column) return;
    event.preventDefault();
    document.querySelectorAll(".drop").forEach((one) => one !== column && one.classList.remove("drop"));
    column.classList.add("drop");
  });
  document.addEventListener("drop", (event) => {
    const column = held && columnOf(event.target);
    if (!column) return;
    event.preventDefault();
    ask(held, order.indexOf(nameOf(column)) > order.indexOf(nameOf(held.closest(".column"))) ? "defer" : "first");
  });
  // What a trial changes is said to screen readers as well.
  document.addEventListener("swapped", (event) => {
    ready();
    const told = event.detail.querySelector("[data-say]"), said = document.getElementById("said");
    if (said) said.textContent = told ? [...told.querySelectorAll("h2, p, .moved b, .shift")].map((one) => one.textContent.trim()).join(" ") : "";
  });
  // A link to something folded unfolds it; what was refused stands open, ready to be mended.
  function open() {
    const target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target) return;
    for (let place = target; place; place = place.parentElement) if (place.tagName === "DETAILS") place.open = true;
    target.querySelector("summary")?.focus({ preventScroll: true });
    target.scrollIntoView({ block: "center" });
  }
  addEventListener("hashchange", open);
  open();
  const wide = document.querySelector("[data-open-wide]");
  if (wide && matchMedia("(min-width: 75.01rem)").matches) wide.open = true;
  document.querySelector(".mmove[open] input[name=reason]")?.focus();
  ready();
})();
