/* Keeps static files and one page for the time without a connection. Nothing of a case is ever kept: what is not
   under /static/ goes to the server and nowhere else. */

const STATIC = new URL("{{ asset('') }}", location.origin);
const KEPT = STATIC.pathname;
const OFFLINE = "/offline";

addEventListener("install", (event) => {
  skipWaiting();
  event.waitUntil(caches.open(KEPT).then((cache) => cache.addAll([
    new Request(OFFLINE, { credentials: "omit", cache: "reload" }),
    "{{ asset('css/app.css') }}",
    "{{ asset('img/icons.svg') }}",
  ])));
});

addEventListener("activate", (event) => {
  const forget = (names) => Promise.all(names.filter((name) => name !== KEPT).map((name) => caches.delete(name)));
  event.waitUntil(caches.keys().then(forget).then(() => clients.claim()));
});

addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (url.pathname.startsWith(KEPT)) event.respondWith(keep(request));
  else if (request.mode === "navigate") event.respondWith(fetch(request).catch(() => caches.match(OFFLINE)));
});

async function keep(request) {
  const cache = await caches.open(KEPT);
  const found = await cache.match(request);
  if (found) return found;
  const answer = await fetch(request);
  if (answer.status === 200 && answer.type === "basic") await cache.put(request, answer.clone());
  return answer;
}
