// The audit page: the whole chain computed anew, and the log as a file for the verifier.

import { inWords } from "./page.js";

const answer = document.getElementById("answer");

document.getElementById("check").addEventListener("click", async ({ currentTarget: button }) => {
  button.disabled = true;
  const found = await fetch("/api/audit/check")
    .then((response) => response.json())
    .catch(() => ({ error: "offline" }));
  button.disabled = false;
  if (found.error) answer.textContent = inWords(found);
  else if (found.broken === null) answer.textContent = `✓ ${button.dataset.holds.replace("{n}", found.rows)}`;
  else answer.textContent = `✕ ${button.dataset.broken.replace("{n}", found.broken)}`;
});

document.getElementById("export")?.addEventListener("click", async ({ currentTarget: button }) => {
  button.disabled = true;
  try {
    const response = await fetch("/api/audit/export", { method: "POST", headers: { "X-Station": "console" } });
    if (response.ok) save(await response.blob(), response.headers.get("content-disposition"));
    answer.textContent = response.ok ? "" : inWords(await response.json());
  } catch {
    answer.textContent = inWords({ error: "offline" });
  }
  button.disabled = false;
});

function save(file, disposition) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = disposition.match(/filename="(.+)"/)[1];
  link.click();
  URL.revokeObjectURL(link.href);
}
