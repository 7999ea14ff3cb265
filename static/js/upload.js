// Upload page: the year written in the file's name fills the vintage, which stays editable.
(() => {
  const file = document.querySelector("[data-upload-file]");
  const vintage = document.querySelector("[data-upload-vintage]");
  if (!file || !vintage) return;
  file.addEventListener("change", () => {
    const name = (file.files[0] || { name: "" }).name.replace(/\.[^.]*$/, "");
    const years = [...new Set(name.match(/(?:19|20)\d{2}(?!\d)/g) || [])];
    if (years.length === 1 && (vintage.value === "" || vintage.dataset.guessed === vintage.value)) {
      vintage.value = years[0];
      vintage.dataset.guessed = years[0];
    }
  });
})();
