// Keeps what a page shows of the kiosks current: with each pulse of the stream, what is marked data-live is read again.

let reading = false;

async function reread() {
  if (reading || document.hidden || document.querySelector("[data-busy]")) return;
  reading = true;
  const answer = await fetch(location.href).catch(() => null); // where it fails, the stream's own banner says so
  const page = answer?.ok ? new DOMParser().parseFromString(await answer.text(), "text/html") : null;
  for (const part of page && !document.querySelector("[data-busy]") ? document.querySelectorAll("[data-live]") : []) {
    const fresh = page.getElementById(part.id);
    if (!fresh || part.outerHTML === fresh.outerHTML) continue;
    const focus = part.contains(document.activeElement) && document.activeElement.closest("[data-kiosk]")?.dataset.kiosk;
    part.replaceWith(fresh);
    if (focus) [...fresh.querySelectorAll("[data-focus]")].find(({ dataset }) => dataset.focus === focus)?.focus();
  }
  reading = false;
  document.dispatchEvent(new Event("reread-done"));
}

document.addEventListener("pulse", reread);
document.addEventListener("visibilitychange", reread);
