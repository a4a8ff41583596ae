"""What tests of the studio's history share: its cards and what they say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Locator, expect

from tests.serving.rehearsal import REHEARSAL
from tests.serving.studio_browser import Studio

CONNECTION = ".history-connection"
# What the browser itself says of a network that is away.
CUT = (r"net::ERR_", r"^console: Failed to load resource: net::ERR_")
STATES = """() => {
  window.seen = [];
  const look = () => {
    for (const card of document.querySelectorAll(".job")) {
      const stage = card.querySelector(".job-stage span").textContent;
      const { jobId, state } = card.dataset;
      const seen = [jobId, state, state === "processing" ? stage : ""].join(" ");
      if (!window.seen.includes(seen)) window.seen.push(seen);
    }
  };
  const all = { subtree: true, childList: true, attributes: true, characterData: true };
  new MutationObserver(look).observe(document.querySelector(".jobs"), all);
}"""


def card(studio: Studio, job_id: str) -> Locator:
    return studio.page.locator(f'.job[data-job-id="{job_id}"]')


def cards(studio: Studio) -> Locator:
    return studio.page.locator(".job:visible")


def button(studio: Studio, job_id: str, name: str) -> Locator:
    return card(studio, job_id).locator(f'button[data-act="{name}"]')


def expect_state(studio: Studio, job_id: str, state: str) -> None:
    expect(card(studio, job_id)).to_have_attribute("data-state", state)


def rehearse(studio: Studio, **params: Any) -> str:
    """A job of the model that does as it is told."""
    return studio.submit(REHEARSAL, **params)


def requests_of(studio: Studio, pattern: str) -> list[str]:
    return [url for url in studio.asked if re.search(pattern, url)]


def tell(studio: Studio, name: str, detail: dict[str, Any]) -> None:
    """Say something on the page's bus, as another part of it would."""
    studio.page.evaluate(
        """async ([name, detail]) => {
          const main = document.querySelector('script[src$="/main.js"]').src;
          (await import(new URL("bus.js", main).href)).say(name, detail);
        }""",
        [name, detail],
    )


@contextmanager
def seeing_states(studio: Studio) -> Iterator[list[str]]:
    """The states and stages that cards go through meanwhile, as "<job_id> <state> <stage>"; filled at the end."""
    studio.page.evaluate(STATES)
    seen: list[str] = []
    yield seen
    seen += studio.page.evaluate("() => window.seen")
