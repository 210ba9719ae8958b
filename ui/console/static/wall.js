// The wall's clock, its age while the link is lost, and the full screen.

const clock = document.getElementById("clock");
let aheadMs = 0; // this machine's clock less the station's

document.addEventListener("pulse", ({ detail }) => {
  aheadMs = Date.now() - Date.parse(detail.now);
});

function tick() {
  const now = new Date(Date.now() - aheadMs);
  clock.textContent = now.toLocaleTimeString("zh-CN", { hour12: false, timeZone: clock.dataset.zone });
  document.getElementById("wall-age").textContent = document.getElementById("lost-for").textContent;
}

document.addEventListener("click", ({ target }) => {
  if (!target.closest("[data-full-screen]")) return;
  if (document.fullscreenElement) document.exitFullscreen();
  else document.documentElement.requestFullscreen();
});
setInterval(tick, 1000);
tick();
