"""Runners of TRELLIS on its double, shared by the modules of its tests, and what they are given."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import trimesh
from PIL import Image, ImageDraw

from pipelines.messages import Ready
from tests.upstream.trellis_site import RAW, Site, weights


@pytest.fixture(scope="session")
def trellis_runners(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Site]]:
    """A loaded runner of each pipeline, by "image" and "text"."""
    made = {}
    for kind, model_id in (("image", RAW), ("text", "trellis_text_to_raw_mesh")):
        folder = tmp_path_factory.mktemp(kind)
        made[kind] = Site(model_id, folder, weights(folder / "checkpoints"))
        assert isinstance(made[kind].load(), Ready)
    yield made
    for runner in made.values():
        runner.unload()


@pytest.fixture
def site(trellis_runners: dict[str, Site]) -> Iterator[Site]:
    """The runner for pictures; its double does its work."""
    yield trellis_runners["image"]
    trellis_runners["image"].want()


@pytest.fixture
def reader(trellis_runners: dict[str, Site]) -> Site:
    """The runner for texts."""
    return trellis_runners["text"]


@pytest.fixture(scope="session")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A disc of 60 px cut out, red, and others of other colours as further views."""
    folder, made = tmp_path_factory.mktemp("pictures"), {}
    for slot, colour in (
        ("image", (200, 30, 30)),
        ("image_back", (30, 200, 30)),
        ("image_left", (9, 9, 90)),
    ):
        picture = Image.new("RGBA", (100, 100))
        ImageDraw.Draw(picture).ellipse((20, 20, 79, 79), fill=(*colour, 255))
        made[slot] = folder / f"{slot}.png"
        picture.save(made[slot])
    return made


@pytest.fixture(scope="session")
def box(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A box of two units, far from the origin, with coordinates of its own."""
    mesh = trimesh.creation.box((0.98, 2.0, 0.98))
    split = trimesh.Trimesh(
        mesh.triangles.reshape(-1, 3), np.arange(36).reshape(-1, 3), process=False
    )
    corner = np.array([[0.02, 0.02], [0.98, 0.02], [0.02, 0.98]])
    cells = np.stack([np.arange(12) % 4, np.arange(12) // 4], axis=1)
    uv = ((corner[None] + cells[:, None]) / 4).reshape(-1, 2)
    split.visual = trimesh.visual.TextureVisuals(uv=uv)
    split.apply_translation((30.0, -4.0, 7.0))
    path = tmp_path_factory.mktemp("meshes") / "box.glb"
    path.write_bytes(trimesh.exchange.gltf.export_glb(trimesh.Scene({"box": split})))
    return path
