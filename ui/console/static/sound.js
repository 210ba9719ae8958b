// A calm two-tone chime, made here: no file, no host. A browser lets it sound only after a click on the page.

const EVERY_MS = 6000;
const TONES_HZ = [587, 784];

/** Binds the button; returns a function that is told how many alarms wait, and chimes while any does.
    Its `again` chimes once more, whether any waits or not: one that was taken has become worse. */
export function chimes(button) {
  const context = new AudioContext();
  let waiting = 0;

  function show() {
    const on = context.state === "running";
    button.setAttribute("aria-pressed", String(on));
    button.textContent = on ? button.dataset.on : button.dataset.off;
  }

  function chime() {
    if (waiting > 0) sound();
  }

  function sound() {
    if (context.state !== "running") return;
    TONES_HZ.forEach((hertz, i) => {
      const start = context.currentTime + i * 0.28;
      const tone = new OscillatorNode(context, { frequency: hertz });
      const loudness = new GainNode(context, { gain: 0 });
      loudness.gain.setValueAtTime(0, start);
      loudness.gain.linearRampToValueAtTime(0.25, start + 0.04);
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
  setInterval(chime, EVERY_MS);
  show();

  const ring = (count) => {
    const more = count > waiting;
    waiting = count;
    if (more) chime();
  };
  ring.again = sound;
  return ring;
}
