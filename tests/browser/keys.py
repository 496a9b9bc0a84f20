"""The keyboard: Tab until the thing is reached, as it is named to who cannot see it."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

FOCUSED = """() => {
  const on = document.activeElement, labels = [...(on.labels ?? [])];
  const said = labels.length ? labels.map((label) => label.innerText).join(' ') : on.innerText;
  const group = on.closest('main') ? 'main' : on.closest('nav') ? 'nav' : '';
  const plain = (text) => (text ?? '').replace(/\\u2011/g, '-').replace(/\\s+/g, ' ').trim();
  return {name: plain(said), id: on.id, tag: on.tagName, type: on.type ?? '', within: group,
          className: on.className, value: on.value ?? '', group: on.name ?? ''};
}"""
MOST_STOPS = 120


class Keys:
    """Hands that know Tab, arrows, Space, Enter and letters."""

    def __init__(self, page: Page, base: str) -> None:
        self.page, self.base = page, base

    def go_to(self, path: str) -> None:
        self.page.goto(self.base + path)

    def press(self, name: str, *, within: str = "") -> None:
        """Tab to the button or link of that name, and press Enter."""
        self._tab_to(name, ("A", "BUTTON"), within)
        self._press("Enter", leaves=True)

    def fill(self, label: str, text: str) -> None:
        """Tab to the field of that label and type."""
        self._tab_to(label, ("INPUT", "TEXTAREA"), "main")
        self.page.keyboard.type(text)

    def fill_id(self, field: str, text: str) -> None:
        self._tab_until(lambda on: on["id"] == field, field)
        self.page.keyboard.type(text)

    def choose(self, label: str) -> None:
        """Tab into the group that has this choice; reach it by the arrows, and tick it."""
        start = self._tab_until(lambda on: self._group_offers(on, label), label)
        self.page.keyboard.press("Space")
        for _ in range(10):
            on = self.page.evaluate(FOCUSED)
            if on["name"] == label:
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"no choice {label!r} beside {start['name']!r}")

    def press_link_in_summary(self) -> None:
        """From the error summary, which has the focus, to the field of its first line."""
        self.page.keyboard.press("Tab")
        self._press("Enter", leaves=False)

    def lands_on(self, heading: str) -> None:
        words = heading.replace("e-mail", "e\N{NON-BREAKING HYPHEN}mail")
        expect(self.page.get_by_role("heading", level=1)).to_have_text(words)

    def focused_on(self, class_name: str) -> bool:
        return class_name in str(self.page.evaluate(FOCUSED)["className"])

    def _group_offers(self, on: dict[str, str], label: str) -> bool:
        if on["type"] != "radio":
            return False
        return bool(
            self.page.evaluate(
                """([group, label]) => [...document.getElementsByName(group)].some(
                  (one) => one.labels[0].innerText.trim() === label)""",
                [on["group"], label],
            )
        )

    def _tab_to(self, name: str, tags: tuple[str, ...], within: str) -> None:
        def is_it(on: dict[str, str]) -> bool:
            said = on["name"] == name or (on["tag"] in {"INPUT", "TEXTAREA"} and name in on["name"])
            return said and on["tag"] in tags and within in ("", on["within"])

        self._tab_until(is_it, name)

    def _tab_until(self, is_it: Callable[[dict[str, str]], bool], name: str) -> dict[str, str]:
        seen = []
        for _ in range(MOST_STOPS):
            on: dict[str, str] = self.page.evaluate(FOCUSED)
            if is_it(on):
                return on
            seen.append(on["name"][:40])
            self.page.keyboard.press("Tab")
        raise AssertionError(f"Tab never came to {name!r}, but to {seen}")

    def _press(self, key: str, *, leaves: bool) -> None:
        if not leaves:
            self.page.keyboard.press(key)
            return
        with self.page.expect_navigation():
            self.page.keyboard.press(key)
