/* Lists with acts on several rows: tick the whole page at once, and say how many rows are ticked. The page works without it. */
"use strict";
(function () {
  const form = document.querySelector(".bulk-bar");
  if (!form) return;
  const boxes = () => Array.from(document.querySelectorAll("input[name=row][form=" + form.id + "]"));
  const everything = form.querySelector("input[name=all]");
  const button = form.querySelector("[data-tick-all]");
  const said = form.querySelector("[data-ticked]");
  function tell() {
    const count = boxes().filter((box) => box.checked).length;
    const all = Boolean(everything && everything.checked);
    boxes().forEach((box) => { box.disabled = all; });
    const ticked = count + " " + (count === 1 ? form.dataset.one : form.dataset.many);
    said.textContent = all || !count ? "" : ticked;
    button.textContent = count === boxes().length ? "Tout décocher" : "Cocher toute la page";
  }
  button.hidden = false;
  button.addEventListener("click", () => {
    const tick = boxes().some((box) => !box.checked);
    boxes().forEach((box) => { box.checked = tick; });
    tell();
  });
  document.addEventListener("change", (event) => {
    if (event.target === everything || event.target.name === "row") tell();
  });
  tell();
})();
