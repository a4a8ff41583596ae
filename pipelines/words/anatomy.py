"""How many limbs and such living things have by nature: what a prompt counts and has already needs no warning."""

from __future__ import annotations

from collections.abc import Mapping

_LEGS: dict[int, str] = {
    0: "snake fish shark whale dolphin worm snail jellyfish seahorse narwhal stingray swordfish ghost mermaid",
    2: "person woman child girl baby bird duck owl eagle chicken swan flamingo penguin ostrich parrot peacock "
    "pelican toucan turkey kangaroo gorilla monkey alien robot astronaut knight wizard king queen pirate witch zombie "
    "skeleton elf dwarf gnome ninja samurai viking vampire superhero clown cowboy ogre minotaur angel devil fairy "
    "dinosaur santa",
    4: "dog cat horse elephant rabbit turtle pig cow giraffe mouse crocodile frog sheep goat deer wolf lion tiger "
    "unicorn rhino hippo camel panda squirrel hedgehog beaver bison brontosaurus fox koala lizard moose otter raccoon "
    "skunk stegosaurus triceratops bear dragon centaur chameleon axolotl",
    6: "ant bee fly butterfly ladybug grasshopper dragonfly praying_mantis",
    8: "spider octopus scorpion crab",
    10: "squid lobster",
}
LEGS = {name.replace("_", " "): count for count, row in _LEGS.items() for name in row.split()}
# Of these the legs are also called arms or tentacles.
_ARMED_ALL_ROUND = frozenset(("octopus", "squid"))
_WINGS = {"butterfly": 4, "bee": 4, "dragonfly": 4, "dragon": 2, "fly": 2, "angel": 2, "fairy": 2}
_BIRDS = frozenset(
    "bird duck owl eagle chicken swan flamingo penguin ostrich parrot peacock pelican toucan turkey".split()
)
_HORNED = {
    "cow": 2,
    "goat": 2,
    "unicorn": 1,
    "narwhal": 1,
    "triceratops": 3,
    "bison": 2,
    "minotaur": 2,
    "devil": 2,
}
_HUMPS = {"camel": 2}


def by_nature(family: str) -> Mapping[str, int]:
    """Part as a singular -> how many of it a thing of a family has; nothing for what is not alive."""
    legs = LEGS.get(family)
    if legs is None:
        return {}
    has = {"leg": legs, "foot": legs, "head": 1, "eye": 8 if family == "spider" else 2}
    if family in _ARMED_ALL_ROUND:
        has |= {"arm": legs, "tentacle": legs}
    elif legs == 2 and family not in _BIRDS:
        has |= {"arm": 2, "hand": 2}
    for part, table in (("wing", _WINGS), ("horn", _HORNED), ("hump", _HUMPS)):
        if family in table:
            has[part] = table[family]
    return (
        has
        | ({"wing": 2} if family in _BIRDS else {})
        | ({"tail": 1, "ear": 2} if legs == 4 else {})
    )
