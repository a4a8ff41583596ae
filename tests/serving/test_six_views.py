"""Six views of one object, end to end: over both APIs and every way to name a picture the same mesh is made."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image, ImageDraw

from tests.gltf_validator import validate
from tests.serving.live import Client
from tests.serving.second_api import TEXTURED_MESH, V1, as_base64, completed, job_of

# A brick 240 wide, 120 high and 160 deep, each side of a colour of its own.
SIDES = {
    "front": ((240, 120), (220, 30, 30)),
    "back": ((240, 120), (30, 60, 220)),
    "left": ((160, 120), (30, 170, 60)),
    "right": ((160, 120), (240, 200, 30)),
    "top": ((240, 160), (160, 40, 200)),
    "bottom": ((240, 160), (20, 20, 20)),
}
COARSE = {"sparse_structure_sample_steps": 1, "slat_cfg_strength": 0}
SMALL = {"texture_resolution": 256}


def side(size: tuple[int, int], colour: tuple[int, int, int]) -> bytes:
    made = Image.new("RGBA", (280, 280))
    left, top = (280 - size[0]) // 2, (280 - size[1]) // 2
    made.paste((*colour, 255), (left, top, left + size[0], top + size[1]))
    return encoded(made)


def encoded(picture: Image.Image) -> bytes:
    file = io.BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()


VIEWS = {name: side(*how) for name, how in SIDES.items()}


def fields(ending: str = "", *, front: str = "image_front") -> dict[str, str]:
    """View -> the field that it is sent in."""
    return {name: f"{front if name == 'front' else f'image_{name}'}{ending}" for name in VIEWS}


def stored(client: Client, key: str) -> dict[str, str]:
    """Every view uploaded. -> what the server calls each: its file_id or its file_path"""
    path = f"{V1}/mesh-generation/upload-image"
    named = {}
    for name, data in VIEWS.items():
        answer = client.post(path, files={"file": (f"{name}.png", data)})
        assert answer.status_code == 200, answer.text
        named[name] = answer.json()[key]
    return named


def by_second(client: Client, way: str) -> tuple[dict[str, Any], bytes]:
    """The job of a submit to the second API, run. -> generation_info with its warnings, and the mesh"""
    if way == "multipart":
        files = {field: ("a.png", VIEWS[name]) for name, field in fields("_file").items()}
        answer = client.post(f"{TEXTURED_MESH}-upload", files=files, data={**COARSE, **SMALL})
    else:
        values = {name: as_base64(data) for name, data in VIEWS.items()}
        values = stored(client, way) if way != "base64" else values
        ending = "_path" if way == "file_path" else f"_{way}"
        body = {field: values[name] for name, field in fields(ending, front="image").items()}
        answer = client.post(TEXTURED_MESH, json={**body, **COARSE, **SMALL})
    job_id = job_of(answer)
    status = completed(client, job_id)
    mesh = client.get(f"{V1}/system/jobs/{job_id}/download").content
    info = dict(status["result"]["generation_info"])
    return info | {"warnings": status["warnings"]}, mesh


def by_first(client: Client, way: str) -> tuple[dict[str, Any], bytes]:
    """The same by the first API."""
    other = {**COARSE, "texture_size": 256}
    if way == "multipart":
        files = {field: ("a.png", VIEWS[name]) for name, field in fields(front="image").items()}
        answer = client.post("/image_to_3d", files=files, data=other)
    else:
        values = {name: as_base64(data, "image/png") for name, data in VIEWS.items()}
        values = stored(client, way) if way != "base64" else values
        ending = {"file_path": "_path", "base64": "_base64", "file_id": "_file_id"}[way]
        body = {field: values[name] for name, field in fields(ending).items()}
        answer = client.post("/image_to_3d", json={**body, **other})
    assert answer.status_code == 200, answer.text
    task = client.finished(answer.json()["request_id"])
    assert task["status"] == "complete", task
    mesh = client.get("/" + task["output_files"][0].split("/", 3)[3]).content
    return {**task["generation_info"], "warnings": task.get("warnings", [])}, mesh


WAYS = ("multipart", "base64", "file_id", "file_path")


@pytest.fixture(scope="module")
def expected(server: Any, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The mesh of the first way, looked at; the others must be the same, byte for byte."""
    client = Client(server, "127.3.0.1")
    info, mesh = by_second(client, "multipart")
    client.close()
    assert info["method"] == "visual_hull" and info["warnings"] == []
    assert set(info["views_used"]) == {"image", *(f"image_{name}" for name in list(VIEWS)[1:])}
    assert info["views_guessed"] is False
    wide, high, deep = info["size_m"]
    assert (wide / high, deep / high) == pytest.approx((2.0, 4 / 3), rel=0.06)
    path = tmp_path_factory.mktemp("views") / "brick.glb"
    path.write_bytes(mesh)
    assert not validate(path).complaints
    return mesh


