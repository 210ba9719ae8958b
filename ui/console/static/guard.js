// The guard's page: what was sent to this guard, one thing at a time, and what he answers.
// The station tells everything each time (api/guard_page.py), over a stream, or every two seconds where none holds.
// A phone that was locked, or a tab that slept, asks anew as soon as it is seen.

import { Acts, stateWith } from "./guard-acts.js";
import { inWords, post } from "./page.js";

const SILENT_MS = 5000; // the station pulses every 2 s
const POLL_MS = 2000;
const OVER = ["done", "stand-down-seen"];
const FIRST = ["stood-down", "arrived", "accepted", "sent", "exercise"]; // what a guard looks at first
const NEXT = { sent: "accept", exercise: "accept", accepted: "arrived", arrived: "result", "stood-down": "stood-down" };
const STEADY_MS = 1200; // what has just changed under a finger takes no touch: a second tap is no second answer
const WORTH_SAYING_MS = 1500; // an act that is on its way for less than that is no news
const BUZZ = { new: [400, 150, 400], "stood-down": [900, 200, 900, 200, 900] };

const WORDS = JSON.parse(document.getElementById("words").textContent);
const at = (id) => document.getElementById(id);
const acts = new Acts(() => show(), ({ id, state }) => {
  const done = told?.dispatches.find((one) => one.id === id);
  if (done) done.state = state;
});

let told = null; // the station's last word: {now, login, duty, dispatches}
let heardAt = 0;
let lostAt = Date.now(); // since when it has not been heard; 0 while it is
let clockAheadMs = 0;
let stream = null;
let chosen = null; // the dispatch that the guard has turned to, where there are several
let wakeLock = null;
let steadyAt = 0; // when the buttons take touches again

// --- hearing the station

function open() {
  stream?.close();
  stream = new EventSource("/api/dispatches/events");
  stream.addEventListener("dispatches", (event) => take(JSON.parse(event.data)));
  stream.addEventListener("pulse", (event) => heard(JSON.parse(event.data)));
  stream.addEventListener("error", lose);
}

function lose() {
  stream?.close();
  stream = null;
  lostAt ||= Date.now();
  show();
}

function heard({ now }) {
  heardAt = Date.now();
  lostAt = 0;
  clockAheadMs = heardAt - Date.parse(now);
  acts.send();
  show();
}

function take(news) {
  const before = new Map((told?.dispatches ?? []).map(({ id, state }) => [id, state]));
  told = news;
  acts.belongTo(news.login);
  for (const { id, state } of news.dispatches) {
    if (state === "stood-down" && before.get(id) !== state) navigator.vibrate?.(BUZZ[state]);
    else if (!before.has(id)) navigator.vibrate?.(BUZZ.new);
  }
  heard(news);
}

/** Ask once; a stream is opened as soon as there is an answer. */
async function poll() {
  try {
    const answer = await fetch("/api/dispatches/open", { signal: AbortSignal.timeout(SILENT_MS) });
    if (answer.status === 401 || answer.status === 403) {
      acts.signedOut = true;
      lose();
    } else if (answer.ok) {
      take(await answer.json());
      if (!stream) open();
    }
  } catch {
    lose();
  }
}

// --- showing

function show() {
  const waiting = acts.waiting;
  const open = (told?.dispatches ?? [])
    .map((one) => ({ ...one, state: stateWith(waiting, one) }))
    .filter(({ state }) => !OVER.includes(state))
    .sort((a, b) => FIRST.indexOf(a.state) - FIRST.indexOf(b.state));
  const errand = open[0]?.state === "stood-down" ? open[0] : (open.find(({ id }) => id === chosen) ?? open[0]);
  showLink();
  showActs(waiting.filter((act) => lostAt > 0 || acts.signedOut || Date.now() - act.at > WORTH_SAYING_MS));
  showErrand(errand);
  showOthers(open.filter(({ id }) => id !== errand?.id));
  at("signed-out").hidden = !acts.signedOut;
  at("unknown").hidden = told !== null || acts.signedOut;
  at("idle").hidden = told === null || errand !== undefined || told.duty === null;
  at("off-duty").hidden = told === null || errand !== undefined || told.duty !== null;
  say(at("duty"), told === null ? "" : dutyInWords(told));
  const drill = errand?.exercise ?? told?.duty?.for_exercises ?? false;
  for (const mark of document.querySelectorAll(".drill")) mark.hidden = !drill;
  keepAwake(open.length > 0);
}

