"""Prompts of several materials, each with its place: "gold with silver trim", "snow on top", "moss in the crevices".

Strings alone: what a place is on a mesh is known elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pipelines.words.finish import Finish, finish_and_ignored
from pipelines.words.tokens import words

_PLACES = {
    "top": "on top of; on top; at the top; on the top; on its top; the top; top half; upper half; upper part; "
    "up top; top",
    "bottom": "at the bottom of; at the bottom; on the bottom; the bottom; at the base; the base; lower half; "
    "lower part; bottom half; at the feet; near the ground; at the foot; bottom",
    "edges": "on the edges; along the edges; at the edges; around the edges; on its edges; the edges; edges; edge; "
    "edging; rims; rim; trim; trims; trimming; trimmings; borders; border; ridges; ridge; on the corners; corners; "
    "accents; details; outlines; outline; lining",
    "crevices": "in the crevices; in its crevices; between the cracks; in the cracks; in cracks; in the creases; "
    "in the grooves; in the gaps; in the joints; in the folds; in the recesses; in the hollows; in the corners; "
    "in crevices; crevices; cracks; creases; grooves; gaps; recesses; hollows; folds; cavities",
    "underside": "on the underside; underneath; underside; from below; below",
    "sides": "on the sides; on its sides; the sides; sides",
    "front": "on the front; at the front; in front; front side; the front; front",
    "back": "on the back; at the back; at the rear; the back; back side; rear",
    "left": "on the left; on the left side; left half; left side",
    "right": "on the right; on the right side; right half; right side",
    "middle": "in the middle; around the middle; in the centre; in the center; the middle; at the waist; band; belt",
    "patches": "patches of; in patches; patches; patch; patchy; spots of; stains of; stains; splashes of; splashes; "
    "splatters; blotches of; blotches; partly; partially; flecks of; flecks; bits of; here and there",
}
# Phrases that put the place before the material: "edged with gold" is "edges gold".
_TURNED = {
    r"(topped|capped|crowned|dusted|sprinkled) (with|by|in)": ", on top ",
    r"(edged|trimmed|rimmed|bordered|lined|framed) (with|by|in)": ", edges ",
    r"dipped in": ", at the bottom ",
    r"(splattered|speckled|stained|flecked|spotted) (with|by|in)": ", patches of ",
}
# Where a second material goes that is named without a place: "stone with moss".
NATURAL = {
    "moss": "growth",
    "grass": "growth",
    "leaves": "growth",
    "snow": "top",
    "ice": "top",
    "sand": "top",
    "rust": "patches",
    "verdigris": "patches",
    "dirt": "crevices",
    "lava": "crevices",
    "gold": "edges",
    "silver": "edges",
    "copper": "edges",
    "brass": "edges",
}
# What a material without a base of its own lies on: "snow on top" of what?
_BASES = {
    "rust": "steel",
    "verdigris": "copper",
    "moss": "stone",
    "snow": "stone",
    "ice": "stone",
    "grass": "dirt",
    "leaves": "bark",
    "lava": "stone",
    "dirt": "stone",
    "sand": "stone",
}
MOST_COATS = 6  # each is a mask and a layer over every pixel
_JOINT = re.compile(r"\b(?:on|of|over)\b")
_SPLIT = re.compile(r"[,;:/+&.]|\b(?:with|and|but|plus|has|having)\b")


@dataclass(frozen=True)
class Coat:
    """A finish that lies over another one at a place, one of `places()`."""

    finish: Finish
    place: str


@dataclass
class Dress:
    """What a prompt says of a whole surface: the finish beneath, the coats upon it, and the words of no effect."""

    base: Finish
    coats: list[Coat] = field(default_factory=list)
    unused: list[str] = field(default_factory=list)


def places() -> tuple[str, ...]:
    """Every place that a coat may have."""
    return (*_PLACES, "growth")


def read_dress(text: str, materials: Mapping[str, str]) -> Dress:
    """The finish and the coats of a prompt. `materials`: word -> material's name. Nothing found: an empty base."""
    lower = " ".join(words_with_marks(text))
    for phrase, turned in _TURNED.items():
        lower = re.sub(rf"\b{phrase}\b", turned, lower)
    clauses = [clause for clause in (part.strip() for part in _SPLIT.split(lower)) if clause]
    placed = [found for clause in clauses for found in _pieces(clause, materials)]
    placed = _naturally_placed(placed, materials)
    if not any(place for _, place in placed):
        base, unused = finish_and_ignored(text, materials)
        return Dress(base, unused=unused)
    return _dressed(placed, materials)


