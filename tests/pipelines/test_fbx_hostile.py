"""FBX files that are broken or made to hurt: each ends in a clear error, at a bounded cost, and is not quoted."""

from __future__ import annotations

import struct
import tracemalloc
import zlib
from collections.abc import Callable

import numpy as np
import pytest

from pipelines.errors import InvalidValue, NothingToModel, PipelineError, UnreadableInput
from pipelines.formats.fbx import ascii as fbx_ascii
from pipelines.formats.fbx import parse as fbx_parse
from pipelines.formats.fbx import polygons as fbx_polygons
from pipelines.formats.fbx import read as fbx_read
from pipelines.formats.fbx.parse import parse
from pipelines.formats.fbx.tree import DEEPEST, Budget, Element
from pipelines.formats.scene import Opened
from tests.pipelines.fbx_bytes import (
    CUBE,
    FORMS,
    MAGIC,
    SIDES,
    N,
    binary,
    cube_file,
    geometry,
    layer,
    link,
    model,
    named,
    text,
    whole,
)

HEAD_7400 = MAGIC + b"\0" + struct.pack("<I", 7400)
MARK = "XYZZY"


def rich() -> list[N]:
    """A mesh with layers, a skin and a material: something to break everywhere."""
    seams = np.random.default_rng(1).random((24, 2))
    joint = N(
        "Deformer",
        (51, named("", "SubDeformer"), "Cluster"),
        [
            N("Indexes", (np.arange(8, dtype=np.int32),)),
            N("Weights", (np.ones(8),)),
            N("Transform", (np.eye(4).reshape(-1),)),
        ],
    )
    objects = [
        geometry(
            10,
            CUBE,
            SIDES,
            layer("UV", "ByPolygonVertex", seams, list(range(24)), name=MARK),
            layer("Normal", "ByVertice", np.ones((8, 3))),
            layer("Material", "ByPolygon", None, [0] * 6),
        ),
        model(1, MARK, Lcl_Rotation=(10.0, 20.0, 30.0)),
        model(2, "joint", "LimbNode"),
        N("Deformer", (50, named(MARK, "Deformer"), "Skin")),
        joint,
        N("Material", (30, named(MARK, "Material"), "")),
    ]
    pairs = [(1, 0), (2, 0), (10, 1), (30, 1), (50, 10), (51, 50), (2, 51)]
    return whole(objects, [link(*pair) for pair in pairs])


def sound(opened: Opened) -> bool:
    """Whether a scene is one that everything after may trust."""
    scene = opened.scene
    for mesh in scene.meshes:
        count = len(mesh.positions)
        assert (
            np.isfinite(mesh.positions).all() and mesh.faces.min() >= 0 and mesh.faces.max() < count
        )
        assert all(uv.shape == (count, 2) and np.isfinite(uv).all() for uv in mesh.uvs)
        assert mesh.normals is None or np.allclose(np.linalg.norm(mesh.normals, axis=1), 1.0)
        assert mesh.material is None or mesh.material.max() < len(scene.materials)
        assert mesh.weights is None or np.allclose(mesh.weights.sum(1), 1.0)
    for number, node in enumerate(scene.nodes):
        assert -1 <= node.parent < number and np.isfinite(node.matrix).all()
        if node.skin is not None and node.mesh is not None:
            joints = scene.meshes[node.mesh].joints
            assert joints is not None and joints.max() < len(scene.skins[node.skin].joints)
    return all(np.isfinite(skin.bind).all() for skin in scene.skins)


def refused(data: bytes, kind: type[PipelineError] = UnreadableInput) -> str:
    with pytest.raises(kind) as caught:
        fbx_read.read(data)
    assert MARK not in caught.value.message and len(caught.value.message) < 200
    return caught.value.message


def peak_mib(work: Callable[[], object]) -> float:
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1] / (1 << 20)
    finally:
        tracemalloc.stop()


# Files cut short and turned over


def ends_of_elements(data: bytes) -> list[int]:
    """Where each element of a binary file of version 7.4 begins and ends."""
    found: list[int] = []

    def visit(start: int, end: int) -> None:
        while start < end:
            stop, _, size, name = struct.unpack_from("<IIIB", data, start)
            found.append(start)
            if stop == 0:
                return
            visit(start + 13 + name + size, stop)
            start = stop

    visit(27, len(data))
    return found


