"""Prompts of several materials, each with its place: "gold with silver trim", "snow on top", "moss in the crevices".

Strings alone: what a place is on a mesh is known elsewhere.
"""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field, replace

from pipelines.words.clauses import Piece, pieces_of
from pipelines.words.finish import BUILT, PRINTS, Finish, finish_and_ignored
from pipelines.words.objects import COUNTS, STOP_WORDS
from pipelines.words.places import SURFACE_WORDS
from pipelines.words.sizes import SIZE_WORDS
from pipelines.words.surface_places import BASES, NATURAL, ONLY_COATS, PLACES
from pipelines.words.tokens import singulars, words
from pipelines.words.weather import Weather, coat_alone

# Where a second material goes that nature gives no place: "concrete with paint".
REST = "patches"
MOST_COATS = 6  # each is a mask and a layer over every pixel
_WHOLES = {frozenset(pair) for pair in (("top", "bottom"), ("left", "right"), ("front", "back"))}
# These say nothing that could be missed.
SILENT = (
    (STOP_WORDS - COUNTS)
    | SURFACE_WORDS
    | frozenset("all over everywhere like made out turn into use using give looking".split())
)


@dataclass(frozen=True)
class Coat:
    """A finish that lies over another one at a place, one of `places()`."""

    finish: Finish
    place: str


@dataclass(frozen=True)
class PartLook:
    """A finish for the part of a mesh that words name: "silver handle"; `said` are all its words."""

    finish: Finish
    noun: tuple[str, ...]
    said: tuple[str, ...]


@dataclass
class Dress:
    """What a prompt says of a whole surface: the finish beneath, the coats upon it, parts, and the words of no effect.

    named: the prompt says what lies beneath. Else a mesh keeps the look that it has, in the `weather`; `base` is for
    one that has none. alone: "rusty" and no more was said, which is rust all over unless the mesh is known to have a
    look. The first `of_weather` coats are what a word such as "old" stands for, not asked for one by one.
    """

    base: Finish
    coats: list[Coat] = field(default_factory=list)
    unused: list[str] = field(default_factory=list)
    parts: list[PartLook] = field(default_factory=list)
    named: bool = True
    weather: Weather = field(default_factory=Weather)
    of_weather: int = 0
    alone: bool = False

    def __bool__(self) -> bool:
        return bool(self.base or self.coats or self.parts or self.weather)


def places() -> tuple[str, ...]:
    """Every place that a coat may have."""
    return tuple(PLACES)


def read_dress(
    text: str,
    materials: Mapping[str, str],
    parts: Container[str] = (),
    *,
    over_own: bool = False,
) -> Dress:
    """The finish and the coats of a prompt. Nothing found: a dress that is false.

    materials: word -> material's name; parts: words in the names of the mesh's own parts; over_own: the mesh is known
    to have a look, on which weather lies.
    """
    reader = _Reader(materials, parts, over_own=over_own)
    for piece in pieces_of(text, materials):
        reader.read(piece)
    dress = reader.dress()
    order = {word: at for at, word in reversed(list(enumerate(words(text))))}
    told = [word for word in dict.fromkeys(dress.unused) if word not in SILENT]
    dress.unused = sorted(told, key=lambda word: order.get(word, len(order)))
    return dress


