"""Kinds of GLB that clients send, painted in place: what paint has no part in stays bit by bit, the rest is told."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from pipelines.errors import InvalidValue, UnreadableInput
from pipelines.geometry import mesh_io
from pipelines.geometry.client_glb import ClientGlb
from tests.gltf_validator import validate
from tests.pipelines.classic_pictures import figure, run, saved, textures
from tests.pipelines.odd_glb import BYTE, FLOAT, SHORT, USHORT, OddGlb

TEXT, IMAGE = "text_mesh_painting", "image_mesh_painting"
UBYTE = 5121


def variants(file: OddGlb) -> None:
    red = file.material((200, 0, 0), "Red")
    choices = [{"material": 0, "variants": [0]}, {"material": red, "variants": [1]}]
    name = "KHR_materials_variants"
    file.document["extensions"] = {name: {"variants": [{"name": "green"}, {"name": "red"}]}}
    file.primitive["extensions"] = {name: {"mappings": choices}}
    file.uses(name)


def quantised(file: OddGlb) -> None:
    file.primitive["attributes"] |= {
        "POSITION": file.accessor(np.round(file.points * 1000), SHORT, bounds=True),
        "NORMAL": file.accessor(file.normals * 127, BYTE, normalized=True),
        "TEXCOORD_0": file.accessor(np.round(file.uv * 65535), USHORT, normalized=True),
    }
    file.document["nodes"][0] |= {"scale": [0.001] * 3, "translation": [1, 2, 3]}
    file.uses("KHR_mesh_quantization", required=True)


def quantised_shares(file: OddGlb) -> None:
    """As some packers write it: positions as shares of a range, coordinates brought to size by the texture."""
    file.primitive["attributes"] |= {
        "POSITION": file.accessor(file.points * 32767, SHORT, bounds=True, normalized=True),
        "TEXCOORD_0": file.accessor(np.round(file.uv * 1000), USHORT),
    }
    file.uses("KHR_mesh_quantization", required=True)
    _transform(file, {"scale": [0.001, 0.001]})


def transformed(file: OddGlb) -> None:
    _transform(file, {"scale": [2, 2], "offset": [0.1, 0.2]})


def _transform(file: OddGlb, how: dict[str, Any]) -> None:
    texture = file.document["materials"][0]["pbrMetallicRoughness"]["baseColorTexture"]
    texture["extensions"] = {"KHR_texture_transform": how}
    file.uses("KHR_texture_transform", required=True)


def two_scenes(file: OddGlb) -> None:
    rows = file.document
    rows["meshes"].append({"name": "Other", "primitives": [copy.deepcopy(file.primitive)]})
    rows["nodes"].append({"mesh": 1, "translation": [5, 0, 0], "name": "Other"})
    rows["scenes"].append({"nodes": [1], "name": "second"})


def morphed(file: OddGlb) -> None:
    target = {
        "POSITION": file.accessor(file.points * 0.1, FLOAT, bounds=True),
        "NORMAL": file.accessor(file.normals * 0, FLOAT),
    }
    file.primitive["targets"] = [target]
    file.document["meshes"][0] |= {"weights": [0.0], "extras": {"targetNames": ["fat"]}}
    at = file.accessor([[0], [1]], FLOAT, bounds=True, target=None)
    sampler = {"input": at, "output": file.accessor([[0], [1]], FLOAT, target=None)}
    channel = {"sampler": 0, "target": {"node": 0, "path": "weights"}}
    file.document["animations"] = [{"channels": [channel], "samplers": [sampler]}]


def skinned(file: OddGlb) -> None:
    file.primitive["attributes"] |= {
        "JOINTS_0": file.accessor(np.zeros((24, 4)), UBYTE),
        "WEIGHTS_0": file.accessor(np.tile([1, 0, 0, 0], (24, 1)), FLOAT),
    }
    rows = file.document
    rows["nodes"][0]["skin"] = 0
    rows["nodes"].append({"name": "Bone", "translation": [0, 1, 0]})
    rows["scenes"][0]["nodes"] = [0, 1]
    bind = file.accessor(np.eye(4).reshape(1, 16), FLOAT, target=None)
    rows["skins"] = [{"joints": [1], "inverseBindMatrices": bind}]


def sparse(file: OddGlb) -> None:
    moved = file.points.copy()
    moved[[0, 5]] *= 1.25
    row = file.document["accessors"][file.primitive["attributes"]["POSITION"]]
    row |= _few(file, [0, 5], moved)
    row |= {"min": moved.min(0).tolist(), "max": moved.max(0).tolist()}


def only_sparse(file: OddGlb) -> None:
    row = file.document["accessors"][file.primitive["attributes"]["POSITION"]]
    del row["bufferView"]
    row |= _few(file, list(range(24)), file.points)


def _few(file: OddGlb, places: list[int], values: Any) -> dict[str, Any]:
    where = {
        "bufferView": file.view(np.array(places, np.uint16).tobytes()),
        "componentType": USHORT,
    }
    what = {"bufferView": file.view(np.asarray(values[places], np.float32).tobytes())}
    return {"sparse": {"count": len(places), "indices": where, "values": what}}


def second_coordinates(file: OddGlb) -> None:
    file.primitive["attributes"]["TEXCOORD_1"] = file.accessor(file.uv[::-1], FLOAT)
    file.document["materials"][0]["pbrMetallicRoughness"]["baseColorTexture"]["texCoord"] = 1


def repeated_coordinates(file: OddGlb) -> None:
    """The first set repeats a pattern, the second is for baked light."""
    file.primitive["attributes"] |= {
        "TEXCOORD_0": file.accessor(file.uv * 7.3, FLOAT),
        "TEXCOORD_1": file.accessor(file.uv, FLOAT),
    }
    file.document["materials"][0]["occlusionTexture"] = {"index": 0, "texCoord": 1}


def vertex_colours(file: OddGlb) -> None:
    rows = np.tile([200, 10, 10, 255], (24, 1))
    file.primitive["attributes"]["COLOR_0"] = file.accessor(rows, UBYTE, normalized=True)


def two_sets_of_colours(file: OddGlb) -> None:
    vertex_colours(file)
    file.primitive["attributes"]["COLOR_1"] = file.accessor(np.full((24, 3), 0.2), FLOAT)


def copies(file: OddGlb) -> None:
    places = file.accessor([[0, 0, 0], [5, 0, 0]], FLOAT)
    name = "EXT_mesh_gpu_instancing"
    file.document["nodes"][0]["extensions"] = {name: {"attributes": {"TRANSLATION": places}}}
    file.uses(name, required=True)


KINDS = [
    *(variants, quantised, quantised_shares, transformed, two_scenes, morphed, skinned, sparse),
    *(only_sparse, second_coordinates, repeated_coordinates, vertex_colours),
    *(two_sets_of_colours, copies),
]
TOLD = {"variants": ["VARIANTS_DROPPED"], "two_scenes": ["MESHES_NOT_PAINTED"]}
CANNOT_KEEP = {"quantised_shares", "repeated_coordinates"}


@pytest.mark.parametrize("uvs", ["auto", "new"])
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_each_kind_is_painted_and_sound(tmp_path, kind, uvs):
    file = OddGlb()
    kind(file)
    sent = file.write(tmp_path / "sent.glb")
    assert not validate(sent).complaints, "the test's own file"
    for feature in (TEXT, IMAGE):
        inputs = {"mesh": sent}
        params: dict[str, Any] = {"texture_size": 256}
        if feature == TEXT:
            params["text_prompt"] = "brick"
        else:
            inputs["image"] = saved(tmp_path, figure())
        outcome = run(feature, inputs, tmp_path, params, {"uvs": uvs})
        kept = uvs == "auto" and kind.__name__ not in CANNOT_KEEP
        assert outcome.info["uv"] == ("of the file" if kept else "new atlas")
        told = TOLD.get(kind.__name__, [])
        replaced = ["UVS_REPLACED"] if uvs == "auto" and not kept else []
        assert [notice.code for notice in outcome.warnings] == [*told, *replaced]
        assert not validate(tmp_path / "output.glb").complaints
        _assert_kept(sent, tmp_path / "output.glb")
        _assert_paint_shows(tmp_path / "output.glb")


def _assert_kept(sent: Any, painted: Any) -> None:
    """What paint has no part in: the scene, and every corner's attributes."""
    before, after = ClientGlb(sent), ClientGlb(painted)
    for name in ("scenes", "scene", "nodes", "skins", "animations"):
        one, two = before.document.get(name), after.document.get(name)
        assert _without_numbers(one) == _without_numbers(two)
    first, second = (file.document["meshes"][0] for file in (before, after))
    assert first.get("weights") == second.get("weights")
    old, new = first["primitives"][0], second["primitives"][0]
    pairs = [(old["attributes"], new["attributes"])]
    pairs += zip(old.get("targets", []), new.get("targets", []), strict=True)
    corners = [
        file.stored(row["indices"]).reshape(-1) for file, row in ((before, old), (after, new))
    ]
    for named, renamed in pairs:
        for name, number in named.items():
            if name == "TANGENT":
                continue
            if name == "TEXCOORD_0" and len(uv_sets(renamed)) > len(uv_sets(named)):
                # A new atlas has come first: the file's own is the last.
                name_now = f"TEXCOORD_{len(uv_sets(named))}"
                one = before.stored(number)[corners[0]]
                assert one.tobytes() == after.stored(renamed[name_now])[corners[1]].tobytes()
                continue
            other = renamed.get(name, renamed.get(f"_{name}"))
            one = before.stored(number)[corners[0]]
            assert one.tobytes() == after.stored(other)[corners[1]].tobytes(), name


