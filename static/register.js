// The register on a tablet. A tap is kept on the device first, shown at once, and then sent, each
// under a key of its own, in order; so nothing is lost while the connection is down, and nothing is
// done twice. It goes as soon as the service has answered. Without script every button is a form of
// its own.
import { Kept } from "./register-kept.js";

const FIRST_PAUSE = 2000, LONGEST_PAUSE = 20000, FRESH_EVERY = 20000, PATIENCE = 15000;
const page = () => document.getElementById("register");
const { event: eventId, person, address } = page().dataset;
const LOCK = `register ${eventId}`;
const kept = new Kept(eventId, person);

// --- What the page shows: what the service said last, and over it what waits ---------------------

let drawn = page().cloneNode(true); // as the service drew it last
const isOpen = () => page().dataset.open === "yes";
const rowOf = (id) => document.getElementById(`name-${id}`);
const nameOf = (id) => rowOf(id)?.querySelector(".register__name").textContent ?? "One person";
const SAID = {
  present: "is marked present",
  late: "is marked late",
  left_early: "is marked as having left early",
  absent: "is marked absent",
};

const showMark = (row, kind) => {
  if (!row) return;
  row.dataset.shown = kind;
  row.classList.toggle("register__row--marked", kind !== "");
  row.classList.remove("register__row--claimed");
  for (const button of row.querySelectorAll(".mark-button")) {
    button.setAttribute("aria-pressed", String(button.value === kind));
    button.classList.remove("mark-button--claimed");
    button.firstElementChild.textContent = button.dataset.text;
  }
  const asked = row.querySelector(".register__minutes");
  if (kind === "late" || kind === "left_early") {
    if (!asked) askMinutes(row);
  } else asked?.remove();
};

const askMinutes = (row) => {
  const { name } = row.dataset;
  const form = document.getElementById("asks-minutes").content.firstElementChild.cloneNode(true);
  form.action = `${address}/${name}/minutes/${page().dataset.session}`;
  Object.assign(form.dataset, { name, session: page().dataset.session });
  for (const label of form.querySelectorAll("label")) label.htmlFor = label.htmlFor.replace(/\d+$/, name);
  for (const input of form.querySelectorAll("input[id]")) input.id = input.id.replace(/\d+$/, name);
  form.querySelector("button .govuk-visually-hidden").textContent = ` the minutes of ${nameOf(name)}`;
  row.firstElementChild.append(form);
};

const showAct = (act) => {
  const isHere = String(act.session) === page().dataset.session;
  if (act.act === "mark" && isHere) showMark(rowOf(act.name), act.mark);
  if (act.act === "minutes" && isHere) showMinutes(rowOf(act.name), act);
  if (act.act === "all-present" && isHere) act.names.forEach((id) => showMark(rowOf(id), "present"));
  if (act.act === "walk-in" && isHere) showWalkIn(act);
  if (act.act === "confirm" && isHere) {
    act.names.forEach((id) => showMark(rowOf(id), rowOf(id)?.dataset.kind || "present"));
  }
};

// At the end for now: where the name belongs among the others, the service will say.
const showWalkIn = ({ key, name, agency }) => {
  const list = page().querySelector("ul.register");
  if (!list || document.getElementById(`waits-${key}`)) return;
  const row = element("li", "", "register__row register__row--marked"), words = element("div");
  row.id = `waits-${key}`;
  words.append(element("p", name, "register__name"), element("p", `${agency} · walked in · waits for the connection`, "meta"));
  row.append(words);
  list.append(row);
};

const showMinutes = (row, { late, early }) => {
  if (!row) return;
  const [lateBox, earlyBox] = row.querySelectorAll(".register__minutes input:not([type=hidden])");
  if (lateBox) [lateBox.value, earlyBox.value] = [late || "", early || ""];
};

const inWords = (act) => {
  if (act.act === "mark") return [nameOf(act.name), SAID[act.mark]];
  if (act.act === "minutes") return [nameOf(act.name), "has new minutes"];
  if (act.act === "walk-in") return [act.name, "walked in and is marked present"];
  if (act.act === "undo") return ["The last mark", "is taken back"];
  const people = act.names.length === 1 ? nameOf(act.names[0]) : `${act.names.length} people`;
  return [people, act.names.length === 1 ? SAID.present : "are marked present"];
};

