"""Things that are of one stuff throughout: a chocolate rabbit has no white tail, an ice swan no orange beak.

What is carved, cast or moulded is so with all its parts. A living thing of such a stuff is a figure of it; of other
things it is so for what is eaten or melts.
"""

from __future__ import annotations

from pipelines.words.colours import RGB, shaded
from pipelines.words.finish import Finish
from pipelines.words.looks import Looks

_EDIBLE = frozenset("wax bread sponge waffle".split())
_MELTING = frozenset("ice snow sand".split())
_CARVED = frozenset(
    "clay cardboard bone straw plaster ceramic marble granite stone rock sandstone slate wood planks charred_wood "
    "concrete glass obsidian jade amethyst coal knit wicker cork terrazzo slime plastic".split()
)
_CAST = frozenset("gold silver copper brass steel verdigris".split())
# By the folder that a family stands in: the stuffs whose things are of one piece. "": of every other folder.
OF_ONE_PIECE = {
    "animals": _EDIBLE | _MELTING | _CARVED | _CAST,
    "people": _EDIBLE | _MELTING | _CARVED - {"plastic"},
    "buildings": _EDIBLE | _MELTING,
    "": _EDIBLE,
}
EYES = frozenset("eye eyes eyeballs pupils".split())
# How much darker what stands out is than the rest, so that it shows: a being's is one body, a house has a door.
STANDS_OUT = {"second": -0.16, "fixed": -0.16}
DOORS_AND_SUCH = {"second": -0.25, "fixed": -0.45}
EYES_DARKER = -0.6  # where even these are of the stuff
_BEINGS = frozenset(("animals", "people"))


def is_one_piece(folder: str, main: Finish) -> bool:
    """Whether a thing whose main stuff was asked for is of it throughout. folder: where its family stands."""
    return main.material in OF_ONE_PIECE.get(folder, OF_ONE_PIECE[""])


def of_one_piece(
    name: str, slot: str, finish: Finish, looks: Looks, colour: RGB, folder: str
) -> Finish:
    """The finish of one part of such a thing; `colour` is that of the stuff by itself."""
    asked = looks.parts.get(name)
    main = looks.main
    if asked or slot == "main":
        return finish
    if slot == "second" and looks.second:
        return finish
    eyes = not EYES.isdisjoint(name.split())
    if eyes and main.material not in _EDIBLE | _MELTING:
        return finish
    shades = STANDS_OUT if folder in _BEINGS else DOORS_AND_SUCH
    by = EYES_DARKER if eyes else shades[slot]
    return Finish(
        main.material, shaded(main.colour or colour, by), main.roughness, stuff=main.stuff
    )
