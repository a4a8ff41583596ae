"""Words for things of several kinds: "a bowl of fruit" holds an apple, an orange, a pear and a lemon."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pipelines.words.counts import asked_count
from pipelines.words.scene import MOST_THINGS, Link, Scene, Thing

KINDS = {
    "fruit": "apple orange pear lemon",
    "fruits": "apple orange pear lemon",
    "vegetables": "carrot tomato broccoli onion",
    "veggies": "carrot tomato broccoli onion",
    "tools": "hammer wrench screwdriver saw",
    "toys": "cube bear car sphere",
    "weapons": "sword axe shield bow",
    "mixed flowers": "flower tulip daffodil",
    "different flowers": "flower tulip daffodil",
    "wildflowers": "daffodil flower tulip",
    "groceries": "apple bread carrot cheese",
    "snacks": "pretzel cookie popcorn",
    "sweets": "candy lollipop cookie",
    "furniture": "table chair sofa lamp",
    "animals": "dog cat cow sheep",
    "pets": "dog cat rabbit",
    "farm animals": "cow pig sheep chicken",
    "wild animals": "lion elephant giraffe",
    "musical instruments": "guitar drum trumpet",
    "instruments": "guitar drum trumpet",
    "geometric shapes": "cube sphere cone cylinder",
    "shapes": "cube sphere cone cylinder",
    "vehicles": "car truck bicycle",
    "kitchen utensils": "fork spoon knife",
    "utensils": "fork spoon knife",
    "cutlery": "fork spoon knife",
    "sea creatures": "fish crab octopus",
    "insects": "ant bee butterfly",
    "pastries": "croissant donut muffin",
}


def first_kinds() -> dict[str, str]:
    """Word -> the first of its kinds, for a table of nouns."""
    return {word: row.split()[0] for word, row in KINDS.items()}


def assorted(scene: Scene) -> Scene:
    """The scene with each assortment as its kinds, all at the same place, as many together as are asked for."""
    things: list[Thing] = []
    links: list[Link] = []
    index: dict[int, list[int]] = {}
    room = MOST_THINGS - len(scene.things)
    for at, thing in enumerate(scene.things):
        kinds = _kinds(thing, room)
        room -= len(kinds) - 1
        index[at] = list(range(len(things), len(things) + len(kinds)))
        things += kinds
    for link in scene.links:
        links += [Link(child, link.place, index[link.of][0]) for child in index[link.child]]
    linked = {link.child for link in links}
    for group in index.values():
        links += [Link(other, "beside", group[0]) for other in group[1:] if other not in linked]
    return Scene(tuple(things), tuple(links))


def _kinds(thing: Thing, room: int) -> Sequence[Thing]:
    """A thing as its kinds, at most `room` more than itself."""
    single = thing.row[max(0, thing.match.start - 1)] in ("a", "one")
    if thing.match.word not in KINDS or single:
        return [thing]
    named = KINDS[thing.match.word].split()[: room + 1]
    said = asked_count(thing.row, thing.match).said
    if said:
        named = named[: thing.count]
    number = max(thing.count, len(named))
    counts = [(number + at) // len(named) for at in reversed(range(len(named)))]
    return [
        replace(
            thing, match=replace(thing.match, family=name, kind="synonym"), count=count, asked=count
        )
        for name, count in zip(named, counts, strict=True)
    ]