const element = (tag, text = "", className = "") => {
  const made = document.createElement(tag);
  made.textContent = text;
  if (className) made.className = className;
  return made;
};

const undoButton = () => {
  const button = element("button", "Undo", "button--link");
  button.type = "button";
  button.id = "undo-here";
  button.addEventListener("click", undoHere);
  return button;
};

const showLastAct = (acts) => {
  const last = acts.at(-1), place = document.getElementById("last-act");
  if (!last) return;
  const [who, what] = inWords(last), line = element("p");
  line.append(element("b", who), ` ${what}.`);
  const banner = element("div", "", "last-act");
  banner.setAttribute("role", "status");
  banner.append(line);
  if (last.act !== "undo") banner.append(undoButton());
  place.replaceChildren(banner);
};

const showCount = () => {
  const line = page().querySelector("[data-settled]");
  if (!line) return;
  const changed = [...page().querySelectorAll(".register__row[data-shown]")];
  const more = changed.filter((row) => !row.dataset.kind && row.dataset.shown).length;
  const settled = Number(line.dataset.settled) + more, { total } = line.dataset;
  line.querySelector("b").textContent = `${settled} of ${total} marked`;
  if (changed.length) [...line.childNodes].slice(1).forEach((node) => node.remove());
  const fill = page().querySelector(".meter__fill");
  fill?.setAttribute("width", `${total > 0 ? Math.min(100, (settled / total) * 100) : 0}%`);
  showLeft("all-present", (row) => (row ? row.dataset.shown ?? row.dataset.kind : "") === "");
  showLeft("confirm", (row) => row?.classList.contains("register__row--claimed"));
};

// A button for several speaks of those that are left, and goes with the last of them.
const showLeft = (act, isLeft) => {
  const form = page().querySelector(`form[data-act="${act}"]`);
  if (!form) return;
  const left = numbers(form.elements.names.value).filter((id) => isLeft(rowOf(id)));
  form.elements.names.value = left.join(",");
  const button = form.querySelector("button");
  button.textContent = button.textContent.replace(/\d+/, left.length);
  (form.closest(".claims") ?? form).hidden = left.length === 0;
};

const showWaiting = () => {
  showRefused();
  const acts = kept.waiting();
  acts.forEach(showAct);
  if (acts.length) {
    showLastAct(acts);
    showCount();
  }
  showConnection();
};

// --- The line about the connection ---------------------------------------------------------------

let isAway = false, isSignedOut = false, isGone = false, hadWaited = false;

const counted = (n, one, many) => `${n} ${n === 1 ? one : many}`;

const connectionLine = (n) => {
  if (isGone) return `This register cannot be opened any more. ${n ? `${counted(n, "mark", "marks")} made here could not be sent.` : ""}`;
  if (isSignedOut && n) return `You have been signed out. Sign in again to send ${counted(n, "mark", "marks")}.`;
  if (isSignedOut) return "You have been signed out. Sign in again to go on.";
  if (isAway && n) return `${counted(n, "mark waits", "marks wait")} for the connection. ${n === 1 ? "It is kept on this device, and sent by itself" : "They are kept on this device, and sent by themselves"} once it is back.`;
  if (isAway) return "There is no connection. Go on: marks are kept on this device, and sent by themselves once it is back.";
  if (!isOpen()) return ""; // the page says so itself
  if (n === 0 && hadWaited) return "The connection is back. Every mark is saved.";
  if (kept.haveOthersAny()) return "Somebody else’s marks wait on this device. They are sent when that person signs in here.";
  return "";
};

const showConnection = () => {
  const place = document.getElementById("connection"), n = kept.waiting().length;
  if (isAway && n) hadWaited = true;
  const text = connectionLine(n);
  place.classList.toggle("connection--away", isAway || isSignedOut || isGone);
  if (place.textContent === text) return;
  place.textContent = text;
  if (isSignedOut) {
    const link = element("a", "Sign in", "govuk-link");
    link.href = `/sign-in?next=${encodeURIComponent(address)}`;
    place.append(" ", link);
  }
};

const showRefused = () => {
  const place = document.getElementById("not-recorded"), acts = kept.refused();
  if (place.childElementCount !== acts.length) place.replaceChildren(...acts.map(refusedLine));
};

