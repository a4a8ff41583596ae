"""A prompt made: its objects as one mesh, the finish of each part, and what is told of both."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from pipelines.geometry.families import face_target, model, part_looks, prompt, weathering
from pipelines.geometry.families.face_target import Departure
from pipelines.geometry.families.prompt import Reading, SceneReading
from pipelines.geometry.families.registry import Part
from pipelines.geometry.families.scene import MOST_FACES, Order, build_scene
from pipelines.geometry.families.surface_prompt import read_surface
from pipelines.spec import Notice
from pipelines.words.coats import Coat
from pipelines.words.finish import Finish
from pipelines.words.guesses import guess_told
from pipelines.words.notices import MOST_NAMED, MOST_OBJECTS
from pipelines.words.sizes import longest_side_m
from pipelines.words.tokens import words

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
    said: tuple[model.Said, ...] = ()
    full_faces: int | None = None
    departure: Departure | None = None
    surface: str = ""

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
        return (
            *self._nearest(),
            *self.reading.told,
            *self._fewer(),
            *self._unmet(),
            *self._hidden(),
            *self._together(),
            *self._coarser(),
            *self._departed(),
        )

    def _object(self, at: int) -> dict[str, Any]:
        thing = self.reading.things[at]
        row: dict[str, Any] = {**_names(thing), "count": thing.count}
        for link in self.reading.links:
            if link.child == at:
                row |= {"place": link.place, "at": self.reading.things[link.of].family.name}
        return row

    def _nearest(self) -> tuple[Notice, ...]:
        guesses = [thing for thing in self.reading.things if thing.match.kind == "nearest"]
        return tuple(dict.fromkeys(_guess_told(thing) for thing in guesses))

    def _unmet(self) -> tuple[Notice, ...]:
        """What was asked of parts and not done, in one notice."""
        unmet = [
            f"{wish.said} ({thing.match.word})"
            for thing, said in zip(self.reading.things, self.said, strict=True)
            for wish in said.undone
        ]
        if not unmet:
            return ()
        said = (
            f"text_prompt asks of parts what this model cannot do to them: {', '.join(unmet[:MOST_NAMED])}; "
            "they are as they always are"
        )
        return (Notice("PARTS_UNCHANGED", said),)

    def _hidden(self) -> tuple[Notice, ...]:
        """What is in things where nothing shows it."""
        hidden = [
            f"{said.hidden} ({thing.match.word})"
            for thing, said in zip(self.reading.things, self.said, strict=True)
            if said.hidden
        ]
        if not hidden:
            return ()
        named = ", ".join(hidden[:MOST_NAMED])
        said = f"what text_prompt puts into things is not seen in them: {named}"
        return (Notice("CONTENTS_UNSEEN", said),)

    def _together(self) -> tuple[Notice, ...]:
        """Where the look of one thing is that of others too, or is not shown; garments of another cut."""
        told: list[str] = []
        for at, thing in enumerate(self.reading.things):
            surface = "" if at else self.surface
            told += part_looks.read(thing, self.parts_of(at), surface).told
        if not told:
            return ()
        said = f"the text asks for looks that are not quite so: {'; '.join(dict.fromkeys(told))}"
        return (Notice("LOOKS_ELSEWHERE", said),)

    def _coarser(self) -> tuple[Notice, ...]:
        if self.full_faces is None:
            return ()
        said = (
            f"the scene's {self.full_faces} faces were made fewer, for a scene has at most {MOST_FACES}; "
            "ask for fewer objects to see them finer"
        )
        return (Notice("COARSER_SCENE", said),)

    def _departed(self) -> tuple[Notice, ...]:
        """What few faces did to the shape, where it can be seen."""
        if self.departure is None or not self.departure.much:
            return ()
        said = (
            f"with {len(self.built.faces)} faces the shape departs much from the full one: by "
            f"{self.departure.distance:.1%} of its longest side on average, {self.departure.volume:.0%} of its volume; "
            "ask for more faces"
        )
        return (Notice("SHAPE_DEPARTS", said),)

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
    """The finish of each part, the materials by part's name ("car: body" in a scene), and each prompt's words without
    effect.

    coats lie over the whole; changes say what words of age did.
    """

    finishes: list[Finish]
    materials: dict[str, str]
    ignored: list[str]
    ignored_of_surface: list[str]
    says_nothing: bool
    coats: list[Coat] = field(default_factory=list)
    changes: list[str] = field(default_factory=list)


def make(
    text: str, *, seed: int, style: str, vertex_limit: int | None, surface: str = ""
) -> Described:
    """Read a prompt and build it. `surface` is the texture prompt, which names parts as well.

    Raises InvalidValue where it names nothing known, or for too low a vertex limit.
    """
    reading = prompt.read_things(text)
    lowpoly = style == "lowpoly"
    first = reading.things[0]
    if len(reading.things) == 1 and first.count == 1:
        built = model.build(
            first.family,
            _asked(first, style),
            seed=seed,
            longest_m=longest_side_m(first.heard),
            lowpoly=lowpoly,
            vertex_limit=vertex_limit,
            asked=_wanted(first, surface),
        )
        owners = (0,) * len(built.parts)
        return Described(reading, built, owners, (built.said,), surface=surface)
    orders = _orders(reading, style, surface)
    scene = build_scene(
        orders, reading.links, seed=seed, lowpoly=lowpoly, vertex_limit=vertex_limit
    )
    built = face_target.reduced(scene.built, min(MOST_FACES, len(scene.built.faces)))
    built = face_target.within_vertices(built, vertex_limit, "scene")
    return Described(
        reading, built, scene.thing_of_part, scene.said, scene.full_faces, surface=surface
    )


def _orders(reading: SceneReading, style: str, surface: str) -> list[Order]:
    """What is made for each thing; the texture prompt is for the first."""
    filled = {link.of for link in reading.links if link.place == "in"}
    return [
        Order(
            row.family,
            _asked(row, style, open_=at in filled),
            row.count,
            row.layout,
            longest_side_m(row.heard),
            _wanted(row, "" if at else surface),
        )
        for at, row in enumerate(reading.things)
    ]


def _wanted(thing: Reading, surface: str) -> model.Asked:
    named = part_looks.named((*thing.row, *words(surface)))
    return model.Asked(thing.open_wishes, thing.age or None, named, thing.contents)


def painted(made: Described, texture_prompt: str) -> Surfaces:
    """The finish of each part. The texture prompt is for the prompt's own object, the first."""
    finishes: list[Finish] = []
    materials: dict[str, str] = {}
    ignored = list(made.reading.unread)
    coats: list[Coat] = []
    changes: list[str] = []
    for at, thing in enumerate(made.reading.things):
        parts = made.parts_of(at)
        read = part_looks.read(thing, parts, "" if at else texture_prompt)
        looks = read.looks
        own, laid, done = _in_time(made, at, part_looks.finishes(thing, parts, looks))
        finishes += own
        coats += [*laid, *read.coats]
        changes += [f"{thing.match.word}: {', '.join(done)}"] if done else []
        ignored += () if done else thing.age.words
        ignored += prompt.without_effect(thing, looks, own)
        for part, finish in zip(parts, own, strict=True):
            name = f"{_whose(made, at)}{part.name.split()[0]}"
            materials.setdefault(name, finish.material or "paint")
    ignored += made.reading.pictured
    first = made.parts_of(0)
    surface = read_surface(texture_prompt, first)
    nothing, unused = bool(texture_prompt) and not surface, list(surface.unused)
    if len(made.reading.things) == 1:
        coats += surface.coats
    elif surface.coats:
        # Coats would lie on the other things of the scene too.
        unused += [coat.finish.material or "paint" for coat in surface.coats]
    return Surfaces(
        finishes, materials, list(dict.fromkeys(ignored)), unused, nothing, coats, changes
    )