@pytest.mark.parametrize("way", WAYS[1:])
def test_second_api_makes_the_same_of_every_way(client, expected, way):
    info, mesh = by_second(client, way)
    assert mesh == expected and info["warnings"] == []


@pytest.mark.parametrize("way", WAYS)
def test_first_api_makes_the_same_of_every_way(client, expected, way):
    info, mesh = by_first(client, way)
    assert mesh == expected and info["warnings"] == []
    assert info["views_guessed"] is False


def test_each_side_has_the_colour_of_its_view(expected, tmp_path):
    from pipelines.geometry import drawing, glb_drawn

    (tmp_path / "brick.glb").write_bytes(expected)
    pieces = glb_drawn.read(tmp_path / "brick.glb", texture_px=256)
    turns = {"front": (0, 0), "back": (180, 0), "left": (90, 0), "right": (-90, 0)}
    turns |= {"top": (0, 89.9), "bottom": (0, -89.9)}
    for name, turn in turns.items():
        picture = drawing.draw(pieces, drawing.eye_for(pieces, drawing.axes_of(*turn)), 64)
        seen = picture[26:38, 26:38, :3].reshape(-1, 3).mean(0)
        wanted = SIDES[name][1]
        nearest = min(SIDES, key=lambda other: abs(seen - SIDES[other][1]).sum())
        assert nearest == name, (name, seen, wanted)


GUESSED = ["front", "left", "back", "right", "top", "bottom"]


def test_views_without_names_are_taken_in_the_order_that_is_documented(client, expected):
    files = [("images_file", (f"{name}.png", VIEWS[name])) for name in GUESSED]
    answer = client.post(f"{TEXTURED_MESH}-upload", files=files, data={**COARSE, **SMALL})
    status = completed(client, job_of(answer))
    info = status["result"]["generation_info"]
    assert info["views_guessed"] is True
    (warning,) = status["warnings"]
    assert warning["code"] == "VIEWS_GUESSED" and ", ".join(GUESSED) in warning["message"]
    job_id = status["job_id"]
    assert client.get(f"{V1}/system/jobs/{job_id}/download").content == expected
    files = [("images[]", (f"{name}.png", VIEWS[name])) for name in GUESSED]
    answer = client.post("/image_to_3d", files=files, data={**COARSE, "texture_size": 256})
    task = client.finished(answer.json()["request_id"])
    assert task["generation_info"]["views_guessed"] is True
    assert [row["code"] for row in task["warnings"]] == ["VIEWS_GUESSED"]


def test_a_view_at_odds_with_the_others_is_told_and_left_out(client):
    slanted = Image.new("RGBA", (280, 280))
    ImageDraw.Draw(slanted).polygon([(20, 60), (150, 60), (260, 220), (130, 220)], fill="green")
    sent = {**VIEWS, "back": encoded(slanted)}
    named = fields("_base64", front="image")
    body = {named[name]: as_base64(data) for name, data in sent.items()}
    status = completed(client, job_of(client.post(TEXTURED_MESH, json={**body, **COARSE, **SMALL})))
    (warning,) = status["warnings"]
    assert warning["code"] == "VIEWS_DISAGREE" and "without image_back" in warning["message"]
    info = status["result"]["generation_info"]
    assert "image_back" not in info["views_used"] and "image_back" in info["views_coloured"]


def test_views_that_say_different_lengths_are_told(client):
    sent = {**VIEWS, "left": side((40, 240), (30, 170, 60))}
    del sent["right"]
    named = fields("_base64", front="image")
    body = {named[name]: as_base64(data) for name, data in sent.items()}
    status = completed(client, job_of(client.post(TEXTURED_MESH, json={**body, **COARSE, **SMALL})))
    (warning,) = status["warnings"]
    assert warning["code"] == "VIEWS_DISAGREE"
    for word in ("deep", "0.17 by image_left", "1.33 by image_top", "stretched"):
        assert word in warning["message"]