const ASKED = { present: "present", late: "late", left_early: "left early", absent: "absent" };

const asked = (act) => {
  if (act.act === "mark") return `${nameOf(act.name)}, ${ASKED[act.mark]}`;
  if (act.act === "minutes") return `${nameOf(act.name)}, minutes`;
  if (act.act === "walk-in") return [act.name, act.agency, act.email].filter(Boolean).join(", ");
  if (act.act === "undo") return "taking back a mark";
  return `${counted(act.names.length, "name", "names")}, present`;
};

const refusedLine = (act) => {
  const line = element("p");
  line.append(element("b", "Not recorded: "), `${asked(act)}. ${act.refused}`);
  const button = element("button", "Put aside", "button--link");
  button.type = "button";
  button.addEventListener("click", () => {
    kept.forget(act);
    line.remove();
  });
  line.append(" ", button);
  return line;
};

// --- Sending -------------------------------------------------------------------------------------

class Away extends Error {}
class SignedOut extends Error {}
class NoRegister extends Error {}

const ask = async (url, options = {}) => {
  let answer;
  try {
    answer = await fetch(url, {
      credentials: "same-origin",
      redirect: "manual",
      signal: AbortSignal.timeout(PATIENCE),
      ...options,
    });
  } catch {
    throw new Away();
  }
  if (answer.type === "opaqueredirect" || answer.status === 401) throw new SignedOut();
  if (answer.status === 404) throw new NoRegister();
  if (answer.status >= 500 || answer.headers.has("Lms-From-Copy")) throw new Away();
  return answer;
};

const post = (acts) => ask(`${address}/acts`, {
  method: "POST",
  headers: { "Content-Type": "application/json", "X-CSRFToken": page().dataset.csrf },
  body: JSON.stringify({
    person: Number(person),
    acts: acts.map(({ slot, at, tried, ...act }) => ({ ...act, ago: Math.max(0, (Date.now() - at) / 1000) })),
  }),
});

const sendSome = async (acts) => {
  if (navigator.onLine === false) throw new Away(); // certain: nothing leaves this device
  kept.noteTried(acts);
  let answer = await post(acts);
  if (answer.status === 400 || answer.status === 409) { // the page is older than the sign-in
    await refresh();
    answer = await post(acts);
  }
  if (!answer.ok) return refuseOne(acts);
  const { answers } = await answer.json();
  for (const { key, became, sentence } of answers) {
    const act = acts.find((each) => each.key === key);
    if (became === "refused") kept.refuse(act, sentence);
    else kept.forget(act);
  }
  return undefined;
};

// One that the service cannot take must not hold up the others: each is sent by itself.
const refuseOne = async (acts) => {
  if (acts.length === 1) return kept.refuse(acts[0], "The service could not take it.");
  for (const act of acts) await sendSome([act]);
  return undefined;
};

const alone = (work) => (navigator.locks ? navigator.locks.request(LOCK, work) : work());
let isSending = false, pause = FIRST_PAUSE, again;

const send = async () => {
  clearTimeout(again);
  if (isSending) return;
  isSending = true;
  try {
    await alone(async () => {
      for (let acts = kept.waiting(); acts.length; acts = kept.waiting()) await sendSome(acts.slice(0, 100));
    });
    await refresh();
    [isAway, isSignedOut, isGone, pause] = [false, false, false, FIRST_PAUSE];
  } catch (trouble) {
    isSignedOut = trouble instanceof SignedOut;
    isGone = trouble instanceof NoRegister;
    isAway = !isSignedOut && !isGone; // also where something in between answers that is not us
    again = setTimeout(send, pause);
    pause = Math.min(pause * 1.5, LONGEST_PAUSE);
  } finally {
    isSending = false;
    showWaiting();
  }
  if (!isAway && !isSignedOut && !isGone && kept.waiting().length) send();
};

// --- Keeping up to date --------------------------------------------------------------------------

const isTyping = () => page().contains(document.activeElement) && document.activeElement.matches("input");

