"""Size and build words, counts of limbs and storeys, and states: what they do to an object's named measures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from pipelines.words.tokens import singulars
from pipelines.words.variants import Variant

# Word -> measure -> factor.
BUILDS: dict[str, dict[str, float]] = {
    "tall": {"height": 1.45},
    "high": {"height": 1.45},
    "short": {"height": 0.7, "length": 0.8},
    "low": {"height": 0.7},
    "squat": {"height": 0.65},
    "long": {"length": 1.45},
    "elongated": {"length": 1.45},
    "stretched": {"length": 1.6},
    "wide": {"width": 1.35},
    "broad": {"width": 1.35},
    "narrow": {"width": 0.7},
    "thin": {"width": 0.75, "radius": 0.7, "thickness": 0.6},
    "slim": {"width": 0.75, "radius": 0.75, "thickness": 0.7},
    "slender": {"width": 0.75, "radius": 0.75, "thickness": 0.7},
    "skinny": {"width": 0.7, "radius": 0.7, "thickness": 0.6},
    "lean": {"width": 0.8, "radius": 0.8, "thickness": 0.75},
    "thick": {"width": 1.15, "radius": 1.2, "thickness": 1.6},
    "fat": {"width": 1.35, "radius": 1.3, "thickness": 1.4},
    "chubby": {"width": 1.3, "radius": 1.25, "thickness": 1.4},
    "plump": {"width": 1.3, "radius": 1.25, "thickness": 1.4},
    "bulky": {"width": 1.3, "radius": 1.2, "thickness": 1.4},
    "stout": {"width": 1.25, "radius": 1.2},
    "stocky": {"width": 1.25, "radius": 1.2, "height": 0.9},
    "flat": {"height": 0.6},
    "deep": {"depth": 1.35},
    "shallow": {"depth": 0.7},
}
# Word -> the longest side in metres; without one it is 1 m, as for meshes from pictures.
WHOLE: dict[str, float] = {
    "tiny": 0.25,
    "miniature": 0.25,
    "small": 0.5,
    "little": 0.5,
    "mini": 0.5,
    "big": 1.5,
    "large": 1.5,
    "oversized": 1.5,
    "huge": 2.5,
    "giant": 2.5,
    "enormous": 2.5,
    "gigantic": 2.5,
    "massive": 2.5,
    "colossal": 2.5,
}
SIZE_WORDS = frozenset((*BUILDS, *WHOLE))
# "long long" is longer than "long"; said more often, a word adds nothing.
MOST_TIMES_A_WORD = 2
# A huge nose is not as much larger than others as a huge dog.
OF_A_PART = 0.7
# All size words together change a measure by at most this factor, up or down.
MOST_CHANGE = 4.0

_NAMES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen twenty"
).split()
NUMBERS: dict[str, int] = {
    **{name: value for value, name in enumerate(_NAMES)},
    **{str(value): value for value in range(1, 1001)},
    **{
        name: 10 * tens
        for tens, name in enumerate("thirty forty fifty sixty seventy eighty ninety".split(), 3)
    },
    "hundred": 100,
    "thousand": 1000,
    "million": 1_000_000,
    "single": 1,
    "double": 2,
    "triple": 3,
}
MOST_SAID = 10**9  # a number of more figures is read as this one
# Most legs, storeys or petals that a prompt may ask for.
MOST_OF_A_MEASURE = 24
NAMED = 3  # of what stands in the plural without a number
# What a counted thing is called beside the measure's own name.
_ALSO = {
    "storey": "story stories storied floor floored level deck decker",
    "leg": "legged feet foot footed",
    "arm": "armed tentacle tentacled",
    "wheel": "wheeled wheeler",
    "point": "tip pointed corner cornered arm armed",
    "petal": "petalled petaled",
    "tier": "layer layered tiered",
    "mast": "masted master",
    "seat": "seater",
    "door": "doored",
    "wagon": "carriage coach railcar",
}
# State -> words for it, and words against it.
_STATES = {
    "open": ("open opened ajar", "closed shut locked"),
    "broken": ("broken damaged cracked shattered ruined wrecked", "intact whole"),
    "old": ("old ancient aged antique worn weathered vintage", "new modern brand"),
    "winged": ("winged wings", "wingless"),
    "lit": ("lit burning glowing flaming", "unlit extinguished"),
    "full": ("full filled", "empty"),
    "horned": ("horned horns", "hornless"),
}
_STATE_WORDS: dict[str, tuple[str, bool]] = {
    word: (state, answer)
    for state, both in _STATES.items()
    for named, answer in zip(both, (True, False), strict=True)
    for word in named.split()
}
STATE_WORDS = frozenset(_STATE_WORDS)


def number(word: str) -> int:
    """The number that a word stands for, in letters or figures; 0 for none. "hundreds" are one hundred."""
    if word in ("hundreds", "thousands", "millions"):
        word = word[:-1]
    return NUMBERS.get(word, 0) or (min(int(word), MOST_SAID) if word.isdigit() else 0)


def measures(row: Sequence[str], known: Mapping[str, float] | None = None) -> dict[str, float]:
    """What a prompt's words ask of measures: a factor of a length, the value of a count or a state.

    `known` are the object's measures and their standard values; the common lengths are found without them.
    """
    known = known or {}
    asked: dict[str, float] = dict(_factors(row))
    for name, standard in known.items():
        if is_state(name, standard):
            asked.update((name, float(answer)) for answer in _states_of(row, name))
        elif isinstance(standard, Variant):
            asked.update((name, at) for at in map(standard.called, row) if at is not None)
        elif isinstance(standard, int):
            asked.update((name, count) for count, _, _ in _counted(row, name))
            if not standard and name not in asked:
                asked.update((name, count) for count in _named(row, name))
    return asked


def limited(factor: float) -> float:
    """A factor of a length, brought within what size words may ask for together."""
    return min(max(factor, 1.0 / MOST_CHANGE), MOST_CHANGE)


def is_state(name: str, standard: float) -> bool:
    """Whether a measure is a state, on or off or, as a lid's opening, 0 to 1."""
    return isinstance(standard, bool) or (name in _STATES and isinstance(standard, float))