function showLink() {
  const lost = lostAt > 0;
  const link = at("link");
  link.dataset.state = lost || acts.signedOut ? "off" : "on";
  const since = heardAt || lostAt;
  const offline = () => fill(WORDS.offline, { since: time(since), how_long: clock(Date.now() - since) });
  say(link, acts.signedOut ? WORDS["link.signed-out"] : lost ? offline() : WORDS.online);
  at("stale").hidden = !(lost || acts.signedOut) || told === null;
}

function showActs(waiting) {
  at("waiting").hidden = waiting.length === 0;
  list(at("waiting-acts"), waiting.map((act) => `${nameOf(act)} · ${fill(WORDS["waits-since"], { since: time(act.at) })}`));
  const refused = acts.refused;
  at("refused").hidden = refused.length === 0;
  list(at("refused-acts"), refused.map(({ act, answer }) => `${nameOf(act)}（${time(act.at)}）：${whyNot(answer)}`));
}

function showErrand(errand) {
  const card = at("errand");
  card.hidden = errand === undefined;
  at("acts").hidden = errand === undefined;
  if (errand === undefined) return;
  const down = errand.state === "stood-down";
  card.dataset.state = errand.state;
  say(at("headline"), down ? WORDS["stand-down"] : fill(WORDS.lane, { lane: errand.lane }));
  say(at("kind"), down ? fill(WORDS.lane, { lane: errand.lane }) : (WORDS[`kind.${errand.kind}`] ?? errand.kind));
  say(at("why"), down ? (WORDS[`why.${errand.stood_down_why}`] ?? WORDS["why.other"]) : "");
  say(at("state"), down ? "" : stateInWords(errand));
  say(at("instruction"), down ? "" : errand.instruction);
  say(at("guidance"), down ? "" : (errand.guidance ?? ""));
  at("guidance-title").hidden = down || !errand.guidance;
  say(at("help-said"), !down && errand.help_wanted_at ? fill(WORDS["help-said"], { at: time(errand.help_wanted_at) }) : "");
  showSpot(errand, down);
  const next = at("next");
  const what = `${errand.id} ${errand.state}`;
  if (next.dataset.what !== what) steadyAt = Date.now() + STEADY_MS;
  next.dataset.what = what;
  next.dataset.dispatch = errand.id;
  next.disabled = at("help").disabled = Date.now() < steadyAt;
  if (next.disabled) setTimeout(show, steadyAt - Date.now() + 10);
  say(next, WORDS[`do.${NEXT[errand.state]}`]);
  at("help").hidden = !["accepted", "arrived"].includes(errand.state);
}

/** Where on the plan of the lanes, for who is new at this gate. */
function showSpot({ lane, place }, down) {
  const { plan } = told;
  at("spot").hidden = down || !plan || !place;
  if (at("spot").hidden) return;
  const drawing = `/plan.svg?v=${plan.version}`;
  const image = at("plan");
  if (image.getAttribute("src") !== drawing) {
    Object.assign(image, { src: drawing, width: plan.width, height: plan.height });
  }
  image.alt = fill(WORDS.plan, { lane });
  at("here").setAttribute("x", `${place.x}%`);
  at("here").setAttribute("y", `${place.y}%`);
}

function stateInWords(errand) {
  const ago = clock(Date.now() - clockAheadMs - Date.parse(errand.at));
  const sent = fill(WORDS.sent, { at: time(errand.at), ago });
  return `${sent} · ${fill(WORDS[`state.${errand.state}`], { who: errand.accepted_by ?? told.login })}`;
}

function showOthers(others) {
  const items = others.map(({ id, lane, state, exercise, accepted_by }) => {
    const button = document.createElement("button");
    button.type = "button";
    button.dataset.choose = id;
    button.textContent = `${exercise ? `${WORDS.drill} · ` : ""}${fill(WORDS.lane, { lane })} · ${fill(WORDS[`state.${state}`], { who: accepted_by ?? told.login })}`;
    return button;
  });
  at("others").hidden = items.length === 0;
  if (at("others-list").textContent !== items.map((item) => item.textContent).join("")) at("others-list").replaceChildren(...items);
}

