// The live part of every page behind the log-in: one stream of events from the station.
// The stream is only a hint of what is new: each time it is opened again, it begins after the last event we have.

import { inWords, note, post } from "./page.js";
import { chimes } from "./sound.js";
import { notifier } from "./notify.js";
import "./live.js";

const SILENT_MS = 8000; // the station pulses every 3 s
const RETRY_MS = 1000;

const untaken = document.getElementById("waiting"); // both on the board alone
const taken = document.getElementById("handled");
const counter = document.getElementById("waiting-count");
const lost = document.getElementById("lost");
const title = document.title;
const ring = chimes(document.getElementById("sound"));
const notify = notifier(document.getElementById("notify"));

const pages = document.querySelector("[data-upto]");

let upto = Number(pages.dataset.upto);
let heardAt = Date.now();
let clockAheadMs = 0; // this machine's clock less the station's
let stream = null;

function open() {
  stream = new EventSource(`/api/events?since=${upto}`);
  stream.addEventListener("pulse", (event) => heard(JSON.parse(event.data)));
  stream.addEventListener("alarms", (event) => {
    const news = JSON.parse(event.data);
    news.alarms.forEach(place);
    upto = news.upto;
    heard(news);
    if (news.alarms.some(({ loud }) => loud)) ring.again();
    news.alarms.filter(({ call }) => call).forEach(notify);
    document.dispatchEvent(new CustomEvent("news", { detail: news }));
  });
  stream.addEventListener("error", again);
}

async function again() {
  stream.close();
  showLost();
  const begun = performance.now();
  const signedOut = await fetch("/api/me").then((answer) => answer.status === 401, () => false);
  if (signedOut && !(await (await import("./accounts.js")).proveAgain("sign-in", begun))) location.assign("/login");
  else setTimeout(open, RETRY_MS * (1 + Math.random()));
}

function heard({ now, waiting, urgency, exercise, strip }) {
  heardAt = Date.now();
  clockAheadMs = heardAt - Date.parse(now);
  lost.hidden = true;
  document.body.classList.remove("stale");
  document.getElementById("strip").innerHTML = strip;
  document.getElementById("exercise").hidden = !exercise;
  count(waiting, urgency);
  document.dispatchEvent(new CustomEvent("pulse", { detail: { now } }));
}

function showLost() {
  lost.hidden = false;
  document.body.classList.add("stale");
  document.getElementById("lost-for").textContent = clock(Date.now() - heardAt);
}

function count(waiting, urgency) {
  counter.textContent = waiting;
  counter.classList.toggle("some", waiting > 0);
  document.title = waiting > 0 ? `(${waiting}) ${title}` : title;
  ring(waiting, urgency);
}

/** Put an alarm where it belongs: a new one on top, a known one in its place until its state changes. */
function place({ id, state, html }) {
  if (!untaken) return;
  const old = document.getElementById(`alarm-${id}`);
  const row = document.createRange().createContextualFragment(html).firstElementChild;
  if (old?.dataset.state === state) return old.replaceWith(row);
  const hadFocus = old?.contains(document.activeElement);
  old?.remove();
  (state === "raised" ? untaken : taken).prepend(row);
  if (hadFocus) (document.querySelector("[data-acknowledge]") ?? document.getElementById("content")).focus();
  tick();
}

function clock(ms) {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

function tick() {
  for (const waiting of document.querySelectorAll("[data-since]")) {
    waiting.textContent = clock(Date.now() - clockAheadMs - Date.parse(waiting.dataset.since));
  }
  if (!lost.hidden || Date.now() - heardAt > SILENT_MS) showLost();
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest("button");
  if (button?.dataset.acknowledge) {
    button.disabled = true;
    const { ok, answer } = await post(`/api/alarms/${button.dataset.acknowledge}/acknowledge`);
    button.disabled = false;
    if (!ok) note(inWords(answer));
  }
});

// Whoever may not see alarms (a guard with a page of the desk) has no stream of them.
if (counter) {
  setInterval(tick, 1000);
  tick();
  count(Number(counter.textContent), Number(pages.dataset.urgency));
  open();
}