def test_a_file_cut_at_any_element_is_refused():
    data = binary(rich())
    ends = ends_of_elements(data)
    assert len(ends) > 40
    for end in ends:
        refused(data[:end])


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_a_file_cut_anywhere_is_refused_or_sound(form):
    data = form(rich())
    for end in np.linspace(0, len(data) - 30, 60).astype(int):
        try:
            assert sound(fbx_read.read(data[:end]))
        except (UnreadableInput, NothingToModel):
            continue


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_500_files_with_turned_bytes_are_refused_or_sound(form):
    data = form(rich())
    chance = np.random.default_rng(7)
    refusals = 0
    for _ in range(90):
        bytes_ = bytearray(data)
        for place in chance.integers(23, len(data), chance.integers(1, 6)):
            bytes_[place] = chance.integers(256)
        try:
            assert sound(fbx_read.read(bytes(bytes_)))
        except (UnreadableInput, NothingToModel, InvalidValue) as error:
            assert MARK not in error.message
            refusals += 1
    assert refusals > 5


# Sizes that are lies


def run(count: int, encoding: int, size: int, data: bytes) -> bytes:
    """A file whose one element has a run of numbers with this head."""
    values = b"d" + struct.pack("<III", count, encoding, size) + data
    start = len(HEAD_7400) + 13 + 8
    head = struct.pack("<IIIB", start + len(values), 1, len(values), 8)
    return HEAD_7400 + head + b"Vertices" + values + bytes(13)


@pytest.mark.parametrize(
    ("count", "encoding", "size"),
    [(2**32 - 1, 0, 0), (10, 0, 0), (10, 1, 2**32 - 1), (10, 2, 16), (2**31, 0, 16)],
)
def test_a_run_that_is_larger_than_its_element_is_refused(count, encoding, size):
    refused(run(count, encoding, size, bytes(16)))


def unpacked(data: bytes) -> np.ndarray:
    _, root = parse(data)
    return root.run("Vertices")


@pytest.mark.parametrize("said", [10, 2**32 - 1, 100_000_000], ids=["small", "huge", "true"])
def test_a_run_that_unpacks_to_far_more_costs_no_more_than_it_says(said):
    bomb = zlib.compress(bytes(100_000_000), 9)
    assert len(bomb) < 200_000

    def work() -> None:
        with pytest.raises(UnreadableInput):
            unpacked(run(said, 1, len(bomb), bomb))

    assert peak_mib(work) < 8


def test_many_runs_together_have_a_limit_too(monkeypatch):
    monkeypatch.setattr(fbx_parse, "Budget", lambda: Budget(unpacked_bytes=100_000))
    packed = zlib.compress(bytes(8_000))
    _, root = parse(run(1_000, 1, len(packed), packed))
    for _ in range(12):
        assert len(root.run("Vertices")) == 1_000
    with pytest.raises(UnreadableInput):
        root.run("Vertices")


def test_a_run_that_is_not_packed_at_all_is_refused():
    with pytest.raises(UnreadableInput):
        unpacked(run(2, 1, 16, bytes(range(16))))


@pytest.mark.parametrize(
    ("stop", "count", "size", "name"),
    [
        (10, 0, 0, 1),  # ends before it begins
        (41, 0, 0, 0),  # ends in its own head
        (2**32 - 1, 0, 0, 1),
        (60, 0, 2**32 - 1, 1),
        (60, 2**32 - 1, 19, 1),  # more values than bytes
        (60, 0, 0, 255),
    ],
)
def test_an_element_that_does_not_fit_around_itself_is_refused(stop, count, size, name):
    refused(HEAD_7400 + struct.pack("<IIIB", stop, count, size, name) + bytes(40))


def test_a_text_longer_than_its_element_is_refused():
    values = b"S" + struct.pack("<I", 2**31) + b"abc"
    head = struct.pack("<IIIB", 27 + 13 + 1 + len(values), 1, len(values), 1)
    refused(HEAD_7400 + head + b"a" + values + bytes(13))


