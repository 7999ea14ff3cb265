// Gives a name to what Django's admin leaves without one: autocomplete fields, empty headers, hints.
(() => {
  const labelOf = (select) => document.querySelector(`label[for="${CSS.escape(select.id)}"]`);
  const nameAutocompletes = () => {
    for (const select of document.querySelectorAll("select.admin-autocomplete")) {
      const label = labelOf(select);
      const name = label ? label.textContent.replace(/\s*:\s*$/, "").trim() : select.getAttribute("aria-label") || "Choix";
      const drawn = select.nextElementSibling;
      if (!drawn || !drawn.classList.contains("select2-container")) continue;
      for (const part of drawn.querySelectorAll("[role=combobox], [role=textbox], .select2-search__field")) {
        part.removeAttribute("aria-labelledby");
        part.setAttribute("aria-label", name);
      }
    }
    for (const search of document.querySelectorAll(".select2-search__field:not([aria-label])")) {
      search.setAttribute("aria-label", "Rechercher");
    }
  };
  const nameHeaders = () => {
    for (const header of document.querySelectorAll("th:empty")) {
      const text = document.createElement("span");
      text.className = "visually-hidden";
      text.textContent = header.classList.contains("original") ? "Objet" : "Actions";
      header.append(text);
    }
    for (const hint of document.querySelectorAll(".help-tooltip[aria-label]:not([role])")) hint.setAttribute("role", "img");
  };
  const nameAll = () => {
    nameAutocompletes();
    nameHeaders();
  };
  window.addEventListener("load", () => {
    nameAll();
    new MutationObserver(nameAll).observe(document.body, { childList: true, subtree: true });
  });
})();
