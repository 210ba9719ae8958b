// What every page does: the language switch, and forms that speak JSON to the station.
// A form names its call in data-call and what follows in data-then (a path, "reload", "link", "token" or "verified").
// A field of data-kind=path is no part of the body: its value goes into the call.

const ERRORS = JSON.parse(document.getElementById("errors").textContent);

/** The station's refusal in the reader's words. `answer` is the body of a refusal, {error, ...facts}. */
export function inWords(answer) {
  const text = ERRORS[answer.error] ?? ERRORS.other.replace("{code}", answer.error);
  return text.replace(/\{(\w+)\}/g, (all, fact) => answer[fact] ?? all);
}

/** POST `body`; returns {ok, answer}. Where the station asks who is there, ask that first, and then once more. */
export async function post(path, body) {
  const first = await send(path, body);
  if (first.answer.error !== "verify-again") return first;
  const { proveAgain } = await import("./accounts.js");
  return (await proveAgain()) ? send(path, body) : first;
}

/** As `post`, once. A station that cannot be reached answers {error: "offline"}. */
async function send(path, body) {
  try {
    const response = await fetch(path, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-Station": "console" },
      body: JSON.stringify(body ?? {}),
    });
    return { ok: response.ok, answer: response.status === 204 ? {} : await response.json() };
  } catch {
    return { ok: false, answer: { error: "offline" } };
  }
}

/** Show one line above the page's content, until the next one. */
export function note(text) {
  const line = document.getElementById("note");
  line.textContent = text;
  line.hidden = false;
}

function valuesOf(form) {
  const values = Object.fromEntries(new FormData(form));
  for (const lines of form.querySelectorAll("[data-kind=lines]")) {
    values[lines.name] = lines.value.split(/\s+/).filter(Boolean);
  }
  for (const group of form.querySelectorAll("[data-kind=choices]")) {
    values[group.dataset.name] = [...group.querySelectorAll(":checked")].map((box) => box.value);
  }
  for (const number of form.querySelectorAll("[type=number]")) values[number.name] = Number(number.value);
  return values;
}

/** Go on after a call that was done. */
export function follow(form, answer) {
  if (form.dataset.then === "reload") location.reload();
  else if (form.dataset.then === "verified") form.closest("dialog").close("verified");
  else if (form.dataset.then === "link" || form.dataset.then === "token") {
    form.querySelector("output").textContent = answer.path ? location.origin + answer.path : answer.token;
    form.querySelector(".link").hidden = false;
  } else location.assign(form.dataset.then);
}

/** Say what is wrong in the form's own line. */
export function complain(form, text) {
  const line = form.querySelector(".form-error");
  line.textContent = text;
  line.hidden = false;
}

async function submit(event) {
  const form = event.target;
  event.preventDefault();
  const again = form.querySelector("[data-again]");
  if (again && again.value !== form.elements[again.dataset.again].value) {
    complain(form, form.dataset.differ);
    return;
  }
  const button = form.querySelector("[type=submit]");
  button.disabled = true;
  const values = valuesOf(form);
  let call = form.dataset.call;
  for (const { name } of form.querySelectorAll("[data-kind=path]")) {
    call = call.replace(`{${name}}`, encodeURIComponent(values[name]));
    delete values[name];
  }
  const { ok, answer } = await post(call, values);
  button.disabled = false;
  if (ok) follow(form, answer);
  else complain(form, inWords(answer));
}

document.addEventListener("submit", (event) => {
  if (event.target.dataset.call) submit(event);
});

document.addEventListener("click", async (event) => {
  const button = event.target.closest("button");
  if (button?.dataset.language) {
    document.cookie = `lang=${button.dataset.language}; path=/; max-age=31536000; secure; samesite=strict`;
    location.reload();
  } else if (button?.dataset.numbers) {
    const { ok, answer } = await post(`/api/list/${button.dataset.numbers}/numbers`);
    if (!ok) return note(inWords(answer));
    button.previousElementSibling.textContent = answer.numbers.join(", ");
    button.remove();
  }
});