def test_values_of_unknown_kinds_are_refused():
    refused(HEAD_7400 + struct.pack("<IIIB", 27 + 13 + 1 + 2, 1, 2, 1) + b"a" + b"?x" + bytes(13))


# Depth, number and rings


def nested(depth: int) -> bytes:
    """Elements in elements, each of them the only one in its parent."""
    end = 27 + depth * 14
    heads = b"".join(struct.pack("<IIIB", end, 0, 0, 1) + b"a" for _ in range(depth))
    return HEAD_7400 + heads + bytes(13)


@pytest.mark.parametrize("depth", [DEEPEST + 2, 5_000, 200_000])
def test_deep_nests_are_refused_in_both_forms(depth):
    assert "nested" in refused(nested(depth))
    assert "nested" in refused(b"; FBX 7.4.0 project file\n" + b"a: {" * depth + b"}" * depth)


def test_a_nest_that_is_not_deep_is_parsed():
    assert isinstance(parse(nested(DEEPEST - 2))[1], Element)


@pytest.mark.parametrize("form", [binary, text])
def test_a_file_of_nothing_but_elements_is_refused(form, monkeypatch):
    monkeypatch.setattr(fbx_parse, "Budget", lambda: Budget(elements=1_000))
    monkeypatch.setattr(fbx_ascii, "Budget", lambda: Budget(elements=1_000))
    assert "elements" in refused(form([N("a") for _ in range(1_001)]))


@pytest.mark.parametrize("form", [binary, text])
def test_a_file_of_nothing_but_single_values_is_refused(form, monkeypatch):
    monkeypatch.setattr(fbx_parse, "Budget", lambda: Budget(values=1_000))
    monkeypatch.setattr(fbx_ascii, "Budget", lambda: Budget(values=1_000))
    assert "values" in refused(form([N("a", (1, "b") * 501)]))


@pytest.mark.parametrize("ring", [[(1, 1)], [(1, 2), (2, 1)], [(1, 2), (2, 3), (3, 1)]])
def test_nodes_that_hang_on_each_other_in_a_ring_are_refused(ring):
    rows = [geometry(10, CUBE, SIDES), *(model(n, MARK) for n in (1, 2, 3)), model(4, "sound")]
    links = [link(4, 0), link(10, 4), *(link(*pair) for pair in ring)]
    assert "ring" in refused(binary(whole(rows, links)))


def test_nodes_with_two_parents_each_do_not_multiply():
    """Thirty layers of two nodes, each on both of the layer before: a thousand million ways down."""
    rows, links = (
        [geometry(1000, CUBE, SIDES), model(1, "a"), model(2, "b")],
        [link(1, 0), link(2, 0)],
    )
    for depth in range(1, 31):
        for key in (2 * depth + 1, 2 * depth + 2):
            rows.append(model(key, "node"))
            links += [link(key, 2 * depth - 1), link(key, 2 * depth)]
    scene = fbx_read.read(binary(whole(rows, [*links, link(1000, 61)]))).scene
    assert len(scene.nodes) == 62 and len(scene.meshes) == 1


def test_rings_of_other_objects_do_no_harm():
    rows = rich()
    rows[-1].inside += [link(50, 51), link(50, 50), link(30, 30), link(10, 10), link(0, 0)]
    assert sound(fbx_read.read(binary(rows)))


# Numbers that are none


@pytest.mark.parametrize("number", [8, -10, 2**31 - 1, -(2**31)])
@pytest.mark.parametrize("form", [binary, text])
def test_faces_on_points_that_are_not_there_are_refused(form, number):
    rows = cube_file()
    order = rows[2].inside[0].inside[1].values[0]
    order[2] = number
    refused(form(rows))


@pytest.mark.parametrize(
    ("number", "said"),
    [(np.nan, "finite"), (np.inf, "finite"), (-np.inf, "finite"), (1e300, "too large")],
)
@pytest.mark.parametrize("form", [binary, text])
def test_coordinates_that_are_no_lengths_are_refused(form, number, said):
    rows = cube_file()
    rows[2].inside[0].inside[0].values[0][5] = number
    assert said in refused(form(rows))


