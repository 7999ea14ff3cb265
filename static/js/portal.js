/* Small comforts on top of pages that work without them. */
"use strict";
(function () {
  /* Choice of colours. */
  function markTheme() {
    document.querySelectorAll("[data-theme-choice]").forEach((button) => {
      button.setAttribute("aria-pressed", String(button.dataset.themeChoice === window.portalTheme.choice()));
    });
  }
  /* A table that fits needs no scrolling region: its header can then stay in sight. */
  function measureTables() {
    document.querySelectorAll(".table-region").forEach((region) => {
      region.classList.remove("fits");
      const fits = region.scrollWidth <= region.clientWidth + 1 && region.scrollHeight <= region.clientHeight + 1;
      region.classList.toggle("fits", fits);
      if (fits) region.removeAttribute("tabindex"); else region.setAttribute("tabindex", "0");
    });
  }
  function closeMenus(except) {
    document.querySelectorAll("details.menu[open]").forEach((menu) => {
      if (menu !== except) menu.open = false;
    });
  }
  function disclose(button) {
    const open = button.getAttribute("aria-expanded") !== "true";
    button.setAttribute("aria-expanded", String(open));
    document.getElementById(button.dataset.disclose).classList.toggle("is-open", open);
  }
  document.addEventListener("click", (event) => {
    const target = event.target instanceof Element ? event.target : document.body;
    closeMenus(target.closest("details.menu"));
    const theme = target.closest("[data-theme-choice]");
    if (theme) { window.portalTheme.choose(theme.dataset.themeChoice); markTheme(); }
    const discloser = target.closest("[data-disclose]");
    if (discloser) disclose(discloser);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const menu = document.querySelector("details.menu[open]");
    if (menu) { menu.open = false; menu.querySelector("summary").focus(); }
  });
  document.addEventListener("focusin", (event) => closeMenus(event.target.closest("details.menu")));
  document.addEventListener("htmx:afterSwap", measureTables);
  window.addEventListener("resize", measureTables);
  markTheme();
  measureTables();
  const summary = document.querySelector("[data-focus]");
  if (summary) summary.focus();
})();
