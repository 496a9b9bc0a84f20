// Counts that keep themselves fresh: each [data-live] is drawn anew from its own page, until the
// time that it names. Every page works without this: it has a link that counts again.
const EVERY = 5000, LONGEST = 60000;

for (const begun of document.querySelectorAll("[data-live]")) {
  let shown = begun, pause = EVERY;
  const until = Date.parse(shown.dataset.until);

  const count = async () => {
    if (Date.now() > until) return;
    try {
      if (!document.hidden) pause = await draw();
    } catch {
      pause = Math.min(pause * 2, LONGEST); // the network is away: ask less often
    }
    if (pause) setTimeout(count, pause);
  };

  const draw = async () => {
    // nobody is at the keyboard because a screen counts: the sign-in runs out as it would without
    const headers = { "Lms-Background": "yes" };
    const answer = await fetch(location.href, { credentials: "same-origin", headers });
    if (answer.redirected) return 0; // signed out: what is shown stays
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById(shown.id);
    if (!answer.ok || !fresh) throw new Error("not the page that was asked for");
    if (!shown.contains(document.activeElement)) {
      shown.replaceWith(fresh);
      shown = fresh;
    }
    return "live" in fresh.dataset ? EVERY : 0;
  };

  setTimeout(count, EVERY);
}
