"""What age does to surfaces: colours fade and turn brown, metal rusts, masonry grows moss; new ones shine.

Colours are linear mixes of the sRGB values 0 to 1 that finishes hold.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pipelines.geometry.families.registry import Part
from pipelines.geometry.materials.registry import materials
from pipelines.words.ages import Age
from pipelines.words.coats import Coat
from pipelines.words.colours import RGB
from pipelines.words.finish import Finish

DIRT: RGB = (0.27, 0.2, 0.13)
GREY_HAIR: RGB = (0.78, 0.77, 0.75)
FADED = 0.5  # share of a colour's strength that the oldest thing has lost
BROWNED = 0.28  # share of dirt in its colour
GREYED = 0.55  # share of grey in the coat of the oldest
GREYED_HAIR = 1.5  # as GREYED, in people's hair: an old man's is grey, not grizzled
# These keep what they are made of: light, liquid, and what no years change.
_UNCHANGED = frozenset("neon lava embers water galaxy snow ice".split())
_METAL = frozenset("paint steel rust hammered_metal diamond_plate chainmail".split())
_MASONRY = frozenset("stone brick plaster tiles concrete bark wood".split())
_HAIRY = frozenset("fur hair wool feathers".split())
_GROWN = _HAIRY | frozenset(("skin", "scales", "wings", "fin", "fins", "beak"))
RUSTY, MOSSY = 0.6, 0.9  # how worn a thing must be for them
FRESH_SHARE = 0.6  # of its roughness that a new surface has


def alive(parts: Sequence[Part], age: Age) -> bool:
    """Whether an object has eyes and a skin, and is no statue: the years do other things to it."""
    names = {name for part in parts for name in part.name.split()}
    stuffs = {word for part in parts for word in part.finish.split()}
    return not age.statue and "eyes" in names and bool((names | stuffs) & _GROWN)


def aged(finishes: Sequence[Finish], parts: Sequence[Part], age: Age) -> list[Finish]:
    """The finishes of parts after as many years as asked; those that are new shine."""
    living = alive(parts, age)
    if age.fresh and not living:
        return [_fresh(finish) for finish in finishes]
    return [_old(finish, age.worn, living=living) if age.worn else finish for finish in finishes]


def coats(main: Finish, parts: Sequence[Part], age: Age) -> list[Coat]:
    """What the years lay over a whole object whose main finish is given."""
    if not age.worn or alive(parts, age):
        return []
    laid = [Coat(Finish("dirt", DIRT), "crevices")]
    if age.worn >= RUSTY and main.material in _METAL:
        laid.append(Coat(Finish("rust"), "patches"))
    elif age.worn >= MOSSY and main.material in _MASONRY:
        laid.append(Coat(Finish("moss"), "growth"))
    return laid


def told(parts: Sequence[Part], age: Age, laid: Sequence[Coat], *, changed: bool) -> list[str]:
    """What was done, in words; `laid` are the coats, changed: whether any finish is another."""
    living = alive(parts, age)
    if age.worn and living:
        return ["hair greyed"] if changed else []
    if age.worn:
        names = [coat.finish.material or "" for coat in laid]
        return ["colours faded and browned", *(f"{name} laid on" for name in names)]
    return ["surfaces made smoother"] if age.fresh and changed else []


def _old(finish: Finish, worn: float, *, living: bool) -> Finish:
    material = materials().get(finish.material or "paint")
    if material is None or material.name in _UNCHANGED:
        return finish
    colour = finish.colour or material.colour
    if living:
        if material.name not in _HAIRY:
            return finish
        share = min(GREYED_HAIR * worn, 1.0) if material.name == "hair" else GREYED * worn
        return replace(finish, colour=_mixed(colour, GREY_HAIR, share))
    grey = 0.3 * colour[0] + 0.59 * colour[1] + 0.11 * colour[2]
    faded = _mixed(colour, (grey, grey, grey), FADED * worn)
    rough = None if finish.roughness is None else max(finish.roughness, 0.5 + 0.4 * worn)
    accent = finish.accent and _mixed(finish.accent, DIRT, BROWNED * worn)
    return replace(
        finish, colour=_mixed(faded, DIRT, BROWNED * worn), roughness=rough, accent=accent
    )


def _fresh(finish: Finish) -> Finish:
    if finish.material in ("paint", "plastic", "wood", "steel", "leather", "ceramic", None):
        rough = 0.45 if finish.roughness is None else finish.roughness
        return replace(finish, roughness=rough * FRESH_SHARE)
    return finish


def _mixed(first: RGB, second: RGB, share: float) -> RGB:
    r, g, b = (a + (c - a) * share for a, c in zip(first, second, strict=True))
    return (r, g, b)
