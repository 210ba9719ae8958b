// An admin's plan: a kiosk is placed with a finger, a mouse, the arrow keys, or two numbers. Nothing counts before it is
// saved. And the drawing itself, which is read here and sent as text: the file's name goes nowhere.

import { complain, inWords, post } from "./page.js";

const STEP = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const figure = document.querySelector("figure.plan");
const placing = document.querySelector("#placing form");
const upload = document.querySelector("#drawing form");

const markOf = (kiosk) => [...figure.querySelectorAll(".spot")].find((mark) => mark.dataset.kiosk === kiosk);
const within = (at) => Math.round(Math.min(100, Math.max(0, at)) * 10) / 10;

/** Show the kiosk that the form names where the form says, saved or not. */
function show() {
  const { kiosk, x, y } = placing.elements;
  if (x.value === "" || y.value === "") return;
  const mark = markOf(kiosk.value) ?? newMark(kiosk.value);
  mark.setAttribute("x", `${within(x.valueAsNumber)}%`);
  mark.setAttribute("y", `${within(y.valueAsNumber)}%`);
  mark.classList.add("unsaved");
  figure.querySelector(".spots").removeAttribute("data-live"); // from now on it is ours (live.js)
}

function newMark(kiosk) {
  const mark = document.getElementById("new-mark").content.firstElementChild.cloneNode(true);
  mark.dataset.kiosk = kiosk;
  mark.querySelector(".label").textContent = kiosk;
  figure.querySelector(".spots").append(mark);
  return mark;
}

function choose(kiosk) {
  const { kiosk: select, x, y } = placing.elements;
  select.value = kiosk;
  const { x: left = "", y: top = "" } = select.selectedOptions[0].dataset;
  x.value = left;
  y.value = top;
}

function put(left, top) {
  placing.elements.x.value = within(left);
  placing.elements.y.value = within(top);
  show();
}

function putAt(event) {
  const box = figure.querySelector(".spots").getBoundingClientRect();
  put(((event.clientX - box.left) / box.width) * 100, ((event.clientY - box.top) / box.height) * 100);
}

function letPlace() {
  figure.classList.add("placing");
  const sheet = figure.querySelector(".sheet");
  let dragging = false;
  choose(placing.elements.kiosk.value);

  sheet.addEventListener("pointerdown", (event) => {
    const mark = event.target.closest(".spot");
    if (mark && mark.dataset.kiosk !== placing.elements.kiosk.value) choose(mark.dataset.kiosk);
    if (!mark) return putAt(event);
    dragging = true;
    event.preventDefault(); // no picture is dragged, no text is marked
    mark.focus();
  });
  addEventListener("pointermove", (event) => {
    if (dragging) putAt(event);
  });
  for (const end of ["pointerup", "pointercancel"]) addEventListener(end, () => (dragging = false));

  sheet.addEventListener("keydown", (event) => {
    const mark = event.target.closest(".spot");
    const step = STEP[event.key];
    if (!mark || !step) return;
    event.preventDefault();
    if (mark.dataset.kiosk !== placing.elements.kiosk.value) choose(mark.dataset.kiosk);
    const [right, down] = step.map((part) => part * (event.shiftKey ? 5 : 0.5));
    const { x, y } = placing.elements;
    put(x.valueAsNumber + right, y.valueAsNumber + down);
  });
  placing.addEventListener("input", (event) => (event.target.name === "kiosk" ? choose(event.target.value) : show()));
  placing.querySelector("[data-take-off]").addEventListener("click", async () => {
    const { ok, answer } = await post(`/api/kiosks/${encodeURIComponent(placing.elements.kiosk.value)}/place/remove`);
    if (ok) location.reload();
    else complain(placing, inWords(answer));
  });
}

async function send(event) {
  event.preventDefault();
  const [file] = upload.querySelector("[type=file]").files;
  const svg = await file.arrayBuffer().then((bytes) => new TextDecoder("utf-8", { fatal: true }).decode(bytes)).catch(() => null);
  if (svg === null) return complain(upload, inWords({ error: "plan-not-text" }));
  const button = upload.querySelector("[type=submit]");
  button.disabled = true;
  const { ok, answer } = await post("/api/plan", { svg });
  button.disabled = false;
  if (ok) location.reload();
  else complain(upload, inWords(answer));
}

upload?.addEventListener("submit", send);
if (figure && placing) letPlace();
