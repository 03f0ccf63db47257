"""A person without a mouse: keys alone, and at every stop a look at whether they can see where they are."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

AT_MOST = 25
"""How many presses a way may take unless a test says otherwise."""

_LOOK = """async () => {
  const frame = () => new Promise(requestAnimationFrame);
  for (let still = 0, at = NaN; still < 2; still = at === scrollY ? still + 1 : 0) { at = scrollY; await frame(); }
  const element = document.activeElement;
  if (!element || element === document.body || element === document.documentElement) return null;
  const luminance = (colour) => {
    const [red, green, blue] = colour.match(/[\\d.]+/g).map((part) => part / 255)
      .map((part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const contrast = (one, other) => {
    const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
    return (light + 0.05) / (dark + 0.05);
  };
  const isClear = (colour) => /^rgba\\(.*, 0\\)$/.test(colour);
  const behind = (node) => {
    for (let at = node.parentElement; at; at = at.parentElement) {
      const colour = getComputedStyle(at).backgroundColor;
      if (!isClear(colour)) return colour;
    }
    return "rgb(255, 255, 255)";
  };
  const ring = (node) => {
    const { outlineStyle: style, outlineWidth: width, outlineColor: colour } = getComputedStyle(node);
    return style !== "none" && parseFloat(width) >= 2 && contrast(colour, behind(node)) >= 3;
  };
  const restsWithout = (node) => {   // a copy has everything but the focus
    const copy = node.cloneNode(false);
    copy.removeAttribute("autofocus");
    node.after(copy);
    const without = getComputedStyle(copy).outlineStyle === "none";
    copy.remove();
    return without;
  };
  const marked = [element, element.parentElement].some((node) => ring(node) && restsWithout(node));

  const box = [...element.getClientRects()].find((one) => one.width && one.height);
  const name = element.getAttribute("aria-label") || element.innerText || element.name || element.id;
  const what = `${element.tagName.toLowerCase()} ${name.trim().slice(0, 40)}`;
  if (!box) return { what, wrong: ["nothing to be seen"] };
  let [left, right] = [Math.max(box.left, 0), Math.min(box.right, innerWidth)];
  let [top, bottom] = [Math.max(box.top, 0), Math.min(box.bottom, innerHeight)];
  for (let at = element.parentElement; at && at !== document.body; at = at.parentElement) {
    if (getComputedStyle(at).overflowX === "visible") continue;
    const frame = at.getBoundingClientRect();
    [left, right] = [Math.max(left, frame.left), Math.min(right, frame.right)];
    [top, bottom] = [Math.max(top, frame.top), Math.min(bottom, frame.bottom)];
  }
  const labels = [...(element.labels || [])];
  const isMine = (hit) => hit && (element.contains(hit) || labels.some((one) => one.contains(hit)));
  const large = box.height > innerHeight / 2;   // a region is looked at as far as it shows
  const wrong = [];
  // Chromium does not move a table sideways for something of which a part shows already.
  if (right < left + Math.min(16, box.width) || bottom <= top) wrong.push("out of sight");
  else if (!large && (top > box.top + 1 || bottom < box.bottom - 1)) wrong.push("cut off");
  else {
    const heights = large ? [(top + bottom) / 2] : [top + 2, (top + bottom) / 2, bottom - 2];
    const over = heights.map((y) => document.elementFromPoint((left + right) / 2, y)).find((hit) => !isMine(hit));
    if (over) wrong.push(`covered by ${over.outerHTML.slice(0, 80)}`);
  }
  if (!marked) wrong.push("no ring");
  return { what, wrong };
}"""
"""What the element with the focus is, and what is wrong with how it shows: out of sight, covered, or without a ring."""


@dataclass(slots=True)
class Keyboard:
    """Drives a page by keys. Nothing here clicks, fills or gives the focus."""

    page: Page
    tabs: int = 0
    """How often Tab was pressed."""

    def __post_init__(self) -> None:
        # Chromium hands choosers over only while somebody listens; asked at the press, that can come too late.
        self.page.on("filechooser", lambda _: None)

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def type(self, text: str) -> None:
        """Over whatever the field holds."""
        self.press("Control+a")
        self.page.keyboard.type(text)

    def look(self) -> str:
        """What has the focus, which must be in sight, uncovered and ringed; "" for the page itself."""
        seen: dict[str, Any] | None = self.page.evaluate(_LOOK)
        if seen is None:
            return ""
        assert not seen["wrong"], f"{seen['what']}: {', '.join(seen['wrong'])} ({self.page.url})"
        return str(seen["what"])

    def is_at(self, role: Any, name: str) -> bool:
        wanted = self.page.get_by_role(role, name=name)
        return bool(wanted.evaluate_all("all => all.includes(document.activeElement)"))

    def expect_at(self, role: Any, name: str) -> None:
        """The focus comes to this element by itself."""
        expect(self.page.get_by_role(role, name=name).and_(self.page.locator(":focus"))).to_have_count(1)
        self.look()

    def tab_to(self, role: Any, name: str, at_most: int = AT_MOST, *, back: bool = False) -> None:
        """Press Tab, or Shift+Tab, until the focus is there."""
        stops: list[str] = []
        while not self.is_at(role, name):
            assert len(stops) < at_most, f"{role} {name} is not within {at_most} presses: {stops}"
            stops.append(self.step(back=back))

    def go_to(self, role: Any, name: str, at_most: int = AT_MOST) -> None:
        """Tab there and press Enter."""
        self.tab_to(role, name, at_most)
        self.press("Enter")

    def skip_to(self, words: str) -> None:
        """The link for those who don't want to walk through the frame of a page."""
        self.go_to("link", words, at_most=3)

    def choose_file(self, path: Path, key: str) -> None:
        """The system's own dialog for files opens by a key; what is chosen there, the test says."""
        with self.page.expect_file_chooser() as chooser:
            self.press(key)
        chooser.value.set_files(path)

    def walk(self, at_most: int) -> list[str]:
        """Every stop of the page to its end, each looked at."""
        stops: list[str] = []
        while stop := self.step():
            stops.append(stop)
            assert len(stops) <= at_most, stops
        return stops

    def step(self, *, back: bool = False) -> str:
        """One press of Tab or Shift+Tab; where it led to."""
        self.tabs += 1
        self.press("Shift+Tab" if back else "Tab")
        return self.look()
