// Keeps the table of kiosks current: with each pulse of the stream it is read again.

document.addEventListener("pulse", async () => {
  const answer = await fetch("/kiosks").catch(() => null);
  if (!answer?.ok) return; // the stream's own banner says so
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  document.getElementById("kiosks").replaceWith(page.getElementById("kiosks"));
});
