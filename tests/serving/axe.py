"""axe-core on a page: what a rule book of accessibility finds there. Needs what ./setup.sh --test installs."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from playwright.sync_api import Page

PROGRAM = Path(__file__).resolve().parents[1] / "node/node_modules/axe-core/axe.min.js"
GRAVE = ("serious", "critical")
_RUN = """async () => {
  const { violations } = await axe.run(document, { resultTypes: ["violations"] });
  return violations.flatMap(({ id, impact, nodes }) =>
    nodes.map(({ target, html }) => ({ id, impact, where: target.join(" "), html: html.slice(0, 160) })));
}"""


class AxeMissing(RuntimeError):
    """axe-core is not installed."""


def grave_findings(page: Page) -> list[str]:
    """What axe finds serious or critical on the page as it is, a line each."""
    if not page.evaluate("() => 'axe' in globalThis"):
        page.evaluate(_program())
    found = page.evaluate(_RUN)
    return [
        f"{row['impact']} {row['id']} at {row['where']}: {row['html']}"
        for row in found
        if row["impact"] in GRAVE
    ]


@cache
def _program() -> str:
    if not PROGRAM.is_file():
        raise AxeMissing("axe-core is not here: ./setup.sh --test installs it")
    return PROGRAM.read_text("utf-8")
