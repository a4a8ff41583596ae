"""Which bodies get the joints of a figure or of an animal, and which do not."""

import numpy as np
import pytest

from pipelines.geometry import medial, mesh_io, rig_templates, voxels
from tests.pipelines.classic_pictures import run
from tests.pipelines.solids import ball, box, capsule, capsule_figure, joined

# The front to the ceiling, and to the ground.
STANDING = np.array([[1.0, 0, 0], [0, 0, 1], [0, -1, 0]])
ON_ITS_HEAD = np.array([[1.0, 0, 0], [0, 0, -1], [0, 1, 0]])
TURNED = np.array([[0, 0, 1.0], [0, 1, 0], [-1, 0, 0]])


def rig(vertices, faces):
    body = voxels.solid(vertices, faces, rig_templates.RESOLUTION)
    return rig_templates.skeleton_of(medial.tree(body))


@pytest.fixture(scope="module")
def shapes(tmp_path_factory):
    """Makes the mesh of a word, once each: vertices and faces."""
    made = {}

    def shape(word):
        if word not in made:
            folder = tmp_path_factory.mktemp(word)
            run("text_to_raw_mesh", {}, folder, {"text_prompt": word})
            mesh = mesh_io.read(folder / "output.glb")
            made[word] = mesh.vertices, mesh.faces
        return made[word]

    return shape


@pytest.mark.parametrize("word", ["person", "robot"])
def test_a_figure_is_a_humanoid(shapes, word):
    assert rig(*shapes(word)).kind == "humanoid"


@pytest.mark.parametrize("word", ["dog", "horse", "cow"])
def test_an_animal_on_four_legs_is_a_quadruped(shapes, word):
    skeleton = rig(*shapes(word))
    assert skeleton.kind == "quadruped"
    at = dict(zip(skeleton.names, skeleton.positions, strict=True))
    # It looks to +Z, so its left is +X; shoulders before hips, the head before both, hooves below.
    assert at["Head"][2] > at["Spine2"][2] > at["Hips"][2]
    for end in ("Front", "Back"):
        assert at[f"Left{end}Toe"][0] > 0 > at[f"Right{end}Toe"][0]
        assert at[f"Left{end}UpLeg"][1] > at[f"Left{end}Leg"][1] > at[f"Left{end}Foot"][1]


@pytest.mark.parametrize(
    "stand", [np.eye(3), STANDING, ON_ITS_HEAD], ids=["lies", "stands", "falls"]
)
@pytest.mark.parametrize("word", ["fish", "vase", "teapot", "rabbit", "airplane"])
def test_other_shapes_are_no_humanoids(shapes, word, stand):
    vertices, faces = shapes(word)
    assert rig(vertices @ stand.T, faces).kind != "humanoid"


@pytest.mark.parametrize("word", ["table", "chair", "cup", "car"])
def test_things_are_neither_figures_nor_animals(shapes, word):
    assert rig(*shapes(word)).kind == "medial"


def animal(head=True):
    legs = [capsule((x, 0.6, z), (x, 0.06, z), 0.06) for x in (-0.15, 0.15) for z in (-0.4, 0.4)]
    parts = [capsule((0, 0.7, -0.4), (0, 0.7, 0.4), 0.18), *legs]
    if head:
        parts += [
            capsule((0, 0.8, 0.5), (0, 1.0, 0.85), 0.1),
            capsule((0, 0.75, -0.5), (0, 0.9, -0.95), 0.04),
        ]
    return joined(parts)


def test_joints_of_an_animal_are_where_they_belong():
    mesh = animal()
    skeleton = rig(mesh.vertices, mesh.faces)
    at = dict(zip(skeleton.names, skeleton.positions, strict=True))
    assert skeleton.kind == "quadruped" and skeleton.parents.count(-1) == 1
    for name, place in {
        "Hips": (0, 0.7, -0.4),
        "Spine2": (0, 0.7, 0.4),
        "LeftFrontToe": (0.15, 0.09, 0.4),
        "LeftBackFoot": (0.15, 0.3, -0.4),
        "RightBackToe": (-0.15, 0.09, -0.4),
    }.items():
        assert np.linalg.norm(at[name] - place) < 0.12, (name, at[name])
    assert np.linalg.norm(skeleton.tails["Head"] - (0, 1.07, 0.95)) < 0.12
    last = max(name for name in skeleton.tails if name.startswith("Tail"))
    assert np.linalg.norm(skeleton.tails[last] - (0, 0.9, -0.95)) < 0.12
    for name, place in at.items():
        if name.startswith("Left"):
            assert np.allclose(at["Right" + name[4:]], place * (-1, 1, 1), atol=0.02), name


