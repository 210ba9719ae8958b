// The page of one alarm: a confirmation is of the facts that were on the screen, and the face is shown on request alone.

import { inWords } from "./page.js";

const ASK_AGAIN_MS = 3000; // the kiosk answers with its next heartbeat, every 10 s

/** The digest of what was on the screen is kept (live.js), and the station refuses it where the facts have changed;
    that is said at once, and the new digest is taken once the station's refusal has been read. */
document.addEventListener("replaced", ({ detail: { fresh } }) => {
  if (fresh.id === "acts") sayChanged(fresh);
});

function sayChanged(acts) {
  const form = acts.querySelector("#confirm");
  if (!form) return;
  const seen = form.elements.facts_seen;
  form.querySelector(".changed").hidden = seen.value === seen.dataset.now;
}

document.addEventListener("refused", ({ target, detail }) => {
  if (detail.error !== "facts-changed") return;
  const seen = target.elements.facts_seen;
  seen.value = seen.dataset.now;
  target.querySelector(".changed").hidden = true;
  document.dispatchEvent(new Event("reread"));
});

/** Show the face as soon as it is there. Every time that it is shown is a look that the station records. */
function show() {
  const place = document.querySelector("[data-face]");
  if (!place) return; // the alarm is over
  const img = new Image();
  img.alt = place.dataset.alt;
  img.addEventListener("load", () => {
    document.querySelector("[data-face]")?.replaceChildren(img);
    say(null);
  });
  img.addEventListener("error", () => whyNot(place.dataset.face));
  img.src = `${place.dataset.face}?${Date.now()}`;
}

async function whyNot(call) {
  const answer = await fetch(call).catch(() => null);
  if (answer?.ok) return show(); // it has just come
  const why = answer ? await answer.json() : { error: "offline" };
  const waits = why.error === "not-yet";
  say(waits ? document.querySelector(".face-state")?.dataset.waiting : inWords(why));
  if (waits) setTimeout(show, ASK_AGAIN_MS);
}

function say(text) {
  const line = document.querySelector(".face-state");
  if (!line) return;
  line.textContent = text ?? "";
  line.hidden = !text;
}

document.addEventListener("followed", ({ target }) => {
  if (target.dataset.then === "face") show();
});
document.addEventListener("click", ({ target }) => {
  if (target.closest("[data-show-face]")) show();
});
document.addEventListener("replaced", ({ detail: { old, fresh } }) => {
  const face = old.querySelector("[data-face] img");
  if (face) fresh.querySelector("[data-face]")?.replaceChildren(face);
});
