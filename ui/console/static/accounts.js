// Passkeys, the code's secret, and the question whether it is still you.
// A box of data-passkey=CALL shows a passkey, one of data-new-passkey=CALL makes one; data-then says what follows.

import { complain, follow, inWords, post } from "./page.js";

const PASSKEYS = Boolean(window.PublicKeyCredential?.parseCreationOptionsFromJSON);

/** Run a ceremony; returns {challenge, credential}, or {error} where the person or the browser gave up. */
async function ceremony(options, ask) {
  try {
    return { challenge: options.challenge, credential: (await ask()).toJSON() };
  } catch (error) {
    return { error: error.name === "InvalidStateError" ? "passkey-taken" : "passkey-not-made" };
  }
}

async function show(box) {
  const { ok, answer: options } = await post("/api/passkeys/ask");
  if (!ok) return options;
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
  const shown = await ceremony(options, () => navigator.credentials.get({ publicKey }));
  return shown.error ? shown : (await post(box.dataset.passkey, shown)).answer;
}

async function make(box) {
  const login = box.closest("form")?.elements.login;
  if (login && !login.reportValidity()) return null;
  const who = login ? { login: login.value } : {};
  const call = box.dataset.newPasskey;
  const { ok, answer: options } = await post(`${call}/offer`, who);
  if (!ok) return options;
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options);
  const made = await ceremony(options, () => navigator.credentials.create({ publicKey }));
  if (made.error) return made;
  return (await post(call, { ...who, name: box.querySelector("[data-passkey-name]").value, made })).answer;
}

async function offerCode(button) {
  const form = button.form;
  const { login } = form.elements;
  if (login && !login.reportValidity()) return;
  const { ok, answer } = await post(button.dataset.codeOffer, login ? { login: login.value } : {});
  if (!ok) return complain(form, inWords(answer));
  const shown = form.querySelector(".code-offer");
  const svg = new DOMParser().parseFromString(answer.qr, "image/svg+xml").documentElement;
  shown.querySelector(".qr").replaceChildren(svg);
  shown.querySelector("output").textContent = answer.secret.match(/.{1,4}/g).join(" ");
  form.elements.challenge.value = answer.challenge;
  shown.hidden = false;
  button.hidden = true;
  if (login) login.readOnly = true;
  form.elements.code.focus();
}

const provedAt = {}; // dialog → when it was last answered, of performance.now()

/** Ask in this dialog who is there; resolves to true once that is proved, to false if they let it be. Several calls may
    be refused at once: whoever has answered after the refused call was `begun` is not asked again. */
export function proveAgain(id, begun) {
  if (provedAt[id] >= begun) return Promise.resolve(true);
  const dialog = document.getElementById(id);
  if (!dialog.open) {
    dialog.returnValue = "";
    dialog.showModal();
  }
  return new Promise((resolve) => {
    const closed = () => {
      const proved = dialog.returnValue === "verified";
      if (proved) provedAt[id] = performance.now();
      resolve(proved);
    };
    dialog.addEventListener("close", closed, { once: true });
  });
}

for (const box of document.querySelectorAll("[data-passkey], [data-new-passkey]")) {
  const button = box.querySelector("button");
  button.disabled = !PASSKEYS;
  button.addEventListener("click", async () => {
    button.disabled = true;
    const answer = await (box.dataset.passkey ? show(box) : make(box));
    button.disabled = false;
    if (answer?.error) complain(box.querySelector(".form-error") ? box : box.closest("form"), inWords(answer));
    else if (answer) follow(box, answer);
  });
}

document.addEventListener("click", async ({ target }) => {
  const button = target.closest("button");
  if (button?.dataset.codeOffer) offerCode(button);
  else if (button && "close" in button.dataset) button.closest("dialog").close();
  else if (button?.dataset.post) {
    const { ok, answer } = await post(button.dataset.post);
    if (ok) location.reload();
    else complain(button.closest("form, section"), inWords(answer));
  }
});
