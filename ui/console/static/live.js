// Keeps the parts of a page that are marked data-live as the station has them: the page is read again, and what has
// changed is put in place. data-live=ALARM follows one alarm, an empty one any news; data-live-pulse follows every pulse.
// A part in which somebody is writing waits until they are done; what they wrote elsewhere is carried over.

import { note } from "./page.js";

let reading = null;
let again = false;

/** Read the page again. While one reading is under way, another one follows it, and only one. */
export function reread() {
  again = true;
  reading ??= (async () => {
    while (again) {
      again = false;
      await readOnce();
    }
    reading = null;
  })();
  return reading;
}

async function readOnce() {
  const answer = await fetch(location.href).catch(() => null);
  if (!answer?.ok || answer.redirected) return; // the stream's own banner says so
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const old of document.querySelectorAll("[data-live]")) {
    const fresh = page.getElementById(old.id);
    if (!fresh || old.outerHTML === fresh.outerHTML) continue;
    if (isWriting(old)) old.addEventListener("focusout", reread, { once: true });
    else replace(old, document.adoptNode(fresh));
  }
  document.dispatchEvent(new Event("reread-done"));
}

/** Somebody's text field must not be taken from under an input method. */
function isWriting(part) {
  const field = document.activeElement;
  return part.contains(field) && field.matches("input, textarea, select");
}

function replace(old, fresh) {
  for (const form of old.querySelectorAll("form[data-call]")) {
    const same = fresh.querySelector(`form[data-call="${form.dataset.call}"]`);
    const said = form.querySelector(".form-error:not([hidden])");
    if (same) carry(form, same);
    else if (said) note(said.textContent); // why an act was refused that is offered no more
  }
  for (const open of old.querySelectorAll("details[open]")) {
    const same = fresh.querySelector(`#${open.id}`);
    if (same) same.open = true;
  }
  const focus = old.contains(document.activeElement) && placeOf(document.activeElement);
  old.replaceWith(fresh);
  if (focus) (fresh.querySelector(focus) ?? document.getElementById("content")).focus();
  document.dispatchEvent(new CustomEvent("replaced", { detail: { old, fresh } }));
}

function carry(form, same) {
  for (const field of form.elements) {
    const other = field.name && same.elements[field.name];
    if (!other) continue;
    if (field.tagName === "SELECT" && ![...other.options].some(({ value }) => value === field.value)) continue;
    other.value = field.value;
  }
  const [said, unsaid] = [form.querySelector(".form-error"), same.querySelector(".form-error")];
  if (said && unsaid) [unsaid.textContent, unsaid.hidden] = [said.textContent, said.hidden];
  const [pressed, button] = [form.querySelector("[type=submit]"), same.querySelector("[type=submit]")];
  if (pressed && button) button.disabled = pressed.disabled;
}

function placeOf(element) {
  const form = element.closest("form[data-call]");
  if (form) return `form[data-call="${form.dataset.call}"] ${element.name ? `[name="${element.name}"]` : "[type=submit]"}`;
  if (element.dataset.acknowledge) return `[data-acknowledge="${element.dataset.acknowledge}"]`;
  if (element.dataset.focus) return `[data-focus="${element.dataset.focus}"]`;
  if (element.tagName === "SUMMARY") return `#${element.parentElement.id} > summary`;
  return null;
}

document.addEventListener("reread", reread);
document.addEventListener("pulse", () => {
  if (document.querySelector("[data-live-pulse]")) reread();
});
document.addEventListener("news", ({ detail }) => {
  const ids = new Set(["", ...detail.alarms.map(({ id }) => id)]);
  if ([...document.querySelectorAll("[data-live]")].some((part) => ids.has(part.dataset.live))) reread();
});