def words_with_marks(text: str) -> list[str]:
    """The words of a text, lower-case and without accents, with the marks that part its clauses between them."""
    return [
        word
        for piece in re.split(r"([,;:/+&.])", text)
        for word in ([piece] if piece in set(",;:/+&.") else words(piece))
    ]


def _pieces(clause: str, materials: Mapping[str, str]) -> list[tuple[str, str]]:
    """A clause as (looks, place) pairs; place is "" where none is named. "snow on top of stone" makes two."""
    place, start, end = _place_in(clause)
    if not place:
        return [(clause, "")]
    before, after = clause[:start].strip(), clause[end:].strip()
    if not finish_and_ignored(before, materials)[0]:
        # "edges in gold on black marble": what follows "on" or "of" lies beneath.
        over, beneath = (*_JOINT.split(after, maxsplit=1), "")[:2]
        if finish_and_ignored(over, materials)[0] and finish_and_ignored(beneath, materials)[0]:
            return [(over.strip(), place), (beneath.strip(), "")]
        return [(f"{before} {after}".strip(), place)]
    if finish_and_ignored(after, materials)[0]:
        return [(before, place), (after, "")]
    return [(f"{before} {after}".strip(), place)]


def _place_in(clause: str) -> tuple[str, int, int]:
    """The longest place that a clause names, and where its words begin and end."""
    best = ("", 0, 0)
    for place, phrases in _PLACES.items():
        for phrase in phrases.split("; "):
            found = re.search(rf"\b{phrase}\b", clause)
            if found and found.end() - found.start() > best[2] - best[1]:
                best = (place, found.start(), found.end())
    return best


def _naturally_placed(
    pieces: list[tuple[str, str]], materials: Mapping[str, str]
) -> list[tuple[str, str]]:
    """Pieces without a place that name a second material get the place where it is found in nature."""
    finishes = [finish_and_ignored(looks, materials)[0] for looks, _ in pieces]
    bases = [i for i, (_, place) in enumerate(pieces) if not place and finishes[i].material]
    placed = list(pieces)
    for index in bases[1:]:
        place = NATURAL.get(finishes[index].material or "")
        if place and finishes[bases[0]].material != finishes[index].material:
            placed[index] = (pieces[index][0], place)
    return placed


def _dressed(pieces: list[tuple[str, str]], materials: Mapping[str, str]) -> Dress:
    dress = Dress(Finish())
    bare = " and ".join(looks for looks, place in pieces if not place)
    dress.base, dress.unused = finish_and_ignored(bare, materials)
    spoken: list[tuple[Coat, list[str]]] = []
    for looks, place in pieces:
        if not place:
            continue
        finish, unused = finish_and_ignored(looks, materials)
        dress.unused += unused
        if finish:
            spoken.append((Coat(finish, place), words(looks)))
    dress.coats, hidden = _seen(spoken)
    dress.unused = list(dict.fromkeys([*dress.unused, *hidden]))
    if not dress.base and dress.coats:
        dress.base = _beneath(dress.coats)
    return dress


def _seen(spoken: Sequence[tuple[Coat, list[str]]]) -> tuple[list[Coat], list[str]]:
    """The coats that are laid, at most MOST_COATS, and the words of all others.

    A later coat covers an earlier one of the same place.
    """
    kept: dict[str, tuple[Coat, list[str]]] = {}
    hidden: list[str] = []
    for coat, said in spoken:
        before = kept.pop(coat.place, None)
        if before is None and len(kept) == MOST_COATS:
            hidden += said
            continue
        if before and before[0] != coat:
            hidden += before[1]
        kept[coat.place] = (coat, said)
    shown = {word for _, said in kept.values() for word in said}
    return [coat for coat, _ in kept.values()], [word for word in hidden if word not in shown]


def _beneath(coats: list[Coat]) -> Finish:
    """What lies under coats that name no base. "blue at the top, yellow at the bottom": the last is all the rest."""
    for coat in coats:
        if coat.finish.material in _BASES:
            return Finish(_BASES[coat.finish.material])
    return coats.pop().finish if len(coats) > 1 else Finish()
