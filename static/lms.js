// Every page works without this. It moves the focus to what must be read first, keeps a second
// press of a button from sending a form twice, and keeps a half-filled form.
const first = document.querySelector(".govuk-error-summary[data-takes-focus]")
  ?? document.querySelector("[data-takes-focus]");
first?.focus();

for (const summary of document.querySelectorAll(".govuk-error-summary")) {
  summary.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#']");
    const field = link && document.getElementById(link.hash.slice(1));
    if (!field) return;
    event.preventDefault();
    (field.closest(".govuk-form-group") ?? field).scrollIntoView();
    field.focus({ preventScroll: true });
  });
}

const PATIENCE = 8000; // a page that has not come by then may be sent for again

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.hasAttribute("data-once")) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  setTimeout(() => delete form.dataset.sent, PATIENCE);
});

// Coming back with the Back button finds the form as it was left, ready to be sent.
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});

const DRAFT_PAUSE = 1500;

for (const form of document.querySelectorAll("form[data-draft]")) {
  let waiting;
  const keep = () => {
    if (form.dataset.sent) return;
    fetch(form.dataset.draft, {
      method: "POST",
      body: new FormData(form),
      credentials: "same-origin",
      keepalive: true,
    }).catch(() => {}); // the button "Keep and finish later" is still there
  };
  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(keep, DRAFT_PAUSE);
  });
  form.addEventListener("submit", () => clearTimeout(waiting));
}

// Links of a register answer at once: the mark is saved and the page drawn again in place.
document.addEventListener("submit", async (event) => {
  const form = event.target.closest("form[data-in-place]");
  if (!form || event.defaultPrevented) return;
  event.preventDefault();
  const target = document.querySelector(form.dataset.inPlace);
  try {
    const answer = await fetch(form.action, {
      method: "POST",
      body: new FormData(form, event.submitter),
      credentials: "same-origin",
    });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.querySelector(form.dataset.inPlace);
    if (!answer.ok || !fresh || !target) throw new Error("not the page that was asked for");
    const focused = event.submitter?.id;
    target.replaceWith(fresh);
    if (focused) document.getElementById(focused)?.focus();
  } catch {
    form.removeAttribute("data-in-place");
    delete form.dataset.sent;
    form.requestSubmit(event.submitter);
  }
});
