// Copies an invitation's link: it is shown once, and a long one is not typed twice.

document.addEventListener("click", async ({ target }) => {
  const button = target.closest("[data-copy]");
  if (!button) return;
  const link = button.closest(".link").querySelector("output");
  await navigator.clipboard.writeText(link.textContent).catch(() => getSelection().selectAllChildren(link));
  button.textContent = button.dataset.copied;
});
