"""What a vessel holds: a level body in its hollow, or the look of what it is full of already.

Y up; any unit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from manifold3d import Manifold

from pipelines.geometry.families.forms import unite
from pipelines.geometry.families.part_shapes import box_of
from pipelines.geometry.families.registry import Part
from pipelines.words.contents import CLEAR, HELD, Contents
from pipelines.words.relations import CLOSED

LEVEL = 0.93  # of a vessel's height that its contents reach
LEAST = 0.02  # of a vessel's hull, below which a hollow holds nothing


def filled(parts: Sequence[Part], contents: Contents | None, family: str) -> tuple[list[Part], str]:
    """The parts with what the vessel is said to hold, and that in a word where it cannot be seen."""
    if contents is None:
        return list(parts), ""
    own = next((at for at, part in enumerate(parts) if HELD & set(part.name.split())), None)
    if own is None and family in CLEAR:
        own = next(at for at, part in enumerate(parts) if "glass" in part.name.split())
    if own is not None:
        held = replace(parts[own], finish=_look(contents, family), slot="fixed")
        return [held if at == own else part for at, part in enumerate(parts)], ""
    body = None if family in CLOSED else _body(parts)
    if body is None:
        return list(parts), contents.word
    return [*parts, Part("contents", body, contents.look)], ""


def _look(contents: Contents, family: str) -> str:
    """In clear glass the stuff's colour shows."""
    return contents.look.replace("plastic", "glass") if family in CLEAR else contents.look


def _body(parts: Sequence[Part]) -> Manifold | None:
    """The part of the main body's hull below LEVEL that is in its hollow; None where it has none.

    The hollow is what no outer side of the hull's box reaches: handles and feet leave gaps of their own.
    """
    vessel = unite([part.solid for part in parts if part.slot == "main"])
    whole = unite([part.solid for part in parts])
    box = box_of(vessel)
    level = float(box[0, 1] + LEVEL * (box[1, 1] - box[0, 1]))
    hull = vessel.hull()
    gaps = (hull - whole).trim_by_plane((0, -1, 0), -level).decompose()
    inner = [gap for gap in gaps if _is_inside(box_of(gap), box, level)]
    body = max(inner, key=Manifold.volume, default=None)
    return body if body is not None and body.volume() > LEAST * hull.volume() else None


def _is_inside(gap: np.ndarray, box: np.ndarray, level: float) -> bool:
    """Whether a gap reaches the level, and neither the ground nor a side of the vessel."""
    margin = 1e-3 * (box[1] - box[0])
    sides = bool(
        (gap[0] > box[0] + margin)[[0, 2]].all() and (gap[1] < box[1] - margin)[[0, 2]].all()
    )
    return sides and gap[1, 1] > level - margin[1] and gap[0, 1] > box[0, 1] + 1e-4 * margin[1]
