// What every page does: the language switch, and forms that speak JSON to the station.
// A form names its call in data-call and what follows in data-then (a path, "reload", "reread", "clear", "alarm", "face",
// "link", "token" or "verified"). "followed" and "refused" are events of the form.
// A field of data-kind=path is no part of the body: its value goes into the call.

const ERRORS = JSON.parse(document.getElementById("errors").textContent);

/** The station's refusal in the reader's words. `answer` is the body of a refusal, {error, ...facts}. */
export function inWords(answer) {
  const text = ERRORS[answer.error] ?? ERRORS.other.replace("{code}", answer.error);
  return text.replace(/\{(\w+)\}/g, (all, fact) => answer[fact] ?? all);
}

const PROOFS = { "verify-again": "verify", "sign-in": "sign-in" }; // refusal → the dialog that asks who is there
const ANSWER_WITHIN_MS = 30_000;
const unanswered = new Map(); // an act that had no answer → its key: pressed again, it is the same act

/** POST `body`; returns {ok, answer}. Where the station asks who is there, ask that first, and then once more. */
export async function post(path, body) {
  const begun = performance.now();
  const first = await send(path, body);
  const dialog = PROOFS[first.answer.error];
  if (first.ok || !document.getElementById(dialog)) return first;
  const { proveAgain } = await import("./accounts.js");
  return (await proveAgain(dialog, begun)) ? send(path, body) : first;
}

/** As `post`, once. A page without a stream tells {error: "offline"} where the station cannot be reached. */
async function send(path, body) {
  const json = JSON.stringify(body ?? {});
  const act = `${path} ${json}`;
  const key = unanswered.get(act) ?? crypto.randomUUID();
  unanswered.set(act, key);
  try {
    const response = await fetch(path, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-Station": "console", "Idempotency-Key": key },
      body: json,
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    });
    const answer = response.status === 204 ? {} : await response.json();
    unanswered.delete(act);
    return { ok: response.ok, answer };
  } catch {
    return document.getElementById("waiting-count") ? whatBecame(key) : { ok: false, answer: { error: "offline" } };
  }
}

/** Wait until the station is heard again (desk.js), and ask what became of an act. It is not sent anew: whoever
    pressed the button has seen what is new by then, and decides again. */
async function whatBecame(key) {
  note(ERRORS.unanswered);
  for (;;) {
    await new Promise((heard) => document.addEventListener("pulse", heard, { once: true }));
    try {
      const response = await fetch(`/api/acts/${key}`, { signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
      const told = await response.json();
      const { ok, answer } = response.ok ? { ok: told.status < 400, answer: told.answer } : { ok: false, answer: told };
      note(ok ? ERRORS["was-done"] : inWords(answer));
      return { ok, answer };
    } catch {
      // lost again: the next pulse asks once more
    }
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
  for (const choice of form.querySelectorAll("[data-kind=yes-no]")) values[choice.name] = choice.value === "yes";
  for (const box of form.querySelectorAll("[data-kind=flag]")) values[box.name] = box.checked;
  for (const number of form.querySelectorAll("[type=number]")) values[number.name] = Number(number.value);
  return values;
}

/** Go on after a call that was done. */
export function follow(form, answer) {
  if (form.dataset.then === "reload") location.reload();
  else if (["reread", "clear", "face"].includes(form.dataset.then)) {
    if (form.dataset.then !== "reread") form.reset();
    document.dispatchEvent(new Event("reread"));
  }
  else if (form.dataset.then === "alarm") location.assign(`/alarms/${answer.id}`);
  else if (form.dataset.then === "verified") {
    const dialog = form.closest("dialog");
    // Somebody else: what stands on the page was neither shown to them nor written by them.
    if (answer.login && answer.login !== dialog.dataset.login) location.assign("/");
    else dialog.close("verified");
  }
  else if (form.dataset.then === "link" || form.dataset.then === "token") {
    if (!answer.path && !answer.token && !answer.secret) return note(ERRORS["shown-once"]);
    form.querySelector("output").textContent = answer.path ? location.origin + answer.path : (answer.token ?? answer.secret);
    const svg = answer.qr && new DOMParser().parseFromString(answer.qr, "image/svg+xml").documentElement;
    form.querySelector(".qr")?.replaceChildren(...(svg ? [svg] : []));
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
  const here = nowOf(form);
  if (here) here.querySelector("[type=submit]").disabled = false;
  if (ok) {
    if (here) here.querySelector(".form-error").hidden = true;
    follow(form, answer);
  } else if (here) complain(here, inWords(answer));
  else note(inWords(answer)); // somebody was quicker, and this act is offered no more
  (here ?? document).dispatchEvent(new CustomEvent(ok ? "followed" : "refused", { bubbles: true, detail: answer }));
}

/** The form as the page has it now: its part may have been replaced while the station was asked (live.js). */
function nowOf(form) {
  return form.isConnected ? form : document.querySelector(`form[data-call="${CSS.escape(form.dataset.call)}"]`);
}

document.addEventListener("submit", (event) => {
  if (event.target.dataset.call) submit(event);
});

document.addEventListener("click", async (event) => {
  const button = event.target.closest("button");
  if (button?.dataset.language) {
    document.cookie = `lang=${button.dataset.language}; path=/; max-age=31536000; secure; samesite=strict`;
    location.reload();
  } else if (button?.id === "log-out") {
    await post("/api/logout");
    location.assign("/login");
  } else if (button?.dataset.numbers) {
    const { ok, answer } = await post(`/api/list/${button.dataset.numbers}/numbers`);
    if (!ok) return note(inWords(answer));
    button.previousElementSibling.textContent = answer.numbers.join(", ");
    button.remove();
  }
});
