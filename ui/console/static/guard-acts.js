// What a guard has pressed and the station may not have heard yet: kept on the phone, sent in order, once.
// Each act keeps its Idempotency-Key, so one whose answer was lost is the same act when it is sent again.
// What waited too long is not sent: half an hour later "I need help" would call somebody to what is over.

const LATEST_MS = 30 * 60_000;
const ANSWER_WITHIN_MS = 8000;
const MINE = "guard-login";

/** What a dispatch is once this act is done; a call for help leaves it as it is. */
const AFTER = {
  accept: { sent: "accepted", exercise: "accepted" },
  arrived: { accepted: "arrived" },
  result: { arrived: "done" },
  "stood-down": { "stood-down": "stand-down-seen" },
};

/** How far a dispatch is for the guard who holds the phone: as the station said, and what waits to be sent. */
export function stateWith(acts, { id, state }) {
  return acts.filter(({ dispatch }) => dispatch === id).reduce((now, { what }) => AFTER[what]?.[now] ?? now, state);
}

/** The acts of one guard on this phone. `changed` is called whenever there is something else to show, and `taken` with
    the station's {id, state} of what it has done: its news may come later. */
export class Acts {
  #login = localStorage.getItem(MINE) ?? "";
  #changed;
  #taken;
  #sending = false;
  signedOut = false;

  constructor(changed, taken) {
    this.#changed = changed;
    this.#taken = taken;
  }

  /** Whose acts these are. Another guard's stay where they are and are sent when he is back. */
  belongTo(login) {
    this.signedOut = false;
    this.#login = login;
    localStorage.setItem(MINE, login);
  }

  get waiting() {
    return this.#read("acts");
  }

  /** Acts that were not done: the act, and the station's refusal, or {error: "too-late"}. */
  get refused() {
    return this.#read("refused");
  }

  add(dispatch, what, body = {}) {
    const act = { key: crypto.randomUUID(), dispatch: dispatch.id, lane: dispatch.lane, what, body, at: Date.now() };
    this.#write("acts", [...this.waiting, act]);
    return this.send();
  }

  seeRefused() {
    this.#write("refused", []);
  }

  /** Send what waits, the oldest first, until one cannot be sent. */
  async send() {
    if (this.#sending) return;
    this.#sending = true;
    try {
      for (let [act] = this.waiting; act; [act] = this.waiting) {
        const refusal = Date.now() - act.at > LATEST_MS ? { error: "too-late" } : await this.#sendOne(act);
        if (refusal === undefined) return;
        if (refusal) this.#write("refused", [...this.refused, { act, answer: refusal }]);
        this.#write("acts", this.waiting.filter(({ key }) => key !== act.key));
      }
    } finally {
      this.#sending = false;
    }
  }

  /** The station's refusal, null where it was done, undefined where it has to be sent once more. */
  async #sendOne({ key, dispatch, what, body }) {
    try {
      const response = await fetch(`/api/dispatches/${dispatch}/${what}`, {
        method: "POST",
        headers: { "Content-Type": "application/json", "X-Station": "console", "Idempotency-Key": key },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
      });
      if (response.ok) {
        this.#taken(await response.json());
        return null;
      }
      if (response.status === 401) this.signedOut = true;
      if (response.status === 401 || response.status === 429 || response.status >= 500) return undefined;
      return await response.json();
    } catch {
      return undefined;
    }
  }

  #read(what) {
    return JSON.parse(localStorage.getItem(`guard-${what}:${this.#login}`) ?? "[]");
  }

  #write(what, list) {
    const key = `guard-${what}:${this.#login}`;
    if (list.length > 0) localStorage.setItem(key, JSON.stringify(list));
    else localStorage.removeItem(key);
    this.#changed();
  }
}
