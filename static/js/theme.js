/* Loaded before the page is drawn: puts the colours chosen by the reader, or those of the system. The Django admin
   reads the same choice (localStorage "theme"), so that both doors agree. */
"use strict";
(function () {
  const root = document.documentElement;
  const system = window.matchMedia("(prefers-color-scheme: dark)");
  function stored() {
    try { return localStorage.getItem("theme") || "auto"; } catch { return "auto"; }
  }
  function apply() {
    const choice = stored();
    const dark = choice === "dark" || (choice !== "light" && system.matches);
    root.dataset.bsTheme = dark ? "dark" : "light";
    root.dataset.theme = choice;
  }
  root.classList.add("js");
  apply();
  system.addEventListener("change", apply);
  window.addEventListener("storage", apply);
  window.portalTheme = {
    choice: stored,
    choose(choice) {
      try { localStorage.setItem("theme", choice); } catch { /* private window: the choice lasts for this page */ }
      apply();
    },
  };
})();
