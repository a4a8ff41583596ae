"""What tests of the studio's left pane do to it: drop, paste, choose, press, and read what it sends."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Locator, expect

from tests.serving import pictures
from tests.serving.studio_browser import Studio

PICTURE = pictures.encoded(pictures.disc())
_TRANSFER = """
  const data = new DataTransfer();
  for (const [name, type, base64] of files) {
    const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
    data.items.add(new File([bytes], name, { type }));
  }
"""
_DROP = f"""([selector, files]) => {{ {_TRANSFER}
  const target = document.querySelector(selector);
  for (const name of ["dragenter", "dragover", "drop"]) {{
    target.dispatchEvent(new DragEvent(name, {{ dataTransfer: data, bubbles: true, cancelable: true }}));
  }}
}}"""
_PASTE = f"""([text, files]) => {{ {_TRANSFER}
  if (text) data.setData("text/plain", text);
  const event = new ClipboardEvent("paste", {{ clipboardData: data, bubbles: true, cancelable: true }});
  document.activeElement.dispatchEvent(event);
}}"""
_BUS = """async ([names, said]) => {
  const bus = await import(new URL("bus.js", document.querySelector('script[src$="/main.js"]').src));
  window.heard ??= [];
  for (const name of names) bus.hear(name, (detail) => window.heard.push([name, detail]));
  if (said) bus.say(...said);
}"""

File = tuple[str, bytes]


class Composer:
    """The left pane of an open studio."""

    def __init__(self, studio: Studio) -> None:
        self.studio = studio
        self.page = studio.page
        self.pane = studio.page.locator("#composer")
        self.ready()

    def ready(self) -> None:
        self.page.locator('#composer[data-state="ready"]').wait_for()

    def choose(self, group: str, feature: str = "") -> None:
        """A group of features, and one of it."""
        names = [("task", group), *([("feature", feature)] if feature else [])]
        for choice, words in names:
            self.pane.locator(f'[data-choice="{choice}"]').get_by_text(words, exact=True).click()
            expect(self.pane).not_to_have_attribute("aria-busy", "true")

    def drop(self, *files: File, on: str = "body") -> None:
        self.page.evaluate(_DROP, [on, _carried(files)])

    def paste(self, *files: File, text: str = "") -> None:
        self.page.evaluate(_PASTE, [text, _carried(files)])

    def hear(self, *names: str) -> Callable[[], list[Any]]:
        """Listen to the bus. -> a function that answers what was said: [name, detail] each."""
        self.page.evaluate(_BUS, [names, None])
        return lambda: list(self.page.evaluate("() => window.heard"))

    def say(self, name: str, **detail: Any) -> None:
        """Say something on the bus, as another part of the page would."""
        self.page.evaluate(_BUS, [[], [name, detail]])

    def slot(self, name: str) -> Locator:
        return self.pane.locator(f'[data-slot="{name}"]')

    def sent(self, *names: str) -> None:
        """Wait until the files in these inputs are on the server."""
        for name in names:
            expect(self.slot(name)).to_have_attribute("data-state", "done")

    def filled(self) -> list[str]:
        """The inputs that hold something."""
        slots = self.pane.locator("[data-slot][data-filled]").all()
        return [str(slot.get_attribute("data-slot")) for slot in slots]

    def field(self, name: str) -> Locator:
        return self.pane.locator(f'[data-field="{name}"]')

    def control(self, name: str) -> Locator:
        return self.field(name).locator("input:not([type=range]), select, textarea")

    def problem(self, where: Locator) -> Locator:
        return where.locator(".problem")

    def unfold(self) -> None:
        """Open the advanced fields, if they are not."""
        if self.pane.locator(".composer-advanced:not([open])").count():
            self.pane.locator(".composer-advanced > summary").click()

    def generate(self) -> tuple[dict[str, Any], dict[str, Any], dict[str, str]]:
        """Press the button. -> the body that was sent, the answer, and the headers of the request."""
        with self.page.expect_response(_is_submit) as caught:
            self.page.locator("#generate").click()
        request = caught.value.request
        return json.loads(request.post_data or ""), caught.value.json(), request.headers

    def code(self, language: str) -> str:
        """What "Copy as …" shows, read from the page; the dialog is closed again."""
        self.pane.get_by_role("button", name=f"Copy as {language}").click()
        text = self.page.locator(".code-dialog[open] code").text_content()
        self.page.locator(".code-dialog[open]").get_by_role("button", name="Close").click()
        return text or ""


def _carried(files: tuple[File, ...]) -> list[list[str]]:
    kinds = {"png": "image/png", "txt": "text/plain"}
    return [
        [name, kinds.get(name.rpartition(".")[2], ""), base64.b64encode(data).decode()]
        for name, data in files
    ]


def _is_submit(response: Any) -> bool:
    path = response.url.partition("/api/v1/")[2]
    return response.request.method == "POST" and not path.startswith(("file-upload/", "system/"))
