"""Words that say how one thing stands to another, and what they mean for which kinds of thing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Place = Literal[
    "on",
    "in",
    "under",
    "above",
    "beside",
    "left",
    "right",
    "behind",
    "front",
    "around",
    "hold",
    "wear",
]


@dataclass(frozen=True)
class Relation:
    """`new_is_child`: the thing named after the word is placed at the one before it, else the other way round.

    `at_it` is the place it gives the last thing where only "it" or "top" follows.
    """

    word: str
    place: Place | None
    new_is_child: bool
    at_it: Place | None = None


def _rows(
    words: str, place: Place | None, new_is_child: bool, at_it: Place | None = None
) -> dict[str, Relation]:
    phrases = [word.replace("_", " ") for word in words.split()]
    return {phrase: Relation(phrase, place, new_is_child, at_it) for phrase in phrases}


RELATIONS: dict[str, Relation] = {
    **_rows("on on_top_of upon atop onto riding", "on", False, "on"),
    **_rows("in inside into within", "in", False, "in"),
    **_rows("under beneath below underneath", "under", False, "under"),
    **_rows("above over", "above", False, "above"),
    **_rows("around round", "around", False, "around"),
    **_rows(
        "at beside next_to near by alongside close_to against between", "beside", True, "beside"
    ),
    # What is in front of a house has the house behind it.
    **_rows("in_front_of before", "behind", True, "front"),
    **_rows("behind in_back_of", "front", True, "behind"),
    # As whoever looks at the front sees it.
    **_rows("left_of to_the_left_of on_the_left_of on_the_left_side_of", "left", False),
    **_rows("right_of to_the_right_of on_the_right_of on_the_right_side_of", "right", False),
    **_rows("on_the_left to_the_left on_its_left", "left", True, "left"),
    **_rows("on_the_right to_the_right on_its_right", "right", True, "right"),
    **_rows("among surrounded_by amid", "around", True),
    **_rows("full_of filled_with", "in", True),
    **_rows("topped_with", "on", True),
    **_rows("holding carrying wielding", "hold", True),
    **_rows("wearing", "wear", True),
    **_rows("with of and", None, True),
}
# What somebody does with another thing, and where that is then.
ACTS: dict[str, Relation] = {
    **_rows("drinking reading lifting throwing hugging swinging raising", "hold", True),
    **_rows(
        "guarding protecting approaching sniffing cooking repairing fixing crushing destroying smelling studying "
        "cleaning examining eating chasing kicking catching fighting pushing following watching facing hunting feeding "
        "attacking licking biting",
        "front",
        True,
    ),
    **_rows("pulling dragging towing", "behind", True),
    **_rows("playing", "hold", True),
    **_rows("playing_with looking_at talking_to", "front", True),
}
RELATIONS |= ACTS
# These bind the new thing to the last one named, not to what that stands on.
CARRIED = frozenset(
    (
        "with",
        "of",
        "holding",
        "carrying",
        "wielding",
        "wearing",
        "full of",
        "filled with",
        "topped with",
        *ACTS,
    )
)
# "on it", "on its top", "on the side".
BACK_WORDS = frozenset(
    "it them itself top its their the side sides one each other both either sitting standing lying resting "
    "perched inside".split()
)


# Parts that a thing may stand on: "with a cat on the roof".
TOPS = frozenset("roof top head back lid shoulder deck seat".split())


def _families(names: str) -> frozenset[str]:
    return frozenset(name.replace("_", " ") for name in names.split())


# Families that hold things, that carry things on top, that have hands, that wear, and that are worn.
CONTAINERS = _families(
    "bowl basket bucket vase cup goblet bag backpack cart boat flower_pot trash_can bathtub jug crate barrel chest "
    "sack suitcase box cauldron frying_pan sink wheelbarrow canoe gift"
)
# Of these what is in them is not seen.
CLOSED = _families("gift suitcase backpack bag tin_can oil_drum jerry_can teapot kettle bottle jar")
VEHICLES = _families("cart boat canoe sled wheelbarrow")
SUPPORTS = _families(
    "table desk bed sofa chair stool bench cabinet dresser bookshelf cake cupcake pizza plate truck piano "
    "upright_piano stove fireplace fridge washing_machine anvil cube cylinder tombstone sled bread burger stump "
    "pickup"
)
BEINGS = _families(
    "person woman knight wizard astronaut robot alien skeleton ghost monkey snowman bear angel baby child clown cowboy "
    "devil dwarf elf fairy girl gnome king mermaid minotaur mummy ninja ogre pirate queen samurai santa superhero "
    "vampire viking witch zombie gorilla"
)
ANIMALS = _families(
    "dog cat horse elephant rabbit bird fish turtle snake pig cow giraffe mouse dragon dinosaur crocodile frog snail "
    "octopus whale shark dolphin penguin duck owl eagle chicken swan flamingo sheep goat deer wolf lion tiger "
    "polar_bear unicorn rhino hippo camel panda kangaroo squirrel hedgehog beaver bison brontosaurus fox koala lizard "
    "moose ostrich otter parrot peacock pelican raccoon seal skunk stegosaurus toucan triceratops turkey walrus"
)
WORN = _families("hat helmet crown top_hat wizard_hat cap")
# What people wear, and nothing puts on them unless their family has it.
GARMENTS = _families(
    "sock shirt trousers dress scarf glove boxing_glove tie bow_tie belt shoe boot necklace glasses watch ring mask "
    "gas_mask headphones"
)
# What is a piece of other things, rather than a thing beside them.
FITTINGS = _families(
    "tube gear bolt screw nail spring chain wheel rope cannon gun_turret fan solar_panel satellite_dish battery "
    "control_panel faucet"
)
MACHINES = frozenset(("robot", "mech"))
SEATS = _families("chair stool bench armchair office_chair rocking_chair")
# Families that stand on the floor beside furniture rather than on it.
ON_FLOOR = SEATS | _families(
    "sofa bed table desk cabinet dresser bookshelf bathtub toilet fridge stove washing_machine piano upright_piano "
    "door window fence fireplace ladder stairs tree pine palm bush house barn castle tower church car truck van bus "
    "tractor horse cow elephant giraffe"
)
# What lies where it is put on something, and what lies wherever it is.
LYING = _families(
    "sword katana knife fork spoon key wrench screwdriver hammer pencil scissors saw pliers gun rifle axe battle_axe "
    "mace wand flute trumpet violin guitar electric_guitar spear bow crossbow pickaxe shovel broom rake racket bat "
    "phone compass magnifying_glass whistle torch dynamite carrot banana"
)
# What stands in a vase by its stem.
STEMMED = _families("flower tulip rose sunflower bamboo umbrella arrow broom")
FLAT = _families("coin medal pizza_slice cookie")
# Ground that grows as large as what stands on it needs.
GROUNDS = _families("rock mountain island cloud log")


def worn_as(family: str, word: str) -> str:
    """The family that a thing is put on as, where its word says so: a party hat is a hat, though made as a cone."""
    last = word.split()[-1]
    return last if last in WORN else family


def place_with(family: str, other: str = "") -> Place:
    """Where "a <family> with <other>" has the other: in a vase, on a table, in a hand, else beside."""
    if other in WORN and family in BEINGS | ANIMALS:
        return "wear"
    if family in GROUNDS:
        return "on"
    if other in BEINGS and family in VEHICLES:
        return "in"
    if other in ON_FLOOR or other in BEINGS or (other in ANIMALS and family in BEINGS):
        return "around" if family in ("table", "desk") and other in SEATS else "beside"
    if family in CONTAINERS:
        return "in"
    if family in SUPPORTS:
        return "on"
    return "hold" if family in BEINGS else "beside"
