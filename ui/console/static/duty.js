// Keeps the page of duty current: after an act at once, and now and then with the stream's pulse. What somebody is
// about to write stays: only what is read is replaced, and a team's forms only after an act.

const NOW_AND_THEN_MS = 15_000;
let readAt = Date.now();

async function read(...parts) {
  readAt = Date.now();
  const answer = await fetch(location.href).catch(() => null);
  if (!answer?.ok || answer.redirected) return; // the stream's own banner says so
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const open = [...document.querySelectorAll("details.team[open]")].map(({ id }) => id);
  for (const part of parts) {
    const [old, fresh] = [document, page].map((one) => one.querySelector(part));
    const left = old?.scrollLeft;
    if (old && fresh) old.replaceWith(fresh);
    if (fresh) fresh.scrollLeft = left;
  }
  for (const id of open) document.getElementById(id)?.setAttribute("open", "");
}

/** On a phone the week does not fit: begin with today, beside the teams' names. */
function showToday() {
  const today = document.querySelector("#roster [aria-current]");
  if (!today) return;
  const first = today.parentElement.firstElementChild;
  document.getElementById("roster").scrollLeft = today.offsetLeft - first.offsetWidth;
}

document.addEventListener("reread", () => {
  const chosen = document.querySelector("#plan-duty [name=team]").value;
  read("#now", "#roster", "#teams", "#plan-duty [name=team]").then(() => {
    document.querySelector("#plan-duty [name=team]").value = chosen;
    document.querySelector("#make-team form").reset();
  });
});

document.addEventListener("pulse", () => {
  const busy = document.getElementById("roster").contains(document.activeElement);
  if (Date.now() - readAt > NOW_AND_THEN_MS && !busy) read("#now", "#roster");
});

showToday();
