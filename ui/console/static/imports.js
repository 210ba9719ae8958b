// Sends a file for its dry run, and follows what the station works on: a reload changes nothing of it.

import { proveAgain } from "./accounts.js";
import { complain, inWords } from "./page.js";

const LOOK_EVERY_MS = 1000;
const STILL_MS = 15_000; // nothing was sealed for so long: perhaps nobody does it any more

const upload = document.getElementById("upload");

upload?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const input = upload.elements.file;
  const [file] = input.files;
  const format = { csv: "csv", jsonl: "jsonl", ndjson: "jsonl" }[file.name.split(".").pop().toLowerCase()];
  if (!format) return complain(upload, inWords({ error: "import-format" }));
  if (file.size > Number(input.dataset.limit)) {
    return complain(upload, inWords({ error: "too-large", limit: input.dataset.limit }));
  }
  const button = upload.querySelector("[type=submit]");
  const label = button.textContent;
  button.disabled = true;
  button.textContent = upload.dataset.sending;
  const begun = performance.now();
  let answer = await send(file, format);
  if (answer.error === "sign-in" && (await proveAgain("sign-in", begun))) answer = await send(file, format);
  button.disabled = false;
  button.textContent = label;
  if (answer.error) complain(upload, inWords(answer));
  else location.assign(`/imports/tries/${answer.try}`);
});

async function send(file, format) {
  try {
    const response = await fetch(`/api/imports/tries?format=${format}`, {
      method: "POST",
      headers: { "Content-Type": "application/octet-stream", "X-Station": "console" },
      body: await file.arrayBuffer(), // read whole first: a file that changes meanwhile is not half sent
    });
    return await response.json();
  } catch {
    return { error: "offline" };
  }
}

const watched = document.querySelector("[data-watch]");
let movedAt = Date.now();

async function look() {
  const response = await fetch(watched.dataset.watch).catch(() => null); // away: the stream's banner says so
  if (response?.status === 404) return location.reload();
  if (response?.ok) {
    const told = await response.json();
    if ("state" in told ? told.state !== watched.dataset.state : told.done >= told.of) return location.reload();
    if ("state" in told) watched.querySelector("[data-read]").textContent = told.read;
    else sealed(told);
  }
  setTimeout(look, LOOK_EVERY_MS);
}

function sealed({ done, of }) {
  const line = watched.querySelector("[data-sealing]");
  line.textContent = line.dataset.sealing.replace("{done}", done).replace("{of}", of);
  watched.querySelector("progress").value = done;
  if (String(done) !== watched.dataset.done) movedAt = Date.now();
  watched.dataset.done = done;
  const goOn = watched.querySelector("[data-if-still]");
  if (goOn) goOn.hidden = Date.now() - movedAt < STILL_MS;
}

if (watched) setTimeout(look, LOOK_EVERY_MS);
