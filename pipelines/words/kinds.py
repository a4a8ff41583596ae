"""Kinds of a material that have a colour or a gloss of their own: walnut is a dark wood, satin a glossy fabric."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pipelines.words.colours import RGB, rgb

LIST = Path(__file__).with_name("kinds.txt")


@dataclass(frozen=True)
class Kind:
    """A word for a material; colour in sRGB and roughness where they are not the material's own."""

    material: str
    colour: RGB | None = None
    roughness: float | None = None


def _read() -> dict[str, Kind]:
    """The rows of the list. Raises ValueError for a word that stands there twice or a line that is no row."""
    table: dict[str, Kind] = {}
    for number, line in enumerate(LIST.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        material, colon, row = line.partition(":")
        if not colon or not material.strip() or not row.split():
            raise ValueError(f"line {number} of {LIST.name} is no row: {line!r:.60}")
        for entry in row.split():
            word, _, look = entry.partition("=")
            code, _, roughness = look.partition("/")
            phrase = word.replace("_", " ")
            if phrase in table:
                raise ValueError(f"{phrase} is a kind of {table[phrase].material} and {material}")
            table[phrase] = Kind(
                material, rgb(code) if code else None, float(roughness) if roughness else None
            )
    return table


KINDS: dict[str, Kind] = _read()
