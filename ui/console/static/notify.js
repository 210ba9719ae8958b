// Browser notifications for a desk whose window lies behind another. Asked for by a button, never at load, since a
// browser that was asked unbidden says no for ever. The text is the station's, and names no one.

/** Binds the button; returns a function that calls an alarm out, where people have allowed it. */
export function notifier(button) {
  const possible = "Notification" in window;

  function show() {
    button.hidden = !possible || Notification.permission !== "default";
  }

  button.addEventListener("click", async () => {
    await Notification.requestPermission();
    show();
  });
  show();

  return ({ id, call }) => {
    if (!possible || Notification.permission !== "granted" || document.hasFocus()) return;
    const shown = new Notification(button.dataset.title, { body: call, tag: id, renotify: true, requireInteraction: true });
    shown.addEventListener("click", () => {
      window.focus();
      shown.close();
    });
  };
}
