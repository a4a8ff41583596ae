"""A measure of the whole that a text gives in figures: "a vase, 20 cm tall", "a 3 m tree", "a bolt, 40 mm long"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Along = Literal["height", "width", "depth", "longest"]

LEAST_M, MOST_M = 0.001, 1000.0  # as target_height_m has them
_UNITS = {
    "mm": 0.001,
    "millimetre": 0.001,
    "millimeter": 0.001,
    "cm": 0.01,
    "centimetre": 0.01,
    "centimeter": 0.01,
    "m": 1.0,
    "metre": 1.0,
    "meter": 1.0,
    "inch": 0.0254,
    "ft": 0.3048,
    "foot": 0.3048,
    "feet": 0.3048,
}
_ALONG: dict[str, Along] = {
    "tall": "height",
    "high": "height",
    "height": "height",
    "wide": "width",
    "width": "width",
    "deep": "depth",
    "depth": "depth",
    "long": "longest",
    "length": "longest",
}
_FIGURE = r"(?<![\w.,])(?P<figure>\d{1,6}(?:[.,]\d{1,6})?)[\s-]*"
_UNIT = rf"(?P<unit>{'|'.join(sorted(_UNITS, key=len, reverse=True))})(?:e?s)?\b"
_SIDE = rf"(?P<side>{'|'.join(_ALONG)})\b"
# "20 cm tall", "20 cm in height"; "height: 20 cm"; "a 3 m tree" and "a wall, 3 m", at either end of the text.
_FORMS = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        rf"{_FIGURE}{_UNIT}[\s-]*(?:in\s+)?{_SIDE}",
        rf"\b{_SIDE}(?:\s*[:=]\s*|\s+(?:of\s+)?){_FIGURE}{_UNIT}",
        rf"^\s*(?:an?\s+|the\s+)?{_FIGURE}{_UNIT}(?=[\s-]+\w)",
        rf"{_FIGURE}{_UNIT}[\s.!]*$",
    )
)
# After these a measure is that of a part: "a robot with arms 20 cm long".
_OF_A_PART = re.compile(r"\b(with|having|whose|has)\b", re.IGNORECASE)
_NOT_WHOLE = re.compile(r"\s+(from|away|apart|above|below|off|thick)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Measure:
    """The words that give it, the side that they speak of, and its length in metres."""

    said: str
    along: Along
    metres: float


def read_measure(text: str) -> tuple[str, Measure | None]:
    """The text without the measure of its object, and that measure; the text as it is where it gives none."""
    for form in _FORMS:
        for found in form.finditer(text):
            measure = _measure(found)
            if measure is not None and not _is_of_a_part(text, found):
                return f"{text[: found.start()]} {text[found.end() :]}".strip(" ,"), measure
    return text, None


def _measure(found: re.Match[str]) -> Measure | None:
    """None for what is too small or too large to be made."""
    row = found.groupdict()
    metres = _number(row["figure"]) * _UNITS[row["unit"].lower()]
    if not LEAST_M <= metres <= MOST_M:
        return None
    along = _ALONG[row["side"].lower()] if row.get("side") else "longest"
    said = found.group()[min(found.start("figure"), _side_at(found)) - found.start() :]
    return Measure(" ".join(said.split()), along, metres)


def _side_at(found: re.Match[str]) -> int:
    """Where the word for the side stands; where there is none, the end."""
    return found.start("side") if "side" in found.re.groupindex else found.end()


def _number(figure: str) -> float:
    """ "1.2" and "1,2" are the same; "1,000" is a thousand."""
    whole, comma, after = figure.partition(",")
    return float(whole + after if comma and len(after) == 3 else figure.replace(",", "."))


def _is_of_a_part(text: str, found: re.Match[str]) -> bool:
    clause = re.split(r"[,;:.!?\n]\s", text[: found.start()])[-1]
    return bool(_OF_A_PART.search(clause) or _NOT_WHOLE.match(text[found.end() :]))