def uv_sets(named: dict[str, int]) -> list[str]:
    return [name for name in named if name.startswith("TEXCOORD_")]


def _without_numbers(value: Any) -> Any:
    """Rows without the numbers of accessors, which close up."""
    if isinstance(value, dict):
        loose = ("inverseBindMatrices", "input", "output", "TRANSLATION")
        return {name: _without_numbers(row) for name, row in value.items() if name not in loose}
    return [_without_numbers(row) for row in value] if isinstance(value, list) else value


def _assert_paint_shows(painted: Any) -> None:
    """The paint alone is seen: by the first coordinates, as they are, and with no colours over it."""
    rows = ClientGlb(painted).document
    primitive = rows["meshes"][0]["primitives"][0]
    look = rows["materials"][primitive["material"]]["pbrMetallicRoughness"]["baseColorTexture"]
    assert look.get("texCoord", 0) == 0 and "extensions" not in look
    assert not [name for name in primitive["attributes"] if name.startswith("COLOR_")]
    assert "extensions" not in primitive
    source = rows["images"][rows["textures"][look["index"]]["source"]]
    picture = textures(painted)[rows["images"].index(source)]
    assert picture.size == (256, 256) and len(picture.convert("RGB").getcolors(65536)) > 20


def packed_shares(file: OddGlb) -> None:
    """Coordinates as shares of a range that the texture widens."""
    packed = file.accessor(np.round(file.uv * 65), USHORT, normalized=True)
    file.primitive["attributes"]["TEXCOORD_0"] = packed
    file.uses("KHR_mesh_quantization", required=True)
    _transform(file, {"scale": [1000, 1000]})