def _whose(made: Described, at: int) -> str:
    """What goes before the names of an object's parts, so that those of a scene's objects differ; "" for one alone."""
    said = [thing.match.word for thing in made.reading.things]
    if len(said) == 1:
        return ""
    number = said[:at].count(said[at]) + 1
    return f"{said[at]}: " if number == 1 else f"{said[at]} {number}: "


def _in_time(
    made: Described, at: int, finishes: list[Finish]
) -> tuple[list[Finish], list[Coat], list[str]]:
    """A thing's finishes after what weather and years do, what they lay over it, and what was done, in words."""
    thing, parts = made.reading.things[at], made.parts_of(at)
    covering, age = thing.covering, thing.age
    main = next(
        (f for f, part in zip(finishes, parts, strict=True) if part.slot == "main"), finishes[0]
    )
    coats = covering.coats(main)
    own = [covering.weather.changed(finish) for finish in finishes]
    said = [f"{' '.join(covering.words)}: its surface"] if covering else []
    old = weathering.coats(main, parts, age) if thing.alone else []
    aged = weathering.aged(own, parts, age)
    done = [
        *weathering.told(parts, age, old, changed=aged != own),
        *made.said[at].worn,
    ]
    said += [f"{' '.join(age.words)}: {', '.join(done)}"] if done else []
    return aged, [*coats, *old], said


def _asked(thing: Reading, style: str, *, open_: bool = False) -> dict[str, float]:
    """What is asked of a thing's measures. open_: something is in it, which a closed lid would hide."""
    asked = dict(thing.measures)
    if (open_ or thing.contents) and "open" in thing.family.measures:
        asked.setdefault("open", 1.0)
    if open_ and thing.family.measures.get("full") is True:
        asked["full"] = 0.0
    for name, factor in STYLE_FACTORS.get(style, {}).items():
        if isinstance(thing.family.measures.get(name), float):
            asked[name] = asked.get(name, 1.0) * factor
    return asked


def _guess_told(thing: Reading) -> Notice:
    match, family = thing.match, thing.family
    asked = " ".join(thing.row[match.start : match.end])
    builds = family.builds.get(match.word, {})
    states = [
        name
        for name, value in builds.items()
        if value and isinstance(family.measures.get(name), bool)
    ]
    made = " ".join((*states, family.name))
    return guess_told(asked, match, made, alike=match.word in family.alike)


def _names(thing: Reading) -> dict[str, Any]:
    match = thing.match
    names = {"family": thing.family.name, "matched_word": match.word, "match": match.kind}
    return names if match.likeness is None else names | {"likeness": round(match.likeness, 3)}
