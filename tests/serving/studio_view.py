"""What tests of the studio's view share: what is put on its stage, and pictures of it."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from PIL import Image, ImageChops, ImageStat
from playwright.sync_api import Locator, expect

from tests.serving.live import Server
from tests.serving.second_api import V1, completed, submit
from tests.serving.studio_browser import OpenStudio, Picture, Studio, picture_of

RAW_TEXT = f"{V1}/mesh-generation/text-to-raw-mesh"
TEXTURED_TEXT = f"{V1}/mesh-generation/text-to-textured-mesh"
SEGMENT = f"{V1}/mesh-segmentation/segment-mesh"
RIG = f"{V1}/auto-rigging/generate-rig"
CLEARLY = 1.0  # mean difference of two pictures that show other things
# No damping: a picture is final at once. A small window: a processor draws.
STILL = {"reduced_motion": "reduce", "viewport": {"width": 1100, "height": 640}}
# A picture taken now is of the last frame: the page draws only when something changed.
FRAMES = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
PREVIEW = """(text) => {
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  return URL.createObjectURL(new Blob([bytes], { type: "model/gltf-binary" }));
}"""
TELL = """async ([name, detail]) => {
  const main = document.querySelector('script[src$="/main.js"]').src;
  (await import(new URL("bus.js", main).href)).say(name, detail);
}"""
HEAR = """async (names) => {
  const main = document.querySelector('script[src$="/main.js"]').src;
  const { hear } = await import(new URL("bus.js", main).href);
  window.heard = [];
  for (const name of names) hear(name, (detail) => window.heard.push([name, detail]));
}"""


class View:
    """The centre pane of an open studio."""

    def __init__(self, studio: Studio) -> None:
        self.studio = studio
        self.page = studio.page
        self.pane = self.page.locator("#viewport")
        self.canvas = self.page.locator("canvas.vp-canvas")

    def tell(self, event: str, **detail: Any) -> None:
        """Say something on the page's bus, as another part of it would."""
        self.page.evaluate(TELL, [event, detail])

    def becomes(self, state: str) -> None:
        expect(self.pane).to_have_attribute("data-state", state)

    def show(self, job: dict[str, Any]) -> None:
        self.tell("show", job=job)
        self.becomes("ready")

    def preview(self, glb: bytes, name: str = "mesh.glb", then: str = "ready") -> None:
        """Show a file of the person's own."""
        url = self.page.evaluate(PREVIEW, base64.b64encode(glb).decode())
        self.tell("preview", url=url, name=name)
        self.becomes(then)

    def compare(self, job: dict[str, Any]) -> None:
        self.tell("compare", job=job)
        expect(self.pane).to_have_attribute("data-compare", "true")
        self.becomes("ready")

    def mode(self, name: str) -> None:
        self.button(name).click()
        expect(self.button(name)).to_have_attribute("aria-pressed", "true")

    def button(self, mode: str) -> Locator:
        return self.page.locator(f'button[data-mode="{mode}"]')

    def tool(self, name: str) -> Locator:
        return self.page.locator(f'button[data-tool="{name}"]')

    def settle(self) -> None:
        """Until what changed has been drawn."""
        self.page.evaluate(FRAMES)

    def picture(self) -> Picture:
        """The canvas as the browser shows it, and what lies over it."""
        self.settle()
        return picture_of(self.canvas)

    def holds(self, what: str) -> int:
        """How many `pictures` were drawn, or `geometries` and `textures` the graphics card holds."""
        self.settle()
        return int(self.canvas.get_attribute(f"data-{what}") or 0)

    def turn(self, key: str = "ArrowLeft", times: int = 4) -> None:
        self.canvas.focus()
        for _ in range(times):
            self.page.keyboard.press(key)


def difference(one: Picture, other: Picture) -> float:
    """Mean difference of two pictures, 0 to 255."""
    assert one.image.size == other.image.size
    return float(ImageStat.Stat(ImageChops.difference(one.image, other.image).convert("L")).mean[0])


def middle(picture: Picture, like: Picture) -> Picture:
    """The middle of a picture, as wide as another one: what a drawer beside it leaves of the view."""
    left = (picture.image.width - like.image.width) // 2
    return Picture(picture.image.crop((left, 0, left + like.image.width, picture.image.height)))


def half(picture: Picture, side: str) -> Picture:
    """The left or the right half, without what lies at the top and the bottom."""
    width, height = picture.image.size
    left = 0 if side == "left" else width // 2
    return Picture(
        picture.image.crop((left + 4, height // 5, left + width // 2 - 4, height * 9 // 10))
    )


def hues(picture: Picture, least_share: float = 0.0005) -> set[int]:
    """The hues, in 24 steps around the circle, of what is clearly coloured and covers more than this share."""
    hue, saturation, value = picture.image.convert("HSV").split()
    strong = ImageChops.multiply(
        saturation.point(lambda level: 255 if level > 110 else 0),
        value.point(lambda level: 255 if level > 60 else 0),
    )
    counts = hue.histogram(mask=strong)
    least = least_share * picture.image.width * picture.image.height
    steps = [sum(counts[n * 256 // 24 : (n + 1) * 256 // 24]) for n in range(24)]
    return {n for n, count in enumerate(steps) if count > least}


def is_colour_near(picture: Picture, colour: str, reach: int = 40) -> bool:
    """Whether some surface is of this "#rrggbb", whatever the light makes of its brightness."""
    wanted = Image.new("RGB", (1, 1), colour).convert("HSV").getpixel((0, 0))
    assert isinstance(wanted, tuple)
    hue, saturation, _ = picture.image.convert("HSV").split()
    near = ImageChops.multiply(
        hue.point(lambda level: 255 if _apart(level, wanted[0]) < 8 else 0),
        saturation.point(lambda level: 255 if abs(level - wanted[1]) < reach * 2 else 0),
    )
    return near.histogram()[255] > 60


def _apart(one: int, other: int) -> int:
    return min((one - other) % 256, (other - one) % 256)


@pytest.fixture
def view(open_studio: OpenStudio, server: Server) -> View:
    """The view of a studio where nothing moves by itself."""
    return View(open_studio(server, **STILL))


def made(view: View, path: str, **fields: Any) -> dict[str, Any]:
    """A result of a job of the page's own client."""
    return completed(view.studio.client, submit(view.studio.client, path, **fields))


def assert_is_a_picture(shown: Picture) -> None:
    """Not blank: light and dark, and many levels of grey."""
    assert shown.deviation > 20
    assert shown.grey_levels > 50
