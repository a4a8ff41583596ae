"""Looks as words say them: a material, a colour, a gloss. "shiny red plastic" -> plastic, red, glossy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pipelines.words.colours import COLOURS, RGB, SHADES, shaded
from pipelines.words.kinds import KINDS, Kind
from pipelines.words.tokens import known_phrase, words

# Roughness that a word asks for, whatever the material.
GLOSS: dict[str, float] = {
    "shiny": 0.15,
    "glossy": 0.15,
    "polished": 0.12,
    "gleaming": 0.12,
    "shining": 0.15,
    "smooth": 0.3,
    "satin": 0.4,
    "matte": 0.95,
    "matt": 0.95,
    "dull": 0.9,
    "rough": 0.95,
}

NO_STUFFS = frozenset(("glasses",))  # they are worn or drunk from
# Materials that show a second colour; the others have but one.
TWO_COLOURED = frozenset(
    "stripes checker dots marble brick circuit_board tartan gradient chevron cow_print giraffe_print tie_dye "
    "floral plasma zebra_print".split()
)
# Patterns printed on a stuff: their own colours, with the stuff's gloss and grain.
PRINTS = frozenset(
    "stripes checker dots camouflage tartan zebra_print tiger_print leopard_print giraffe_print cow_print rainbow "
    "gradient chevron floral tie_dye glitter iridescent stained_glass".split()
)
# Patterns built of a stuff: its colours and gloss in their shape.
BUILT = frozenset(
    "brick tiles scales chainmail honeycomb hammered_metal diamond_plate plates corrugated planks wicker feathers "
    "knit cracked_earth".split()
)

# Metals that name a colour beside another one.
METAL_COLOURS: dict[str, RGB] = {
    "gold": (0.9, 0.7, 0.22),
    "silver": (0.83, 0.84, 0.85),
    "copper": (0.74, 0.44, 0.26),
    "brass": (0.76, 0.6, 0.27),
}


# Paint with flakes of metal: what "metallic" says of a colour, and of what is painted.
FLAKED = "metallic_paint"
_PAINTS = frozenset(("paint", FLAKED))


@dataclass(frozen=True)
class Finish:
    """How a surface looks. None leaves it to what stands behind: the part's own finish, or the material's own colour.

    shade is the share of white (above 0) or black (below) mixed into a colour that is not named: "dark wood".
    stuff is the material that a pattern is of: "marble tiles". glow: share of its colour that it sends out as light.
    """

    material: str | None = None
    colour: RGB | None = None
    roughness: float | None = None
    accent: RGB | None = None
    shade: float = 0.0
    stuff: str | None = None
    glow: float = 0.0

    def over(self, other: Finish) -> Finish:
        """This finish, with what it leaves open taken from `other`. A new material brings its own colour."""
        same = self.material is None or self.material == other.material
        # Flakes change no colour: "metallic paint" on what is red is red.
        same = same or (self.material == FLAKED and other.material in (None, *_PAINTS))
        return Finish(
            self.material or other.material,
            self.colour or (other.colour if same else None),
            self.roughness if self.roughness is not None else other.roughness if same else None,
            self.accent or (other.accent if same else None),
            self.shade or (other.shade if same and self.colour is None else 0.0),
            self.stuff or (other.stuff if same else None),
            self.glow or other.glow,
        )

    def __bool__(self) -> bool:
        return self != Finish()


@dataclass
class Gathered:
    """Adjectives met and not yet given to a noun."""

    colours: list[RGB] = field(default_factory=list)
    materials: list[str] = field(default_factory=list)
    roughness: float | None = None
    shade: float = 0.0
    said: list[str] = field(default_factory=list)
    colour_words: list[list[str]] = field(default_factory=list)
    material_words: list[list[str]] = field(default_factory=list)
    kinds: dict[str, Kind] = field(default_factory=dict)

    def take(self, row: Sequence[str], at: int, materials: Mapping[str, str]) -> int:
        """Read one word or phrase of looks at `at`. -> where it ends; `at` itself if it is none."""
        colour, colour_end = known_phrase(row, at, COLOURS)
        material, material_end = known_phrase(row, at, materials)
        if row[at] in NO_STUFFS:
            material_end = at
        if material_end > at and material_end >= colour_end:
            name = materials[material]
            self.materials.append(name)
            self.material_words.append(list(row[at:material_end]))
            kind = KINDS.get(material)
            if kind and kind.material == name:
                self.kinds[name] = kind
            self.said += row[at:material_end]
            return material_end
        if colour_end > at:
            self.colours.append(shaded(COLOURS[colour], self.shade))
            self.shade = 0.0
            self.colour_words.append(list(row[at:colour_end]))
            self.said += row[at:colour_end]
            return colour_end
        if row[at] in GLOSS:
            self.roughness = GLOSS[row[at]]
        elif row[at] in SHADES:
            self.shade = SHADES[row[at]]
        else:
            return at
        self.said.append(row[at])
        return at + 1

    def finish(self) -> Finish:
        first, second = (*self.colours, None, None)[:2]
        material, stuff = self._material_and_stuff()
        roughness, shade = self.roughness, self.shade
        if material in TWO_COLOURED & PRINTS and stuff in METAL_COLOURS and first and not second:
            # "red and gold stripes": the gold is what the second stripe is of.
            second, stuff = METAL_COLOURS[stuff], None
        dyed = material in PRINTS
        kind = self.kinds.get(material or "") or (None if dyed else self.kinds.get(stuff or ""))
        if kind:
            roughness = kind.roughness if roughness is None else roughness
            if first is None and kind.colour is not None:
                first, shade = shaded(kind.colour, shade), 0.0
        return Finish(material, first, roughness, second, shade, stuff)

    def _material_and_stuff(self) -> tuple[str | None, str | None]:
        """A pattern goes before what it is of, whichever is said first; of two stuffs the last is meant."""
        if not self.materials:
            return None, None
        if ["metallic"] in self.material_words and (self.colours or len(self.materials) > 1):
            return self._metallic()
        patterns = [name for name in self.materials if name in PRINTS | BUILT]
        stuffs = [name for name in self.materials if name not in PRINTS | BUILT]
        if not patterns:
            return self.materials[-1], None
        return patterns[-1], stuffs[-1] if stuffs else None

    def _metallic(self) -> tuple[str, None]:
        """A metallic colour is a paint with flakes in it; "metallic gold" is gold."""
        rows = zip(self.materials, self.material_words, strict=True)
        others = [name for name, said in rows if said != ["metallic"] and name not in _PAINTS]
        return (others[-1] if others else FLAKED), None

    def spare(self) -> list[str]:
        """The words that `finish` leaves out: a third colour, and a material that a later one replaces."""
        said = zip(self.materials, self.material_words, strict=True)
        shown = self._material_and_stuff()
        kept = {*shown, *_PAINTS, "steel"} if shown[0] == FLAKED else shown
        replaced = [spoken for name, spoken in said if name not in kept]
        return [word for spoken in (*self.colour_words[2:], *replaced) for word in spoken]

    def left_out(self, merged: Finish) -> list[str]:
        """The words of `finish` that did not come through into `merged`."""
        own = self.finish()
        lost: list[str] = []
        if own.material and merged.material != own.material:
            lost += self.material_words[-1]
        for spoken, colour in zip(self.colour_words, (own.colour, own.accent), strict=False):
            if colour not in (merged.colour, merged.accent):
                lost += spoken
        if own.roughness is not None and merged.roughness != own.roughness:
            lost += [word for word in self.said if word in GLOSS]
        if own.shade and merged.shade != own.shade:
            lost += [word for word in self.said if word in SHADES]
        return lost

    @property
    def is_figured(self) -> bool:
        """Whether this is a pattern in one colour, which lies on another: "black spots", not "black and white"."""
        figures = self._material_and_stuff()[0] in TWO_COLOURED & PRINTS
        return figures and len(self.colours) == 1 and len(self.materials) == 1

    def __bool__(self) -> bool:
        return bool(self.colours or self.materials or self.shade or self.roughness is not None)


def gather(text: str, materials: Mapping[str, str]) -> tuple[Gathered, list[str]]:
    """The looks that a phrase names, and the words that are none. `materials`: word -> material's name."""
    row, at = words(text), 0
    gathered, unused = Gathered(), []
    while at < len(row):
        end = gathered.take(row, at, materials)
        if end == at:
            unused.append(row[at])
            end += 1
        at = end
    return gathered, unused


def read_finish(text: str, materials: Mapping[str, str]) -> tuple[Finish, list[str]]:
    """What a phrase says of looks, and the words it did not use. `materials`: word -> material's name."""
    gathered, unused = gather(text, materials)
    return gathered.finish(), unused


def finish_and_ignored(text: str, materials: Mapping[str, str]) -> tuple[Finish, list[str]]:
    """As `read_finish`, and with the looks that one surface cannot show among the words, in the order of the text."""
    gathered, unused = gather(text, materials)
    finish = gathered.finish()
    unused += gathered.spare()
    if finish.accent and finish.material not in TWO_COLOURED:
        unused += gathered.colour_words[1]
    return finish, sorted(dict.fromkeys(unused), key=words(text).index)