def test_an_animal_may_look_along_either_axis():
    """One that looks to +X has its left at -Z; one that looks to -Z at -X."""
    mesh = animal()
    for turn, left in ((TURNED, (0, 0, -1)), (TURNED @ TURNED, (-1, 0, 0))):
        skeleton = rig(mesh.vertices @ turn.T, mesh.faces)
        assert skeleton.kind == "quadruped"
        at = dict(zip(skeleton.names, skeleton.positions, strict=True))
        assert at["LeftBackToe"] @ left > 0.1 and at["Head"] @ (turn @ (0, 0, 1)) > 0.4


def test_four_legs_without_a_head_are_a_bench():
    mesh = animal(head=False)
    assert rig(mesh.vertices, mesh.faces).kind == "medial"


def test_a_body_with_two_like_ends_is_no_animal():
    """A clothes horse: four thin legs, and an arm to either side."""
    arms = [capsule((0, 0.85, s * 0.4), (0, 0.85, s * 1.0), 0.06) for s in (-1, 1)]
    legs = [capsule((x, 0.6, z), (x, 0.06, z), 0.05) for x in (-0.15, 0.15) for z in (-0.3, 0.3)]
    mesh = joined((capsule((0, 0.75, -0.3), (0, 0.75, 0.3), 0.18), *arms, *legs))
    assert rig(mesh.vertices, mesh.faces).kind == "medial"


def test_a_chair_with_thin_legs_has_no_head():
    legs = [capsule((x, 0.45, z), (x, 0.03, z), 0.03) for x in (-0.2, 0.2) for z in (-0.2, 0.2)]
    mesh = joined(
        (box((0, 0.47, 0), (0.5, 0.06, 0.5)), box((0, 0.75, -0.22), (0.5, 0.55, 0.05)), *legs)
    )
    assert rig(mesh.vertices, mesh.faces).kind == "medial"


def test_a_fish_on_its_tail_stands_on_no_legs():
    """Two lobes below, two fins aside, but a lobe is thick for its length."""
    parts = (
        *(
            ball((0, 0.9, 0), 0.35),
            ball((0, 0.55, 0), 0.25),
            capsule((0, 1.0, 0), (0, 1.3, 0), 0.2),
        ),
        *(capsule((s * 0.05, 0.3, 0), (s * 0.2, 0.1, 0), 0.1) for s in (-1, 1)),
        *(capsule((s * 0.25, 0.9, 0), (s * 0.55, 0.75, 0), 0.05) for s in (-1, 1)),
    )
    mesh = joined(parts)
    assert rig(mesh.vertices, mesh.faces).kind == "medial"


def test_a_tail_of_a_figure_gets_joints_of_its_own():
    mesh = joined((*capsule_figure(), capsule((0, 0.95, -0.1), (0, 0.5, -0.7), 0.05)))
    skeleton = rig(mesh.vertices, mesh.faces)
    assert skeleton.kind == "humanoid" and "Tail1" in skeleton.names
    last = max(name for name in skeleton.tails if name.startswith("Tail"))
    assert np.linalg.norm(skeleton.tails[last] - (0, 0.5, -0.72)) < 0.1
    tail = skeleton.names.index("Tail")
    assert skeleton.names[skeleton.parents[tail]] in ("Hips", "Spine")


def test_corners_of_a_cape_are_no_feet():
    """A figure and its cape: two pairs of tips on the ground, and no animal."""
    cape = box((0, 0.75, -0.3), (0.6, 1.3, 0.03))
    mesh = joined((*capsule_figure(0.35), cape, capsule((0, 1.35, -0.3), (0, 1.3, 0), 0.05)))
    assert rig(mesh.vertices, mesh.faces).kind != "quadruped"


@pytest.mark.parametrize("reach", [0.6, 0.9])
def test_a_hat_with_a_brim_makes_no_other_figure(reach):
    brim = [
        capsule((0, 1.7, 0), (x, 1.7, z), 0.04)
        for x, z in ((0.25, 0), (-0.25, 0), (0, 0.25), (0, -0.25))
    ]
    mesh = joined((*capsule_figure(reach), capsule((0, 1.7, 0), (0, 2.1, 0), 0.06), *brim))
    skeleton = rig(mesh.vertices, mesh.faces)
    assert skeleton.kind == "humanoid" and len(skeleton.names) == 22
