// A two-tone chime, made here: no file, no host. A browser lets it sound only after a click on the page.
// Calm as long as nobody is late; louder, quicker and with a third tone once a second person or the supervisor is called.

const URGENCY = [
  { everyMs: 6000, gain: 0.4, tones: [587, 784] },
  { everyMs: 4000, gain: 0.7, tones: [659, 880, 659] },
  { everyMs: 2000, gain: 1, tones: [880, 1175, 880] },
];

/** Binds the button; returns a function that is told how many alarms wait and how urgent they are, and chimes while
    any does. Its `again` chimes once more, whether any waits or not: one that was taken has become worse. */
export function chimes(button) {
  const context = new AudioContext();
  let waiting = 0;
  let urgency = 0;
  let next = null;
  let soundedAt = -Infinity;

  function show() {
    const on = context.state === "running";
    button.setAttribute("aria-pressed", String(on));
    button.textContent = on ? button.dataset.on : button.dataset.off;
  }

  /** Chime now, and again until nothing waits. */
  function chime() {
    clearTimeout(next);
    if (waiting > 0) sound();
    next = setTimeout(chime, URGENCY[urgency].everyMs);
  }

  function sound() {
    if (context.state !== "running" || context.currentTime - soundedAt < 1) return;
    soundedAt = context.currentTime;
    const { gain, tones } = URGENCY[urgency];
    tones.forEach((hertz, i) => {
      const start = context.currentTime + i * 0.28;
      const tone = new OscillatorNode(context, { frequency: hertz });
      const loudness = new GainNode(context, { gain: 0 });
      loudness.gain.setValueAtTime(0, start);
      loudness.gain.linearRampToValueAtTime(gain, start + 0.04);
      loudness.gain.exponentialRampToValueAtTime(0.001, start + 0.9);
      tone.connect(loudness).connect(context.destination);
      tone.start(start);
      tone.stop(start + 1);
    });
  }

  button.addEventListener("click", () => (context.state === "running" ? context.suspend() : context.resume()));
  context.addEventListener("statechange", () => {
    show();
    chime();
  });
  show();
  chime();

  const ring = (count, how) => {
    const more = count > waiting || how > urgency;
    waiting = count;
    urgency = how;
    if (more) chime();
  };
  ring.again = sound;
  return ring;
}
