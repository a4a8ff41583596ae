"""A real browser for tests: pages that are watched, the studio on a real server, and pictures of what is drawn.

The browser is the system's Chromium; ./setup.sh --test installs it as root. Where there is none, or with
SKIP_BROWSER_TESTS=1, the tests that need it are skipped and pytest's summary says so.
"""

from __future__ import annotations

import io
import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pytest
from PIL import Image, ImageStat
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Locator,
    Page,
    Request,
    Response,
    expect,
    sync_playwright,
)

from tests.serving.live import Client, Server
from tests.serving.second_api import RAW_MESH, ended, submit
from tests.serving.wire_tap import Wire

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
WITHIN_MS = 30_000
DESKTOP = {"width": 1400, "height": 900}
# WebGL without a GPU; no browser falls back to that by itself any more.
SOFTWARE_WEBGL = (
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--ignore-gpu-blocklist",
)
# A page may drop what it asked for, and a picture of a canvas makes the driver wait.
HARMLESS = re.compile(r"net::ERR_ABORTED$|GL Driver Message \(OpenGL, Performance")


@pytest.fixture(scope="module")
def studio_chromium() -> Iterator[Browser]:
    """The browser, started once for the tests of a file."""
    if os.environ.get("SKIP_BROWSER_TESTS") == "1":
        pytest.skip("SKIP_BROWSER_TESTS is 1")
    program = next((path for name in NAMES if (path := shutil.which(name))), None)
    if program is None:
        pytest.skip("no Chromium is here (on Debian: apt-get install chromium)")
    as_root = ("--no-sandbox",) if os.geteuid() == 0 else ()
    expect.set_options(timeout=WITHIN_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program, args=[*SOFTWARE_WEBGL, *as_root]
        )
        yield browser
        browser.close()


class Watched:
    """One page, and all that it asked for and complained of."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.asked: list[str] = []
        self.complaints: list[str] = []
        page.on("request", lambda request: self.asked.append(request.url))
        page.on("response", self._answered)
        page.on("console", self._said)
        page.on("pageerror", lambda error: self.complaints.append(f"error: {error}"))
        page.on("requestfailed", self._failed)

    def _answered(self, answer: Response) -> None:
        if answer.status >= 400:
            self.complaints.append(f"{answer.status}: {answer.url}")

    def _said(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            where = message.location.get("url", "")
            self.complaints.append(f"console: {message.text} ({where})")

    def _failed(self, request: Request) -> None:
        self.complaints.append(f"failed: {request.url} {request.failure}")

    def assert_asked_nobody_else(self, url: str) -> None:
        """All requests went to the server at `url`."""
        assert self.asked, "nothing was asked for"
        own = (url + "/", "data:", "blob:")
        foreign = [asked for asked in self.asked if not asked.startswith(own)]
        assert not foreign, foreign


class Studio(Watched):
    """The studio in a browser of its own, and the API as the same client.

    `server` is the real one; `wire` lies between it and the browser; `client` calls from the same address and with the
    same key, so that the page shows what it submits.
    """

    def __init__(self, page: Page, server: Server, wire: Wire, client: Client) -> None:
        super().__init__(page)
        self.server = server
        self.wire = wire
        self.client = client
        self._expected: list[re.Pattern[str]] = []

    def open(self, path: str = "/") -> None:
        """Go to a path and wait until the page is ready."""
        self.page.goto(self.wire.url + path)
        self.ready()

    def ready(self) -> None:
        """Wait until the page is ready, after a reload for example."""
        self.page.locator('body[data-state="ready"]').wait_for()

    def expects(self, *patterns: str) -> None:
        """Complaints that this test brings about, as patterns of what `complaints` holds ("503: .*/events").

        The browser itself writes an error to the console for each answer that it does not like: of one that is
        expected, that line is too.
        """
        self._expected += [re.compile(pattern) for pattern in patterns]

    def unexpected(self) -> list[str]:
        """What the page complained of and no test expects."""
        expected = [*self._expected, HARMLESS]
        return [
            said
            for said in self.complaints
            if not any(pattern.search(said) for pattern in expected)
        ]

    def assert_clean(self) -> None:
        """Nobody else was asked, and nothing went wrong but what was expected."""
        if not self.page.is_closed():
            self.page.locator("body").count()  # what happened until now has been told by then
        self.assert_asked_nobody_else(self.wire.url)
        wrong = self.unexpected()
        assert not wrong, wrong

    def submit(self, path: str = RAW_MESH, **fields: Any) -> str:
        """Send a job as JSON over the API, of a small picture where none is given. -> its job_id"""
        return submit(self.client, path, **fields)

    def ended(self, job_id: str) -> dict[str, Any]:
        """The status of a job when it has ended."""
        return ended(self.client, job_id)


@dataclass(frozen=True)
class Picture:
    """What an element looks like, as the browser has put it together."""

    image: Image.Image

    @cached_property
    def luminance(self) -> Image.Image:
        return self.image.convert("L")

    @property
    def mean(self) -> float:
        """Mean grey, 0 to 255."""
        return float(ImageStat.Stat(self.luminance).mean[0])

    @property
    def deviation(self) -> float:
        """Standard deviation of the grey; 0 for a blank."""
        return float(ImageStat.Stat(self.luminance).stddev[0])

    @property
    def grey_levels(self) -> int:
        return sum(count > 0 for count in self.luminance.histogram())

    def colours(self, least_share: float = 0.0) -> int:
        """Colours (16 steps a channel) that cover more than this share of it."""
        steps = self.image.convert("RGB").point(lambda value: value // 16 * 16)
        counted = steps.getcolors(steps.width * steps.height) or []
        least = least_share * steps.width * steps.height
        return sum(count > least for count, _ in counted)


def picture_of(shown: Locator | Page) -> Picture:
    """A screenshot of an element or a page."""
    return Picture(Image.open(io.BytesIO(shown.screenshot())).convert("RGB"))


OpenStudio = Callable[..., Studio]


@pytest.fixture
def open_studio(
    studio_chromium: Browser, new_client: Callable[[Server], Client]
) -> Iterator[OpenStudio]:
    """Opens the studio of a server, each time in a browser that has never seen it and at an address of its own.

    open_studio(server, path="/", key="", before=None, **what new_context() takes): `key` is kept in the browser as the
    page keeps it; `before` is called with the Studio before the page is loaded. A `path` of None opens nothing yet.
    """
    made: list[Studio] = []
    with ExitStack() as stack:

        def open_it(
            server: Server,
            path: str | None = "/",
            key: str = "",
            before: Callable[[Studio], None] | None = None,
            **options: Any,
        ) -> Studio:
            client = new_client(server)
            wire = Wire(server, client.address)
            stack.callback(wire.close)
            context = studio_chromium.new_context(**{"viewport": DESKTOP, **options})
            stack.callback(context.close)
            context.set_default_timeout(WITHIN_MS)
            if key:
                _keep_key(context, client, key)
            studio = Studio(context.new_page(), server, wire, client)
            made.append(studio)
            if before:
                before(studio)
            if path is not None:
                studio.open(path)
            return studio

        yield open_it
        for studio in made:
            studio.assert_clean()


def _keep_key(context: BrowserContext, client: Client, key: str) -> None:
    client.headers["Authorization"] = f"Bearer {key}"
    context.add_init_script(
        f"if (location.protocol === 'http:') sessionStorage.setItem('meshkiln.key', '{key}')"
    )


@pytest.fixture
def studio(open_studio: OpenStudio, server: Server) -> Studio:
    """The studio of the whole server, opened and ready; at the end, only what was expected went wrong."""
    return open_studio(server)
