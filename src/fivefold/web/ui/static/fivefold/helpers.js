/* Small helps for the moment: a clock that counts down, and a slow breath. Without a script the steps stand there all the same. */
(() => {
  "use strict";
  document.querySelectorAll(".clock").forEach((clock) => {
    const { seconds, in: inhale, out: exhale, wordsIn, wordsOut, wordsOver, wordsStop } = clock.dataset;
    const left = clock.querySelector(".left");
    const over = clock.querySelector(".over");
    const go = clock.querySelector("[data-go]");
    const begin = go.textContent;
    let timer = 0;
    const stop = () => {
      clearInterval(timer);
      timer = 0;
      go.textContent = begin;
      left.textContent = "";
      clock.classList.remove("in");
    };
    go.addEventListener("click", () => {
      over.textContent = "";
      if (timer) { stop(); return; }
      go.textContent = wordsStop;
      const end = Date.now() + Number(seconds) * 1000;
      const tick = () => {
        const rest = Math.max(0, Math.round((end - Date.now()) / 1000));
        const passed = Number(seconds) - rest;
        const breath = inhale ? passed % (Number(inhale) + Number(exhale)) : 0;
        const isIn = breath < Number(inhale);
        clock.classList.toggle("in", Boolean(inhale) && isIn && rest > 0);
        left.textContent = rest ? `${inhale ? `${isIn ? wordsIn : wordsOut} · ` : ""}${Math.floor(rest / 60)}:${String(rest % 60).padStart(2, "0")}` : "";
        if (!rest) { stop(); over.textContent = wordsOver; }
      };
      timer = setInterval(tick, 1000);
      tick();
      clock.scrollIntoView({ block: "center" });
    });
  });
})();
