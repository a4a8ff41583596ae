"""A prompt made: its objects as one mesh, the finish of each part, and what is told of both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pipelines.geometry.families import model, prompt
from pipelines.geometry.families.prompt import Reading, SceneReading
from pipelines.geometry.families.registry import Part
from pipelines.geometry.families.scene import Order, build_scene
from pipelines.spec import Notice
from pipelines.words.finish import Finish
from pipelines.words.objects import STOP_WORDS
from pipelines.words.scene import MOST_OBJECTS
from pipelines.words.sizes import longest_side_m

# What a style does to measures beside the surface: toys are round and thick.
STYLE_FACTORS: dict[str, dict[str, float]] = {
    "cartoon": {"radius": 1.12, "thickness": 1.25, "length": 0.92},
}


@dataclass(frozen=True)
class Described:
    """What a prompt says, the mesh it became, and the thing that each part belongs to."""

    reading: SceneReading
    built: model.Built
    thing_of_part: tuple[int, ...]

    def parts_of(self, thing: int) -> list[Part]:
        rows = zip(self.built.parts, self.thing_of_part, strict=True)
        return [part for part, owner in rows if owner == thing]

    def names(self) -> dict[str, Any]:
        """The entries of generation_info that say what was found: the prompt's own object, then all."""
        first = self.reading.things[0]
        return {
            **_names(first),
            "objects": [self._object(at) for at in range(len(self.reading.things))],
        }

    def notices(self) -> tuple[Notice, ...]:
        """What is told where a word was not known, or where there would have been too many objects."""
        return (*self._nearest(), *self._fewer())

    def _object(self, at: int) -> dict[str, Any]:
        thing = self.reading.things[at]
        row: dict[str, Any] = {**_names(thing), "count": thing.count}
        for link in self.reading.links:
            if link.child == at:
                row |= {"place": link.place, "at": self.reading.things[link.of].family.name}
        return row

    def _nearest(self) -> tuple[Notice, ...]:
        first = self.reading.things[0]
        if first.match.kind != "nearest":
            return ()
        asked = " ".join(first.row[first.match.start : first.match.end])
        said = f"text_prompt names nothing that this model knows; {asked!r:.40} was taken as {first.match.word}"
        return (Notice("NEAREST_MATCH", said),)

    def _fewer(self) -> tuple[Notice, ...]:
        return tuple(
            Notice(
                "FEWER_OBJECTS",
                f"text_prompt asks for {thing.asked} of {thing.match.word}; {thing.count} were made, "
                f"for a mesh holds at most {MOST_OBJECTS} objects",
            )
            for thing in self.reading.things
            if thing.asked > thing.count
        )


@dataclass(frozen=True)
class Surfaces:
    """The finish of each part, the materials by part's name, and the words without effect of each prompt."""

    finishes: list[Finish]
    materials: dict[str, str]
    ignored: list[str]
    ignored_of_surface: list[str]
    says_nothing: bool


def make(text: str, *, seed: int, style: str, vertex_limit: int | None) -> Described:
    """Read a prompt and build it. Raises InvalidValue where it names nothing known, or for too low a vertex limit."""
    reading = prompt.read_things(text)
    lowpoly = style == "lowpoly"
    first = reading.things[0]
    if len(reading.things) == 1 and first.count == 1:
        built = model.build(
            first.family,
            _asked(first, style),
            seed=seed,
            longest_m=longest_side_m(first.row),
            lowpoly=lowpoly,
            vertex_limit=vertex_limit,
        )
        return Described(reading, built, (0,) * len(built.parts))
    filled = {link.of for link in reading.links if link.place == "in"}
    orders = [
        Order(
            row.family,
            _asked(row, style, open_=at in filled),
            row.count,
            row.layout,
            longest_side_m(row.row),
        )
        for at, row in enumerate(reading.things)
    ]
    scene = build_scene(
        orders, reading.links, seed=seed, lowpoly=lowpoly, vertex_limit=vertex_limit
    )
    return Described(reading, scene.built, scene.thing_of_part)


def painted(made: Described, texture_prompt: str) -> Surfaces:
    """The finish of each part. The texture prompt is for the prompt's own object, the first."""
    finishes: list[Finish] = []
    materials: dict[str, str] = {}
    ignored: list[str] = []
    for at, thing in enumerate(made.reading.things):
        parts = made.parts_of(at)
        looks = prompt.looks_for(thing, parts, "" if at else texture_prompt)
        own = prompt.finishes(thing, parts, looks)
        finishes += own
        ignored += prompt.without_effect(thing, looks, own)
        for part, finish in zip(parts, own, strict=True):
            materials.setdefault(part.name.split()[0], finish.material or "paint")
    first = made.parts_of(0)
    nothing = bool(texture_prompt) and prompt.says_nothing(texture_prompt, first)
    unused = _unused_of_surface(texture_prompt, first) if texture_prompt else []
    return Surfaces(finishes, materials, list(dict.fromkeys(ignored)), unused, nothing)


def _unused_of_surface(texture_prompt: str, parts: Sequence[Part]) -> list[str]:
    looks = prompt.surface_looks(texture_prompt, parts)
    return [word for word in looks.unused if word not in STOP_WORDS]


def _asked(thing: Reading, style: str, *, open_: bool = False) -> dict[str, float]:
    """What is asked of a thing's measures. open_: something is in it, which a closed lid would hide."""
    asked = dict(thing.measures)
    if open_ and "open" in thing.family.measures:
        asked.setdefault("open", 1.0)
    for name, factor in STYLE_FACTORS.get(style, {}).items():
        if isinstance(thing.family.measures.get(name), float):
            asked[name] = asked.get(name, 1.0) * factor
    return asked


def _names(thing: Reading) -> dict[str, Any]:
    match = thing.match
    return {"family": thing.family.name, "matched_word": match.word, "match": match.kind}
