// Reading a curve value by value, by pointer, finger or keys. Without this script the tables say the same.
//
// A drawing is one tab stop and a slider, because screen readers hand the arrow keys to a slider without being asked. It says which value of
// how many; the sentence itself stands in a place of its own below the drawing, which speaks politely and never changes its height.
"use strict";
(() => {
  const hint = document.getElementById("curve-hint");
  const place = (at, all) => hint.dataset.place.replace("{at}", at + 1).replace("{all}", all);
  const leave = [];

  function element(name, className, text = "") { return Object.assign(document.createElement(name), { className, textContent: text }); }
  function shape(chart, className) {
    const found = document.createElementNS("http://www.w3.org/2000/svg", "path");
    found.setAttribute("class", className);
    return chart.appendChild(found);
  }

  // Where the sentence stands: as high as its longest sentences need at any width; at rest it tells the newest value.
  function readout(sentences, after) {
    const box = element("div", "readout"), rest = element("p", "rest", sentences.at(-1)), now = element("p", "now");
    for (const long of [...new Set(sentences)].sort((one, other) => other.length - one.length).slice(0, 3)) {
      const room = element("p", "room", long);
      room.setAttribute("aria-hidden", "true");
      box.append(room);
    }
    now.setAttribute("role", "status");
    box.append(rest, now);
    after.after(box);
    return { box, say(text) { if (now.textContent !== text) now.textContent = text; rest.hidden = Boolean(text); } };
  }

  function read(chart) {
    const data = document.getElementById(chart.dataset.readings), readings = JSON.parse(data.textContent), last = readings.length - 1;
    const [, , width, height] = chart.getAttribute("viewBox").split(" ").map(Number);
    const out = readout(readings.map((one) => one[2]), data.nextElementSibling?.matches(".end") ? data.nextElementSibling : data);
    const line = shape(chart, "cursor"), dot = shape(chart, "cursor-dot");
    let at = last, held = false;  // held: chosen by key, click or tap, so that it stays when the pointer goes on

    for (const [name, value] of [["role", "slider"], ["tabindex", "0"], ["aria-valuemin", "1"], ["aria-valuemax", last + 1], ["aria-describedby", hint.id]]) chart.setAttribute(name, value);
    mark(last);

    function mark(which) {
      at = which;
      chart.setAttribute("aria-valuenow", which + 1);
      chart.setAttribute("aria-valuetext", place(which, last + 1));
    }
    function show(which) {
      const [x, y, words] = readings[which];
      line.setAttribute("d", `M${x} 0V${height}`);
      dot.setAttribute("d", y === null ? "" : `M${x} ${y}h.01`);
      chart.classList.add("read");
      out.say(words);
    }
    function choose(which) { held = true; mark(Math.min(last, Math.max(0, which))); show(at); }
    function rest() { held = false; chart.classList.remove("read"); out.say(""); }
    // The nearest day; of two values on one day the nearer in height.
    function nearest(event) {
      const box = chart.getBoundingClientRect();
      const x = (event.clientX - box.left) * width / box.width, y = (event.clientY - box.top) * height / box.height;
      const far = ([valueX, valueY]) => Math.abs(valueX - x) * 1000 + Math.abs((valueY ?? y) - y);
      return readings.reduce((best, one, which) => far(one) < far(readings[best]) ? which : best, 0);
    }

    chart.addEventListener("pointermove", (event) => { if (event.buttons) choose(nearest(event)); else show(nearest(event)); });
    chart.addEventListener("pointerdown", (event) => choose(nearest(event)));
    chart.addEventListener("click", () => chart.focus({ preventScroll: true }));
    // A finger is lifted and what it has shown stays; when it has scrolled the page instead, nothing was meant.
    chart.addEventListener("pointerleave", (event) => { if (event.pointerType !== "touch") { if (held) show(at); else rest(); } });
    chart.addEventListener("pointercancel", rest);
    chart.addEventListener("focus", () => { if (!held) choose(last); });
    chart.addEventListener("blur", rest);
    chart.addEventListener("keydown", (event) => {
      if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
      const steps = { ArrowRight: at + 1, ArrowUp: at + 1, ArrowLeft: at - 1, ArrowDown: at - 1, Home: 0, End: last };
      if (!(event.key in steps)) return;
      event.preventDefault();
      choose(steps[event.key]);
      out.box.scrollIntoView({ block: "nearest" });
    });
    leave.push(rest);
  }

  for (const chart of document.querySelectorAll("svg[data-readings]")) read(chart);
  if (leave.length) hint.hidden = false;
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") leave.forEach((rest) => rest()); });
})();
