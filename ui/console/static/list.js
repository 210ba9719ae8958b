// The list's page: whoever is looked for is asked for by POST, never by an address; numbers are checked as they are typed.

import { complain, inWords, post } from "./page.js";

const CHECK_AFTER_MS = 300;

const search = document.getElementById("search");
const found = document.getElementById("found");
const states = JSON.parse(document.getElementById("states")?.textContent ?? "{}");

search?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const { by, text } = Object.fromEntries(new FormData(search));
  const { ok, answer } = await post("/api/list/search", { by, text });
  search.querySelector(".form-error").hidden = ok;
  found.hidden = !ok;
  if (ok) show(answer, by === "number" ? text : null);
  else complain(search, inWords(answer));
});

function show({ entries, clearance }, number) {
  const { none, some, cleared } = found.dataset;
  found.querySelector(".found-count").textContent = entries.length || clearance ? some.replace("{n}", entries.length) : none;
  found.querySelector("ul").replaceChildren(...entries.map(line));
  const box = found.querySelector(".clearance");
  box.hidden = !clearance;
  if (clearance) {
    box.querySelector(".cleared").textContent = cleared.replace(/\{(\w+)\}/g, (_, fact) => clearance[fact]);
    box.querySelector("[name=clearance]").value = clearance.clearance;
  }
  const clear = found.querySelector(".clear-number");
  clear.hidden = !number || Boolean(clearance) || entries.length > 0; // an entry is cleared on its own page
  clear.querySelector("[name=number]").value = number ?? "";
}

function line(entry) {
  const row = document.getElementById("found-entry").content.cloneNode(true);
  const link = row.querySelector("a");
  link.href = `/list/${entry.entry}`;
  link.textContent = `${entry.name} · ${entry.case_number}`;
  const state = entry.to_review ? "to-review" : entry.state === "listed" && entry.expired ? "expired" : entry.state;
  row.querySelector(".found-state").textContent = `${states[state]} · ${entry.numbers.join(", ")}`;
  return row;
}

for (const field of document.querySelectorAll("[data-check]")) {
  const list = document.getElementById("numbers-checked");
  let soon = 0;
  field.addEventListener("input", () => {
    clearTimeout(soon);
    soon = setTimeout(async () => {
      const typed = field.value;
      const { ok, answer } = await post(field.dataset.check, { numbers: typed.split(/\s+/).filter(Boolean) });
      if (!ok || typed !== field.value) return; // the form itself says what is wrong
      list.replaceChildren(
        ...answer.numbers.map(({ holds, text }) => {
          const row = document.createElement("li");
          row.className = holds ? "" : "wrong";
          row.textContent = text;
          return row;
        }),
      );
    }, CHECK_AFTER_MS);
  });
}
