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

// A file that is too large is said to be so before it is sent, not after minutes of sending.
document.addEventListener("submit", (event) => {
  for (const field of event.target.querySelectorAll("input[type=file][data-most]")) {
    const large = [...field.files].some((file) => file.size > Number(field.dataset.most));
    const group = field.closest(".govuk-form-group");
    group.querySelector("[data-said-here]")?.remove();
    if (!large) continue;
    event.preventDefault();
    event.stopImmediatePropagation();
    const said = document.createElement("p");
    said.className = "govuk-error-message";
    said.dataset.saidHere = "yes";
    said.setAttribute("role", "alert");
    said.textContent = field.dataset.tooLarge;
    field.before(said);
    group.classList.add("govuk-form-group--error");
    field.focus();
  }
});

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
  for (const form of document.querySelectorAll("form[data-sent], form[data-forgot]")) {
    delete form.dataset.sent;
    delete form.dataset.forgot;
  }
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

// A register may keep a copy of itself on the device, until its day is over. It goes on signing
// out, and as soon as its time is past, whichever page is opened then.
const forgetCopies = async (isToGo) => {
  if (!("caches" in globalThis)) return;
  const names = await caches.keys();
  const gone = names.filter((name) => name.startsWith("register ") && isToGo(name));
  await Promise.all(gone.map((name) => caches.delete(name)));
};

forgetCopies((name) => Number(name.split(" ")[2]) < Date.now()).catch(() => {});

const ENDS = /^\/sign-out$|\/register\/(shut|close)$/;

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!ENDS.test(new URL(form.action).pathname) || event.defaultPrevented || form.dataset.forgot) return;
  event.preventDefault();
  const patience = new Promise((resolve) => setTimeout(resolve, 1000));
  Promise.race([forgetCopies(() => true).catch(() => {}), patience]).then(() => {
    form.dataset.forgot = "yes";
    delete form.dataset.sent;
    form.requestSubmit(event.submitter);
  });
});