def measure_words(row: Sequence[str], known: Mapping[str, float]) -> set[int]:
    """Places in `row` of words that reach a count or a state among the measures `known`."""
    places: set[int] = set()
    for name, standard in known.items():
        if is_state(name, standard):
            places |= {at for at, word in enumerate(row) if _state_of(word, name) is not None}
        elif isinstance(standard, Variant):
            places |= {at for at, word in enumerate(row) if standard.called(word) is not None}
        elif isinstance(standard, int):
            places |= {place for _, *both in _counted(row, name) for place in both}
            if not standard:
                places |= {at for at, word in enumerate(row) if _stem(word) in called(name)}
    return places


def longest_side_m(row: Sequence[str]) -> float:
    """The length in metres that the longest side gets."""
    return next((WHOLE[word] for word in row if word in WHOLE), 1.0)


def part_factor(word: str) -> float:
    """How much a size word changes a measure of one part's own: "long" or "big" of a neck."""
    if word in WHOLE:
        return float(WHOLE[word] ** OF_A_PART)
    return max(BUILDS[word].values(), key=_strength)


def _factors(row: Sequence[str]) -> dict[str, float]:
    """The factor of each length: size words multiply, each as often as it may count."""
    asked: dict[str, float] = {}
    for word, times in Counter(word for word in row if word in BUILDS).items():
        for name, factor in BUILDS[word].items():
            asked[name] = asked.get(name, 1.0) * factor ** min(times, MOST_TIMES_A_WORD)
    return {name: limited(factor) for name, factor in asked.items()}


def _strength(factor: float) -> float:
    return max(factor, 1.0 / factor)


def _states_of(row: Sequence[str], name: str) -> list[bool]:
    return [answer for word in row if (answer := _state_of(word, name)) is not None]


def _state_of(word: str, name: str) -> bool | None:
    """What a word says of a state: None if nothing."""
    state, answer = _STATE_WORDS.get(word, (word, True))
    return answer if name in (state, word) else None


def called(name: str) -> set[str]:
    """The words for what a count is of, as singulars: "leg", "legged", "foot"."""
    stem = _stem(name)
    return {stem, *_stems((stem + "ed", stem + "d", *_ALSO.get(stem, "").split()))}


def _named(row: Sequence[str], name: str) -> list[int]:
    """How many "with wagons", "and a wagon" stand for, of what an object has none of by itself."""
    known = called(name)
    return [NAMED if _stem(word) != word else 1 for word in row if _stem(word) in known]


def _counted(row: Sequence[str], name: str) -> list[tuple[int, int, int]]:
    """Number of `name` that the row gives, "six legged" for legs, and where its two words stand."""
    known = called(name)
    found = []
    for at, word in enumerate(row[:-1]):
        after = at + 1
        while after + 1 < len(row) and (row[after] in SIZE_WORDS or row[after] == "a"):
            after += 1  # "four big fins"
        if word in NUMBERS and _stem(row[after]) in known:
            found.append((min(max(NUMBERS[word], 1), MOST_OF_A_MEASURE), at, after))
    return found


def _stem(word: str) -> str:
    return next(singulars(word), word)


def _stems(words: Iterable[str]) -> set[str]:
    return {_stem(word) for word in words}
