// The wall's clock, its age while the link is lost, and the full screen.

const clock = document.getElementById("clock");

function tick() {
  clock.textContent = new Date().toLocaleTimeString(document.documentElement.lang, { hour12: false });
  document.getElementById("wall-age").textContent = document.getElementById("lost-for").textContent;
}

document.addEventListener("click", ({ target }) => {
  if (!target.closest("[data-full-screen]")) return;
  if (document.fullscreenElement) document.exitFullscreen();
  else document.documentElement.requestFullscreen();
});
setInterval(tick, 1000);
tick();
