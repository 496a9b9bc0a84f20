// Somebody walks in while the connection is down: what was typed is kept on the device and sent
// from the register once it is back. While there is a connection, the form goes as it is.
import { Kept, newKey } from "./register-kept.js";

const PATIENCE = 8000;
const form = document.querySelector("form[data-act=walk-in]");
const { event: eventId, person, session, register } = form.dataset;
const kept = new Kept(eventId, person);
const typed = (name) => form.elements[name].value.trim();

form.elements.once.value = newKey(); // a copy of this page may be used for several people

const show = async (answer) => {
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  const main = fresh.querySelector("main");
  if (!main) throw new Error("no page");
  document.title = fresh.title;
  form.closest("main").replaceWith(main);
  main.querySelector("[data-takes-focus]")?.focus();
};

const keep = () => {
  kept.add({
    act: "walk-in",
    key: form.elements.once.value,
    session: Number(session),
    name: typed("name"),
    agency: typed("agency"),
    email: typed("email"),
  });
  location.assign(register);
};

form.addEventListener("submit", async (event) => {
  if (!kept.works() || !typed("name") || !typed("agency")) return;
  event.preventDefault();
  let answer;
  try {
    answer = await fetch(form.action, {
      method: "POST",
      body: new FormData(form),
      credentials: "same-origin",
      redirect: "manual",
      signal: AbortSignal.timeout(PATIENCE),
    });
  } catch {
    keep();
    return;
  }
  if (answer.type === "opaqueredirect") location.assign(register);
  else if (answer.status === 200) await show(answer).catch(() => form.submit());
  else if (answer.status >= 500) keep();
  else form.submit();
});
