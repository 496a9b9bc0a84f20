// Keeps a copy of one open register on the device, so that the page comes back when it is opened
// again without a connection. The service says until when (two hours after the day's last
// session); the copy goes as soon as the register answers without such a time: closed, or signed
// out. Past its time it is shown no more, and goes when the service is opened next.

const KEPT_UNTIL = "Lms-Kept-Until";
const address = new URL(self.registration.scope).pathname;
const beginning = `register ${address} `;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

const copies = async () => (await caches.keys()).filter((name) => name.startsWith(beginning));

const forget = async (isToGo) => {
  const gone = (await copies()).filter(isToGo);
  await Promise.all(gone.map((name) => caches.delete(name)));
};

const current = async () => {
  await forget((name) => Number(name.slice(beginning.length)) < Date.now());
  const [name] = await copies();
  return name && caches.open(name);
};

const keepPage = async (request, answer) => {
  const until = answer.ok ? answer.headers.get(KEPT_UNTIL) : null;
  const name = `${beginning}${until}`;
  await forget((other) => !until || other !== name);
  if (until) await (await caches.open(name)).put(request.url, answer);
};

const keepFurniture = async (request, answer) => {
  const cache = await current();
  if (cache && answer.ok) await cache.put(request.url, answer);
};

// The same with another question after it will do: another session, an older version of a script.
const copyOf = async (url) => {
  const cache = await current();
  const found = await cache?.match(url) ?? await cache?.match(url, { ignoreSearch: true });
  if (!found) return Response.error();
  const headers = new Headers(found.headers);
  headers.set("Lms-From-Copy", "yes");
  return new Response(found.body, { status: found.status, headers });
};

const isUp = (answer) => answer.status < 500;

const register = async (request) => {
  const answer = await fetch(request).catch(() => null);
  if (answer && isUp(answer)) {
    await keepPage(request, answer.clone());
    return answer;
  }
  const copy = await copyOf(request.url);
  return copy.type === "error" && answer ? answer : copy;
};

const furniture = async (request) => {
  const answer = await fetch(request).catch(() => null);
  if (!answer) return copyOf(request.url);
  await keepFurniture(request, answer.clone());
  return answer;
};

const elsewhere = async (request) => {
  try {
    return await fetch(request);
  } catch {
    return Response.redirect(address); // the register itself, which says that there is no connection
  }
};

const isFurniture = (path) => path === `${address}/walk-in` || /^\/(static|brand)\//.test(path);

self.addEventListener("fetch", (event) => {
  const { request } = event, url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (url.pathname === address) event.respondWith(register(request));
  else if (isFurniture(url.pathname)) event.respondWith(furniture(request));
  else if (request.mode === "navigate") event.respondWith(elsewhere(request));
});
