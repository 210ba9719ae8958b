// Keeps the shell of the guard's page for the time without a network. It never keeps data and never sends an act:
// what is not named here goes past it, and the page itself says what it does not know (guard.js).

const SHELL = [
  "/guard",
  ...["console.css", "guard.css", "theme.js", "page.js", "guard.js", "guard-acts.js", "guard.webmanifest", "icon.svg"].map(
    (file) => `/static/${file}`,
  ),
  "/static/guard-192.png",
];
const KEPT = "guard-shell";
const PATIENCE_MS = 3000; // a poor network is none

/** What the station says now, kept for later. A page that sends somebody elsewhere (to log in) is not the shell. */
async function fresh(request) {
  const answer = await fetch(request, { signal: AbortSignal.timeout(PATIENCE_MS) });
  if (answer.ok && !answer.redirected) await (await caches.open(KEPT)).put(new URL(request.url).pathname, answer.clone());
  return answer;
}

async function shellOf(request) {
  try {
    return await fresh(request);
  } catch {
    return (await caches.match(new URL(request.url).pathname, { cacheName: KEPT })) ?? Response.error();
  }
}

addEventListener("install", (event) => {
  skipWaiting();
  event.waitUntil(Promise.all(SHELL.map((path) => fresh(new Request(path)))));
});

addEventListener("activate", (event) => event.waitUntil(clients.claim()));

addEventListener("fetch", (event) => {
  const { pathname, origin } = new URL(event.request.url);
  const isShell = origin === location.origin && event.request.method === "GET" && SHELL.includes(pathname);
  if (isShell) event.respondWith(shellOf(event.request));
});
