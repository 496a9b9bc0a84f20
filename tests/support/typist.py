"""Somebody who fills in a form by the keyboard alone, and how long that takes a human being.

The time is that of the keystroke-level model (Card, Moran and Newell 1980): 0.28 s for a key, as an
average typist who is no expert, and 1.35 s of thought before each answer; and all of the page's
words that can be seen are read, at 240 a minute: not what only a screen reader says, the options of
a list that is shut, the numbers to choose from, or the page's foot.
"""

from __future__ import annotations

from playwright.sync_api import Page

A_KEY, A_THOUGHT, WORDS_A_SECOND = 0.28, 1.35, 4.0
FAR_ENOUGH = 60

WHERE = """() => {
  const on = document.activeElement;
  const group = on.closest('fieldset');
  const legend = group && group.querySelector('legend');
  const label = on.labels && on.labels[0];
  return {
    kind: on.type || on.tagName.toLowerCase(),
    name: on.name || '',
    asks: (legend || label || on).innerText || '',
    says: label ? label.innerText : '',
    is_scale: on.type === 'radio' && /^[1-5]$/.test(on.value),
  };
}"""

WORDS_TO_READ = """() => {
  const hidden = '.govuk-visually-hidden, option:not(:checked), details:not([open]) > div';
  const walker = document.createTreeWalker(document.querySelector('main'), NodeFilter.SHOW_TEXT);
  let words = 0;
  while (walker.nextNode()) {
    const text = walker.currentNode;
    if (!text.parentElement.closest(hidden)) words += (text.data.match(/[a-z]\\S*/gi) || []).length;
  }
  return words;
}"""


class Typist:
    """Two hands on a page that has just been opened."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.keys = self.answers = 0
        self.words = int(page.evaluate(WORDS_TO_READ))

    def __str__(self) -> str:
        return (
            f"{self.answers} answers with {self.keys} keys, {self.words} words read: "
            f"{self.seconds:.0f} seconds"
        )

    @property
    def seconds(self) -> float:
        """As the model has it."""
        return self.keys * A_KEY + self.answers * A_THOUGHT + self.words / WORDS_A_SECOND

    def press(self, key: str) -> None:
        self.page.keyboard.press(key)
        self.keys += 1

    def rate(self, value: int) -> None:
        """Go to the next row of numbers and choose one."""
        self._go_on(lambda at: at["is_scale"])
        self.press(" ")
        for _ in range(value - 1):
            self.press("ArrowRight")
        assert self.page.evaluate("document.activeElement.value") == str(value)
        self.answers += 1

    def choose(self, question: str, choice: str) -> None:
        """Go to a question with several answers and choose one of them."""
        self._go_on(lambda at: question in at["asks"] and at["kind"] == "radio")
        self.press(" ")
        while choice not in self.page.evaluate(WHERE)["says"]:
            self.press("ArrowDown")
        self.answers += 1

    def write(self, question: str, words: str) -> None:
        self._go_on(lambda at: question in at["asks"])
        self.page.keyboard.type(words)
        self.keys += len(words)
        self.answers += 1

    def send(self) -> None:
        self._go_on(lambda at: at["kind"] == "submit")
        with self.page.expect_navigation():
            self.press("Enter")

    def _go_on(self, is_there: object) -> None:
        assert callable(is_there)
        for _ in range(FAR_ENOUGH):
            self.press("Tab")
            if is_there(self.page.evaluate(WHERE)):
                return
        raise AssertionError("the Tab key does not come to it")