@pytest.mark.parametrize("kind", [quantised_shares, packed_shares])
def test_coordinates_that_a_transform_brings_to_size_cannot_be_kept(tmp_path, kind):
    file = OddGlb()
    kind(file)
    sent = file.write(tmp_path / "sent.glb")
    with pytest.raises(InvalidValue, match=r"uvs is keep.*KHR_texture_transform.*auto or new"):
        run(TEXT, {"mesh": sent}, tmp_path, {"text_prompt": "brick"}, {"uvs": "keep"})


def test_coordinates_with_room_are_kept_beside_a_transform(tmp_path):
    file = OddGlb()
    transformed(file)
    sent = file.write(tmp_path / "sent.glb")
    params = {"text_prompt": "brick", "texture_size": 256}
    outcome = run(TEXT, {"mesh": sent}, tmp_path, params, {"uvs": "keep"})
    assert outcome.info["uv"] == "of the file" and not outcome.warnings


def draco(file: OddGlb) -> None:
    packed = {"bufferView": file.view(b"DRACO" * 20), "attributes": {"POSITION": 0}}
    file.primitive["extensions"] = {"KHR_draco_mesh_compression": packed}
    file.uses("KHR_draco_mesh_compression", required=True)


def meshopt(file: OddGlb) -> None:
    first = file.document["bufferViews"][0]
    packed = {"buffer": 0, "byteLength": first["byteLength"], "byteStride": 12, "count": 24}
    first["extensions"] = {"EXT_meshopt_compression": {**packed, "mode": "ATTRIBUTES"}}
    file.uses("EXT_meshopt_compression", required=True)


@pytest.mark.parametrize("kind", [draco, meshopt], ids=lambda kind: kind.__name__)
def test_packed_geometry_is_refused_and_the_packing_is_named(tmp_path, kind: Callable[..., None]):
    file = OddGlb()
    kind(file)
    sent = file.write(tmp_path / "sent.glb")
    name = file.document["extensionsRequired"][0]
    with pytest.raises(UnreadableInput, match=f"{name}.*send it uncompressed"):
        run(TEXT, {"mesh": sent}, tmp_path, {"text_prompt": "brick"})


def test_packing_beside_plain_geometry_is_left_out(tmp_path):
    file = OddGlb()
    meshopt(file)
    del file.document["extensionsRequired"]
    sent = file.write(tmp_path / "sent.glb")
    run(TEXT, {"mesh": sent}, tmp_path, {"text_prompt": "brick", "texture_size": 256})
    assert "extensionsUsed" not in ClientGlb(tmp_path / "output.glb").document
    assert not validate(tmp_path / "output.glb").complaints


@pytest.mark.parametrize(
    ("kind", "low", "high"),
    [
        (quantised, (0, 1, 2), (2, 3, 4)),
        (quantised_shares, (-1, -1, -1), (1, 1, 1)),
        (sparse, (-1.25, -1.25, -1.25), (1.25, 1, 1)),
        (only_sparse, (-1, -1, -1), (1, 1, 1)),
        (two_scenes, (-1, -1, -1), (1, 1, 1)),
    ],
    ids=lambda kind: getattr(kind, "__name__", ""),
)
def test_every_feature_reads_the_shape_that_the_file_means(tmp_path, kind, low, high):
    file = OddGlb()
    kind(file)
    mesh = mesh_io.read(file.write(tmp_path / "sent.glb"))
    assert mesh.vertices.min(0) == pytest.approx(low, abs=1e-3)
    assert mesh.vertices.max(0) == pytest.approx(high, abs=1e-3)
    assert len(mesh.faces) == 12