class _Reader:
    """One pass over a prompt's pieces: each goes to the base, to a coat or to a part."""

    def __init__(
        self, materials: Mapping[str, str], parts: Container[str], *, over_own: bool
    ) -> None:
        self.materials, self.known_parts = materials, parts
        self.over_own, self.alone = over_own, False
        self.bare: list[Piece] = []
        self.spoken: list[tuple[Coat, list[str]]] = []
        self.unused: list[str] = []
        self.parts: list[PartLook] = []
        self.weather = Weather()
        self.weather_said: list[str] = []

    def read(self, piece: Piece) -> None:
        finish, unused = finish_and_ignored(piece.looks, self.materials)
        noun = _noun(piece, unused)
        own_part = bool(noun) and (
            noun[-1] in self.known_parts or _singular_in(noun[-1], self.known_parts)
        )
        if piece.left_out:
            self.unused += words(piece.looks)
        elif piece.place:
            self._coat(piece, finish, unused)
        elif noun and (own_part or piece.attached) and (finish or piece.weather):
            look = finish or coat_alone(piece.weather)
            self.parts.append(PartLook(look, noun, (*piece.weather_said, *words(piece.looks))))
        else:
            self._bare(piece, finish)

    def _coat(self, piece: Piece, finish: Finish, unused: Sequence[str]) -> None:
        self.unused += unused
        if finish:
            if not piece.attached:
                self._take_weather(piece.weather, piece.weather_said)
            else:
                finish = piece.weather.changed(finish)
            self.spoken.append((Coat(finish, _where(piece, finish)), words(piece.looks)))
        elif piece.weather:
            self.spoken.append((Coat(coat_alone(piece.weather), piece.place), piece.weather_said))
        else:
            self.unused += words(piece.phrase)

    def _bare(self, piece: Piece, finish: Finish) -> None:
        place = NATURAL.get(finish.material or "") if piece.attached else None
        held = next((row for row in self.bare if row.looks), None)
        laid = bool(finish.material and piece.attached and self._differs(finish.material, place))
        if not laid:
            self._take_weather(piece.weather, piece.weather_said)
        if held is not None and finish.material in PRINTS | BUILT and piece.attached:
            self.bare = [_printed(held, piece)]
        elif laid:
            self.spoken.append((Coat(finish, place or REST), words(piece.looks)))
        else:
            self.bare.append(piece)

    def _differs(self, material: str, place: str | None) -> bool:
        """Whether a material lies on the base: on another one, or where it has a place on the mesh's own look."""
        looks = " and ".join(piece.looks for piece in self.bare[:MOST_COATS])
        base = finish_and_ignored(looks, self.materials)[0]
        return base.material != material and bool(place or base)

    def _take_weather(self, weather: Weather, said: Sequence[str]) -> None:
        self.weather = self.weather.also(weather)
        self.weather_said += said

    def _place_by_nature(self) -> None:
        """ "stone, moss and snow", "white and gold": of several materials one is the base, and what nature gives a
        place lies on it."""
        read = [finish_and_ignored(piece.looks, self.materials) for piece in self.bare]
        finishes = [finish for finish, _ in read]
        found = [at for at, finish in enumerate(finishes) if finish.material or finish.colour]
        plain = [at for at in found if finishes[at].material not in NATURAL]
        if len(found) < 2:
            return
        base = (plain or found)[0]
        for at in found:
            place = NATURAL.get(finishes[at].material or "")
            if at == base or not place or finishes[at].material == finishes[base].material:
                continue
            if noun := _noun(self.bare[at], read[at][1]):  # "leather seat, chrome legs": of a part
                self.parts.append(PartLook(finishes[at], noun, tuple(words(self.bare[at].looks))))
            else:
                self.spoken.append((Coat(finishes[at], place), words(self.bare[at].looks)))
                self.unused += read[at][1]
            self.bare[at] = replace(self.bare[at], looks="")

    def dress(self) -> Dress:
        self._place_by_nature()
        looks = " and ".join(piece.looks for piece in self.bare if piece.looks)
        base, unused = finish_and_ignored(looks, self.materials)
        figures = next((piece.figures for piece in self.bare if piece.figures), None)
        if figures is not None:
            base = _figured(base, figures, self.materials)
        if not base and self.weather_said:
            base = self._of_weather()
        self.unused += unused
        named = bool(base.material or base.colour)
        if base.material in ONLY_COATS:
            place = NATURAL[base.material]
            self.spoken.insert(0, (Coat(base, place), words(looks)))
            base, named = Finish(), False
        return self._dressed(base, named)

    def _of_weather(self) -> Finish:
        """ "rusty" alone, with nothing that it could lie on, is rust all over."""
        if self.spoken or self.parts or self.over_own:
            return Finish()
        finish, _ = finish_and_ignored(" ".join(self.weather_said), self.materials)
        if finish.material and finish.material not in ONLY_COATS:
            self.weather, self.alone = Weather(), True
            return Finish(finish.material)
        return Finish()

    def _dressed(self, base: Finish, named: bool) -> Dress:
        beneath, spoken = base, list(self.spoken)
        if not named:
            beneath, spoken, named = _rest(base, spoken, self.materials)
        weathered = [
            (Coat(finish, place), list(self.weather_said))
            for finish, place in self.weather.laid(beneath, named=named)
        ]
        coats, hidden = _seen([*weathered, *spoken])
        unused = [*self.unused, *hidden]
        if beneath:
            coats = [_of_the_base(coat, beneath) for coat in coats]
        beneath = self.weather.changed(beneath)
        laid = sum(coat in coats for coat, _ in weathered)
        return Dress(beneath, coats, unused, self.parts, named, self.weather, laid, self.alone)


def _where(piece: Piece, finish: Finish) -> str:
    """The place of a coat; "covered" is wherever its material lies by nature."""
    if piece.place == "growth":
        return NATURAL.get(finish.material or "", piece.place)
    return piece.place


def _of_the_base(coat: Coat, base: Finish) -> Coat:
    """ "oak with a dark bottom", "gold with a matte top": the coat is of what lies beneath, in a shade or gloss."""
    if coat.finish.material or coat.finish.colour:
        return coat
    return replace(coat, finish=coat.finish.over(base))


def _noun(piece: Piece, unused: Sequence[str]) -> tuple[str, ...]:
    """The thing that a piece gives looks to, in words; () where it names none."""
    if piece.noun:
        return piece.noun
    known = SILENT | SIZE_WORDS
    return tuple(word for word in unused if word not in known)


def _singular_in(word: str, known: Container[str]) -> bool:
    return any(form in known for form in singulars(word))


def _printed(held: Piece, piece: Piece) -> Piece:
    """ "white porcelain with blue flowers": a pattern upon what was named before."""
    return replace(held, figures=piece.looks)


def _figured(base: Finish, looks: str, materials: Mapping[str, str]) -> Finish:
    figures, _ = finish_and_ignored(looks, materials)
    if figures.material in BUILT:
        return replace(base, material=figures.material, stuff=base.stuff or base.material)
    return Finish(
        figures.material,
        base.colour,
        base.roughness,
        figures.colour,
        base.shade,
        base.material if base.material not in PRINTS else None,
    )


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


def _rest(
    base: Finish, spoken: list[tuple[Coat, list[str]]], materials: Mapping[str, str]
) -> tuple[Finish, list[tuple[Coat, list[str]]], bool]:
    """What lies under coats that name no base, on a mesh that has no look of its own; the coats that remain; whether
    these leave nothing of the mesh's own look."""
    for coat, _ in spoken:
        if coat.finish.material in BASES:
            name = BASES[coat.finish.material]
            return base.over(Finish(materials.get(name, name))), spoken, False
    if frozenset(coat.place for coat, _ in spoken) in _WHOLES:
        # "blue at the top, yellow at the bottom": the last is all the rest.
        return spoken[-1][0].finish, spoken[:-1], True
    return base, spoken, False
