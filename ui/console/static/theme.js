// Dark or light: what this browser's people chose, and until then what its system says (console.css).
// It runs before anything is drawn, so that no page flashes in the other one.

const CHOSEN = "theme";

function wear() {
  const chosen = localStorage.getItem(CHOSEN);
  if (chosen) document.documentElement.dataset.theme = chosen;
}

function isDark() {
  const { theme } = document.documentElement.dataset;
  return theme ? theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
}

wear();
addEventListener("storage", wear); // another page of this browser has changed it
addEventListener("click", ({ target }) => {
  if (!target.closest("[data-theme-switch]")) return;
  localStorage.setItem(CHOSEN, isDark() ? "light" : "dark");
  wear();
});