def test_places_and_scales_that_are_no_numbers_are_left_out():
    rows = whole(
        [geometry(10, CUBE, SIDES), model(1, "a", Lcl_Translation=(np.nan, 0.0, 0.0), Lcl_Scaling=(np.inf, 1.0, 1.0))],
        [link(1, 0), link(10, 1)],
        UnitScaleFactor=float("nan"),
    )  # fmt: skip
    scene = fbx_read.read(binary(rows)).scene
    assert (
        np.array_equal(scene.nodes[0].matrix, np.eye(4)) and scene.meshes[0].positions.max() == 2.0
    )


def test_scales_that_grow_beyond_all_numbers_are_refused():
    rows = [
        geometry(10, CUBE, SIDES),
        *(model(n, "a", Lcl_Scaling=(1e200,) * 3) for n in (1, 2, 3)),
    ]
    refused(binary(whole(rows, [link(1, 0), link(2, 1), link(3, 2), link(10, 3)])))


@pytest.mark.parametrize("unit", [0.0, -1.0, 1e200])
def test_units_that_are_none_count_as_centimetres(unit):
    scene = fbx_read.read(binary(cube_file(UnitScaleFactor=unit))).scene
    assert scene.meshes[0].positions.max() == 2.0


@pytest.mark.parametrize("length", [25, 4])
def test_vertices_of_two_numbers_are_refused(length):
    rows = cube_file()
    rows[2].inside[0].inside[0] = N("Vertices", (np.zeros(length),))
    refused(binary(rows), UnreadableInput if length > 9 else NothingToModel)


def test_links_to_nothing_and_objects_twice_do_no_harm():
    rows = rich()
    rows[-1].inside += [link(999, 1), link(1, 999), link(10, 1), N("C", ("XX", 1, 2)), N("C", ())]
    rows[-2].inside += [model(1, "again"), N("Model"), N("Geometry", (77,))]
    assert sound(fbx_read.read(binary(rows)))


# What is no FBX


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"Kaydara FBX Binary  ",
        MAGIC + b"\0",
        MAGIC + b"\0" + struct.pack("<I", 2**32 - 1) + bytes(40),
        b"; FBX 7.4.0 project file\n",
        b"; FBX 7.4.0 project file\nObjects: {",
        b'; FBX 7.4.0 project file\nObjects: "' + b"x" * 1000,
        b"; FBX 7.4.0 project file\nObjects: { a: *9999999999 { a: 1,2 } }\n",
        b"; FBX 7.4.0 project file\n" + b"," * 1000,
        b"\xff\xfe" * 500,
        b"}" * 100,
    ],
)
def test_files_that_only_begin_like_fbx_are_refused(data):
    with pytest.raises((UnreadableInput, NothingToModel)):
        fbx_read.read(data)


def test_numbers_that_end_in_letters_cost_no_more_than_their_length():
    data = b"; FBX 7.4.0 project file\nObjects: { a: " + b"1," * 200_000 + b"1x\n}\n"
    with pytest.raises(NothingToModel):
        fbx_read.read(data)


def comb(teeth: int) -> list[N]:
    """One polygon: half of its corners are notches."""
    x = np.arange(2.0 * teeth)
    y = np.where(np.arange(2 * teeth) % 2, 1.0, 1000.0)
    outline = [*zip(x, y, np.zeros(2 * teeth), strict=True), (2.0 * teeth, -1, 0), (-1, -1, 0)]
    return whole(
        [geometry(10, outline, [list(range(2 * teeth + 2))[::-1]]), model(1, "a")],
        [link(1, 0), link(10, 1)],
    )


def test_a_polygon_that_costs_too_much_to_cut_well_becomes_a_fan_and_that_is_told(monkeypatch):
    whole_comb = fbx_read.read(binary(comb(100)))
    assert not whole_comb.lost and len(whole_comb.scene.meshes[0].faces) == 200
    monkeypatch.setattr(fbx_polygons, "MOST_LOOKED_AT", 1_000)
    fan = fbx_read.read(binary(comb(100)))
    assert any("notches" in sentence for sentence in fan.lost)
    assert len(fan.scene.meshes[0].faces) == 200
    monkeypatch.setattr(fbx_polygons, "MOST_SMALL", 1_000)
    assert any("notches" in sentence for sentence in fbx_read.read(binary(comb(10))).lost)
