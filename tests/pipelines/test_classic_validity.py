"""Every GLB that the built-in models write passes the Khronos validator: no error, no warning."""

from pathlib import Path

import pytest
import trimesh

from tests.gltf_validator import validate_all
from tests.pipelines.classic_pictures import figure, run, saved

COARSE = {"sparse_structure_sample_steps": 1}
SMALL = {"texture_size": 256}


@pytest.fixture(scope="module")
def files(tmp_path_factory) -> dict[str, Path]:
    """A GLB of each kind, by what is special about it."""
    root = tmp_path_factory.mktemp("kinds")
    front = saved(root, figure())
    on_white = saved(root, figure(background=(255, 255, 255, 255)), "white.jpg.png")
    ball = root / "ball.ply"
    ball.write_bytes(trimesh.creation.icosphere(2).export(file_type="ply"))
    bare = root / "flat.obj"  # an open sheet with a face of no area
    bare.write_text("v 0 0 0\nv 1 0 0\nv 1 1 0\nv 0 1 0\nf 1 2 3\nf 1 3 4\nf 1 1 2\n")
    views = {"image": front, "image_left": front, "image_back": front}
    kinds = {
        "raw": ("image_to_raw_mesh", {"image": front}, {}, COARSE),
        "few faces": ("image_to_raw_mesh", {"image": front}, {"simplify_ratio": 0.01}, COARSE),
        "textured": ("image_to_textured_mesh", {"image": front}, SMALL, COARSE),
        "no alpha": ("image_to_textured_mesh", {"image": on_white}, SMALL, COARSE),
        "fast": (
            "image_to_textured_mesh",
            {"image": front},
            SMALL,
            COARSE | {"texture_bake_mode": "fast"},
        ),
        "opt": (
            "image_to_textured_mesh",
            {"image": front},
            SMALL,
            COARSE | {"texture_bake_mode": "opt"},
        ),
        "views": ("image_to_textured_mesh", views, SMALL, COARSE),
        "painted": ("image_mesh_painting", {"image": front, "mesh": ball}, SMALL, {}),
        "painted sheet": ("image_mesh_painting", {"image": on_white, "mesh": bare}, SMALL, {}),
    }
    made = {}
    for name, (feature, inputs, params, options) in kinds.items():
        folder = root / name
        folder.mkdir()
        run(feature, inputs, folder, params, options)
        made[name] = folder / "output.glb"
    return made


def test_no_error_and_no_warning(files):
    reports = validate_all(list(files.values()))
    complaints = {name: report.complaints for name, report in zip(files, reports, strict=True)}
    assert not any(complaints.values()), complaints
