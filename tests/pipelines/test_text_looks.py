"""Where the colours and materials of a prompt go: to what they are said of, and what cannot be so is told.

A row: prompt | part=look ... . A look is a colour or a material, several joined by "+"; "!" before "=" denies it.
`coat` is what lies over the whole, as material@place.
"""

import pytest

from pipelines.geometry.families import described
from pipelines.words.colours import COLOURS
from pipelines.words.tokens import singulars
from tests.pipelines.classic_pictures import run

STUFFS = """
a chocolate bunny | body=wax ears=wax tail=wax eyes!=white
a marzipan pig | body=wax snout=wax
a gingerbread house | walls=bread door=bread
a cheese house | walls=sponge roof=sponge
an ice swan | body=ice beak=ice
a wooden horse | body=wood mane=wood eyes=plastic
a golden dragon | body=gold wings=gold
a paper boat | hull=cardboard
a knitted rabbit | body=knit ears=knit
a sword with a bone handle | grip=bone blade=steel
a house with a straw roof | roof=straw walls=cream
a horse carved from ice | body=ice
a bunny made of chocolate | body=wax
a cookie jar | body!=bread
a chocolate labrador | body=chocolate+fur
a chocolate leather sofa | frame=leather+chocolate
a wooden car | body=wood wheels=rubber
"""
PARTS = """
a wizard with a blue hat | hat=blue robe=indigo
a wizard with a blue hat and a red robe | hat=blue robe=red
a green dinosaur with purple spikes | spikes=purple belly!=purple body=green
a superhero with yellow gloves | gloves=yellow boots=red
a robot with red arms | arms=red legs!=red
a clown with a green hat | hat=green buttons=blue
a monkey with a red face | face=red feet!=red
a crab with blue claws | claws=blue legs!=blue
a cow with pink spots | spots=pink tail!=pink
a penguin with a red beak | beak=red feet!=red
a white horse with a black mane | mane=black body=white tail!=black
a rocket with a blue nose | nose=blue fins!=blue
a lighthouse with a blue roof | roof=blue stripes!=blue
an angel with golden wings | wings=gold gown=white
a pink elephant with big ears | ears=pink
a purple bird with big wings | wings=purple
a man in a red sweater | shirt=red trousers=navy
"""
BREEDS = """
a dalmatian dog | body=dots ears=dots
a siamese cat | body=cream
a tabby cat | body=tiger_print
a golden retriever dog | body=golden_yellow
"""
METALLIC = """
a car with metallic paint | body=red+metallic_paint
a metallic blue car | body=blue+metallic_paint
a green metallic motorcycle | body=green+metallic_paint
a metallic gold robot | body=gold
a metallic sphere | body=steel
"""
ADORNED = """
a black car with gold trim | body=black coat=gold@edges
a gold-trimmed box | coat=gold@edges
a black vase with gold cracks | body=black coat=gold@cracks
a shield with silver edges | rim=silver
a crown with a sapphire | gems=blue band=gold
a sci-fi crate | boards=plates
a white dog with brown patches | body=white coat=None@patches
a sword covered in blood | blade=steel coat=blood@patches
"""
ROWS = [
    row for table in (STUFFS, PARTS, BREEDS, METALLIC, ADORNED) for row in table.split("\n") if row
]


class Painted:
    """A prompt's first object, with the finish of each of its parts."""

    def __init__(self, text, texture=""):
        self.made = described.make(
            text, seed=0, style="realistic", vertex_limit=None, surface=texture
        )
        self.surfaces = described.painted(self.made, texture)
        self.parts = self.made.parts_of(0)

    def of(self, word):
        at = next(k for k, part in enumerate(self.parts) if _names(part.name, word))
        return self.surfaces.finishes[at]

    @property
    def told(self):
        notices = [f"{notice.code}: {notice.message}" for notice in self.made.notices()]
        return "; ".join([*notices, *self.surfaces.ignored])


def _names(part, word):
    return any(form in part.split() for form in (word, *singulars(word)))


def _shows(finish, looks):
    return all(
        finish.material == look or finish.colour == COLOURS.get(look.replace("_", " "), ())
        for look in looks.split("+")
    )


@pytest.mark.parametrize("row", ROWS)
def test_a_look_goes_to_what_it_is_said_of(row):
    text, _, wanted = row.partition(" | ")
    painted = Painted(text)

    for want in wanted.split():
        word, _, looks = want.partition("=")
        if word == "coat":
            coats = [f"{coat.finish.material}@{coat.place}" for coat in painted.surfaces.coats]
            assert looks in coats, want
        else:
            assert _shows(painted.of(word.rstrip("!")), looks) != word.endswith("!"), want


@pytest.mark.parametrize(
    ("text", "part", "beneath", "figures"),
    [
        ("a cat with black spots", "body", "orange", "black"),
        ("a cup with blue dots", "body", "white", "blue"),
        ("a red ball with white stripes", "body", "red", "white"),
    ],
)
def test_a_pattern_in_one_colour_lies_on_the_object_s_own(text, part, beneath, figures):
    finish = Painted(text).of(part)

    assert (finish.colour, finish.accent) == (COLOURS[beneath], COLOURS[figures])


@pytest.mark.parametrize(
    ("text", "kept", "look", "told"),
    [
        ("a fox with a blue tail", "body", "terracotta", "tail"),
        ("a santa with blue trousers", "coat", "red", "trousers"),
        ("a sword with a ruby in the hilt", "guard", "gold", "ruby"),
        ("a dagger with a red gem in the handle", "grip", "brown", "gem"),
        ("a car with a green spoiler", "body", "red", "spoiler"),
        ("a table with red wings", "top", "brown", "wings"),
        ("a cyberpunk cat", "body", "orange", "cyberpunk"),
    ],
)
def test_what_the_object_has_not_colours_nothing_else_and_is_told(text, kept, look, told):
    painted = Painted(text)

    assert _shows(painted.of(kept), look)
    assert told in painted.told


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "a spoon with a red handle",
            "the bowl of this spoon cannot be told apart from its handle",
        ),
        ("a girl in a red coat", "wears is no coat but a kind of dress"),
    ],
)
def test_a_look_that_more_than_one_thing_gets_is_told(text, told):
    assert told in Painted(text).told


def test_a_texture_prompt_tells_parts_apart_too():
    painted = Painted("a wizard", "blue hat")

    assert _shows(painted.of("hat"), "blue") and not _shows(painted.of("robe"), "blue")


@pytest.mark.parametrize(
    "text", ["a sculpture of a cow made of butter", "a butter statue of a cow"]
)
def test_a_figure_of_a_stuff_is_of_the_thing_that_it_shows(text):
    painted = Painted(text)

    assert painted.made.reading.things[0].family.name == "cow"
    assert _shows(painted.of("body"), "wax")


def test_metallic_paint_is_metal_in_its_colour(tmp_path):
    outcome = run("text_to_textured_mesh", {}, tmp_path, {"text_prompt": "a metallic red car"})

    assert outcome.info["materials"]["body"] == "metallic_paint"
    assert not outcome.info["ignored_words"]


def test_telling_parts_apart_leaves_the_shape_as_it_is():
    plain, parted = (Painted(text).made.built for text in ("a wizard", "a wizard with a blue hat"))

    assert len(parted.parts) == len(plain.parts) + 1
    assert parted.vertices.max(0) == pytest.approx(plain.vertices.max(0))
