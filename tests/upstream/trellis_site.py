"""A runner of TRELLIS on its recording double: weights that are names, and what the double was asked."""

from __future__ import annotations

import hashlib
import json
import struct
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import trimesh
from numpy.typing import NDArray

from benchmarks.tiny.drive import Driver, Job, Ran, environment
from pipelines.geometry import glb_accessors
from pipelines.messages import Done
from tests.upstream.recorded import HERE, TORCH_PYTHON

RAW, TEXTURED = "trellis_image_to_raw_mesh", "trellis_image_to_textured_mesh"
PAINTED = "trellis_image_mesh_painting"
SMALL = {"texture_size": 256}
RED, YELLOW, BLUE = [255, 0, 0], [255, 255, 0], [0, 0, 255]
DECODERS = "ckpts/ss_dec_a", "ckpts/slat_dec_gs_a", "ckpts/slat_dec_mesh_a"
FLOWS = "ckpts/ss_flow_a", "ckpts/slat_flow_a"
NAMES = (
    *("sparse_structure_decoder", "slat_decoder_gs", "slat_decoder_mesh"),
    *("sparse_structure_flow_model", "slat_flow_model"),
)


def weights(below: Path, *, without: str = "") -> Path:
    """Checkpoints of both pipelines as they are published, but for what they hold; one file may be left out."""
    for kind in ("image", "text"):
        prefix = "microsoft/TRELLIS-image-large/" if kind == "text" else ""
        # The repository has had another owner, and a file may name either.
        owners = ("JeffreyXiang/TRELLIS-image-large/", prefix, prefix) if prefix else ("", "", "")
        places = [*(owner + place for owner, place in zip(owners, DECODERS, strict=True)), *FLOWS]
        models = dict(zip(NAMES, places, strict=True))
        models["slat_decoder_rf"] = f"{prefix}ckpts/slat_dec_rf_a"
        args = {"models": models, f"{kind}_cond_model": _encoder(kind), "slat_normalization": [1]}
        told = json.dumps({"name": f"Trellis{kind.title()}To3DPipeline", "args": args})
        _fetched(below / f"trellis_{kind}", {"pipeline.json": told, **_files(FLOWS, kind)}, without)
    _fetched(below / "trellis_decoders", _files(DECODERS, "decoder"), without)
    for name in ("trellis_dinov2", "trellis_clip"):
        _fetched(below / name, {"config.json": "{}"}, without)
    return below


def _encoder(kind: str) -> str:
    return "dinov2_vitl14_reg" if kind == "image" else "openai/clip-vit-large-patch14"


def _files(stems: Sequence[str], what: str) -> dict[str, str]:
    return {f"{stem}{end}": f"{what} {stem}" for stem in stems for end in (".json", ".safetensors")}


def _fetched(folder: Path, files: dict[str, str], without: str) -> None:
    rows = {}
    for name, text in files.items():
        if name == without:
            continue
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
        digest = hashlib.sha256(text.encode()).hexdigest()
        rows[name] = {"bytes": len(text), "sha256": digest}
    row = {"repo": f"tiny/{folder.name}", "revision": "0" * 40, "files": rows}
    (folder / "manifest.json").write_text(json.dumps(row))


class Site(Driver):
    """One runner on "cuda", which nothing in the double asks more of than its name."""

    def __init__(self, model_id: str, folder: Path, below: Path, *more: Path) -> None:
        self._record, self._read, self.below = folder / "calls.jsonl", 0, below
        python = environment(folder / "environment", TORCH_PYTHON, HERE / "trellis", *more)
        told = {"MESHKILN_CHECKPOINTS_DIR": str(below), "RECORD": str(self._record)}
        super().__init__(model_id, python, folder / "runs", told, device="cuda")

    def calls(self, name: str = "") -> list[dict[str, Any]]:
        """What was asked since the last look, in order; of one name where it is given."""
        rows = self._record.read_text().splitlines() if self._record.is_file() else []
        fresh, self._read = rows[self._read :], len(rows)
        found = [json.loads(row) for row in fresh]
        return [row for row in found if name in ("", row["call"])]

    def want(self, **wanted: str) -> None:
        """What the double shall do instead of its work, by the name of the call; nothing for none."""
        self._record.with_name("wanted.json").write_text(json.dumps(wanted))

    def made(self, model_id: str, job: Job) -> tuple[Ran, dict[str, Any]]:
        """A run that must succeed, and its info."""
        ran = self.ran(model_id, job)
        assert isinstance(ran.end, Done), ran.end
        return ran, dict(ran.end.outcome.info)

    def ran(self, model_id: str, job: Job, **more: Any) -> Ran:
        """A run of any of the models that share the weights."""
        from pipelines.catalog import Catalog

        self.card = Catalog.discover().cards[model_id]
        self.calls()
        return self.run(job, **more)


def has_colours(path: Path, front: Sequence[int], back: Sequence[int]) -> bool:
    """Whether the faces well in front (+Z) and those well behind have these colours, as far as a JPEG keeps them."""
    mesh = trimesh.load(path, force="mesh")
    picture = np.asarray(mesh.visual.material.baseColorTexture.convert("RGB"))
    uv = mesh.visual.uv[mesh.faces].mean(axis=1)
    size = np.array([picture.shape[1], picture.shape[0]])
    place = np.clip((uv * [1, -1] + [0, 1]) * size, 0, size - 1).astype(int)
    seen = picture[place[:, 1], place[:, 0]]
    depth = mesh.triangles_center[:, 2] - mesh.bounds[:, 2].mean()
    far = 0.3 * np.ptp(mesh.bounds[:, 2])
    found = (seen[depth > far].mean(axis=0), seen[depth < -far].mean(axis=0))
    return bool(np.allclose(found, (front, back), atol=6.0))


def vertices(path: Path, name: str) -> NDArray:
    """An attribute of the vertices of a GLB of one primitive."""
    data = path.read_bytes()
    (length,) = struct.unpack_from("<I", data, 12)
    document = json.loads(data[20 : 20 + length])
    (primitive,) = document["meshes"][0]["primitives"]
    return glb_accessors.values(document, data[28 + length :], primitive["attributes"][name])


def image(pictures: dict[str, Path], *views: str, **params: Any) -> Job:
    """A picture of the object, and further views of it."""
    return Job({slot: pictures[slot] for slot in ("image", *views)}, params)


def with_options(job: Job, **options: Any) -> Job:
    """The job with these of the model's options."""
    return Job(job.inputs, job.params, options)
