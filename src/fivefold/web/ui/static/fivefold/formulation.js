// The line of a folded row says what is being typed into it; without this script it says what stood there when the page was loaded.
"use strict";
(() => {
  const form = document.getElementById("edit");
  form?.addEventListener("input", () => {
    for (const row of form.querySelectorAll(".node-row:has(textarea)")) {
      const line = row.querySelector(".line"), kind = row.querySelector("select");
      line.textContent = row.querySelector("textarea").value.trim() || line.dataset.empty;
      row.querySelector(".kind").textContent = kind.selectedOptions[0].text;
    }
  });
})();