function dutyInWords({ login, duty }) {
  if (duty === null) return login;
  return `${login} · ${fill(WORDS["on-duty"], { team: duty.name ?? "–", until: time(duty.until) })}`;
}

function nameOf({ what, lane }) {
  return `${fill(WORDS.lane, { lane })} ${WORDS[`done.${what}`]}`;
}

function whyNot(answer) {
  if (answer.error === "too-late") return WORDS["too-late"];
  if (answer.error === "already" && answer.state === "stood-down") return WORDS["stood-down-meanwhile"];
  return inWords(answer);
}

function fill(text, facts) {
  return text.replace(/\{(\w+)\}/g, (all, fact) => facts[fact] ?? all);
}

/** Put a text where it is not already: what does not change is neither read out again nor taken from under a finger. */
function say(element, text) {
  element.hidden = text === "";
  if (element.textContent !== text) element.textContent = text;
}

function list(element, texts) {
  if (element.dataset.said === JSON.stringify(texts)) return;
  element.dataset.said = JSON.stringify(texts);
  element.replaceChildren(...texts.map((text) => Object.assign(document.createElement("li"), { textContent: text })));
}

/** The time at the site, whatever the phone believes. */
function time(moment) {
  return new Date(moment).toLocaleTimeString("zh-CN", { timeZone: "Asia/Shanghai", hour: "2-digit", minute: "2-digit" });
}

function clock(ms) {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

// --- the phone

async function keepAwake(wanted) {
  if (wanted === (wakeLock !== null) || document.hidden || !navigator.wakeLock) return;
  const held = wakeLock;
  wakeLock = wanted ? "asked" : null;
  if (!wanted) return held.release?.();
  try {
    wakeLock = await navigator.wakeLock.request("screen");
    wakeLock.addEventListener("release", () => (wakeLock = null));
  } catch {
    wakeLock = null; // a battery that is nearly empty: the phone decides
  }
}

function answer(what, body) {
  const dispatch = told?.dispatches.find(({ id }) => id === at("next").dataset.dispatch);
  if (!dispatch) return; // it has gone while a dialog was open
  chosen = dispatch.id;
  acts.add(dispatch, what, body);
}

function ask(dialog) {
  dialog.querySelector("form").reset();
  dialog.showModal();
}

at("next").addEventListener("click", () => {
  const what = NEXT[at("errand").dataset.state];
  if (what === "result") ask(at("result-dialog"));
  else answer(what);
});

at("help").addEventListener("click", () => ask(at("help-dialog")));

for (const [dialog, what] of [["help-dialog", "help"], ["result-dialog", "result"]]) {
  at(dialog).addEventListener("submit", (event) => {
    if (event.submitter?.value !== "send") return;
    answer(what, Object.fromEntries(new FormData(event.target)));
  });
}

at("result-dialog").addEventListener("change", ({ currentTarget }) => {
  const form = currentTarget.querySelector("form");
  form.elements.note.required = form.elements.outcome.value === "other";
});

document.addEventListener("click", async ({ target }) => {
  const button = target.closest("button");
  if (button?.dataset.choose) {
    chosen = button.dataset.choose;
    show();
  } else if (button?.id === "seen") acts.seeRefused();
  else if (button?.dataset.close !== undefined) button.closest("dialog").close();
  else if (button?.id === "leave" && (acts.waiting.length === 0 || confirm(WORDS["log-out-waiting"]))) {
    await post("/api/logout");
    location.assign("/login");
  }
});

addEventListener("offline", lose);
addEventListener("online", poll);
addEventListener("pageshow", ({ persisted }) => persisted && poll());
document.addEventListener("visibilitychange", () => {
  if (document.hidden) return;
  lose(); // what the phone knew before it slept may be old
  poll();
});

setInterval(() => {
  if (stream && Date.now() - heardAt > SILENT_MS) lose();
  show();
}, 1000);
setInterval(() => stream || document.hidden || poll(), POLL_MS);

navigator.serviceWorker?.register("/guard-worker.js", { scope: "/guard" });
show();
poll();