const refresh = async () => {
  const answer = await ask(location.pathname + location.search, { headers: { "Lms-Background": "yes" } });
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("register");
  if (!fresh) throw new Away();
  if (fresh.dataset.person && fresh.dataset.person !== person) { // somebody else has signed in: what waits is not theirs
    location.reload();
    throw new SignedOut();
  }
  if (isTyping() && fresh.dataset.open) {
    page().dataset.csrf = fresh.dataset.csrf;
    return;
  }
  const focused = document.activeElement?.id;
  drawn = fresh.cloneNode(true);
  page().replaceWith(fresh);
  if (focused && document.activeElement?.id !== focused) document.getElementById(focused)?.focus({ preventScroll: true });
  showWaiting();
};

const keepFresh = () => {
  if (isOpen() && document.visibilityState === "visible" && !isSending) send();
};

// --- Taps ----------------------------------------------------------------------------------------

const numbers = (text) => text.split(",").map(Number);

const READ = {
  mark: (form, by) => ({ name: Number(form.dataset.name), session: Number(form.dataset.session), mark: by.value }),
  minutes: (form) => ({
    name: Number(form.dataset.name),
    session: Number(form.dataset.session),
    late: Number(form.elements.late.value || 0),
    early: Number(form.elements.early.value || 0),
  }),
  "all-present": (form) => ({ session: Number(form.elements.session.value), names: numbers(form.elements.names.value) }),
  confirm: (form) => ({ session: Number(form.elements.session.value), names: numbers(form.elements.names.value) }),
  undo: (form) => ({ of: Number(form.elements.of.value) }),
};

const tap = (act) => {
  kept.add(act);
  showWaiting();
  send();
};

document.addEventListener("submit", (event) => {
  const form = event.target, readsAs = READ[form.dataset.act];
  if (!readsAs) return;
  const act = { act: form.dataset.act, ...readsAs(form, event.submitter) };
  if (act.act === "minutes" && !(Number.isInteger(act.late) && Number.isInteger(act.early))) return;
  event.preventDefault();
  tap(act);
  if (act.act === "minutes") rowOf(act.name)?.querySelector("[aria-pressed=true]")?.focus();
});

// What has not been sent yet is simply not sent. What may have arrived is taken back by its key.
function undoHere() {
  const last = kept.waiting().at(-1);
  if (!last) return send();
  if (last.tried) return tap({ act: "undo", of: last.key });
  kept.forget(last);
  page().replaceWith(drawn.cloneNode(true));
  showWaiting();
  return rowOf(last.name)?.querySelector(".mark-button").focus();
}

// --- Beginning -----------------------------------------------------------------------------------

const keepOpenHere = () => ask(`${address}/pass`, {
  method: "POST",
  headers: { "X-CSRFToken": page().dataset.csrf },
});

const keepCopy = async () => {
  if (!("serviceWorker" in navigator)) return;
  const worker = new URL("register-worker.js", import.meta.url);
  await navigator.serviceWorker.register(worker, { scope: address });
  await isLookedAfter();
  await refresh();
  const furniture = [...document.querySelectorAll("link[rel=stylesheet], script[src]")];
  const also = ["register-kept.js", "register-walk-in.js"].map((name) => new URL(name, import.meta.url));
  const wanted = [...furniture.map((part) => part.href ?? part.src), ...also, `${address}/walk-in`];
  await Promise.all(wanted.map((url) => fetch(url, { headers: { "Lms-Background": "yes" } })));
};

const isLookedAfter = () => new Promise((resolve) => {
  if (navigator.serviceWorker.controller) resolve();
  navigator.serviceWorker.addEventListener("controllerchange", resolve, { once: true });
  setTimeout(resolve, FIRST_PAUSE);
});

const begin = async () => {
  showRefused();
  if (!isOpen()) return;
  addEventListener("online", send);
  addEventListener("offline", () => { isAway = true; showConnection(); });
  addEventListener("storage", (event) => { if (kept.isOfThisRegister(event.key)) kept.waiting().length ? showWaiting() : keepFresh(); });
  document.addEventListener("visibilitychange", keepFresh);
  setInterval(keepFresh, FRESH_EVERY);
  showWaiting();
  if (kept.waiting().length) await send();
  await keepOpenHere().catch(() => {});
  await keepCopy().catch(() => {});
  document.documentElement.dataset.registerReady = "yes";
};

if (kept.works()) begin(); // else every button is the form that it is
