"""HoloPart: the parts of a mesh made whole by diffusion, also where other parts hide them.

A mesh of one piece is first cut into parts by our own segmentation. The head is light; the work is in
pipelines/neural/holopart.
"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import Field

from pipelines import checkpoints
from pipelines.adapters import _parts
from pipelines.adapters._run import OUTPUT_NAME, Stages, dropped, outcome
from pipelines.checkpoints import Checkpoint
from pipelines.errors import ModelLoadFailed
from pipelines.spec import ModelCard, Notice, Outcome, Params, Report, Terms, Work

if TYPE_CHECKING:
    from pipelines.neural.holopart.completing import Completer

# Each part is a diffusion of its own, of seconds on a GPU.
MOST_PARTS = 64
# Of the stage: cutting a mesh of one piece.
_CUTTING = 0.1


class HoloPartOptions(Params):
    """What may be set of HoloPart alone."""

    seed: int = Field(42, ge=0, le=2**31 - 1, description="of the noise and of the points")
    num_inference_steps: int = Field(
        50, ge=1, le=200, description="steps of the diffusion, for each part"
    )
    guidance_scale: float = Field(
        3.5, ge=1.0, le=20.0, description="how strictly the part is kept to; 1 is not at all"
    )
    octree_depth: int = Field(
        8, ge=5, le=9, description="the grid of a part has 2 to the power of this steps a side"
    )
    faces_per_part: int = Field(
        10_000, ge=500, le=200_000, description="about the most faces of a finished part"
    )
    num_parts: int = Field(
        8,
        ge=1,
        le=32,
        description="parts that a mesh of one piece is cut into first; 1 leaves it as it is",
    )


WEIGHTS = Checkpoint(
    folder="holopart",
    repo="VAST-AI/HoloPart",
    files=("model_index.json", "*/*.json", "*/*.safetensors"),
    size_mib=3_500,
)
TERMS = Terms(
    code="MIT, parts of it derived from HunyuanDiT and FlashVDM (Tencent's community licences)",
    weights="as published by their makers, VAST-AI/HoloPart",
    commercial_use="conditional",
    territory="European Union, United Kingdom, South Korea, where Tencent's licences reach its code",
    note="its NOTICE names two licences of Tencent with conditions of their own; have them read first",
)
CARDS = (
    ModelCard(
        model_id="holopart_part_completion",
        feature="part_completion",
        family="holopart",
        weights="holopart",
        summary="HoloPart: parts made whole by diffusion, also where others hide them",
        licence="MIT, with conditions",
        outputs=("glb",),
        options=HoloPartOptions,
        vram_mib=10_240,
        timeout_s=3_600,
        usual_s=120.0,
        requires=("torch", "holopart", "diffusers", "transformers", "einops", "scipy", "skimage"),
        environment="holopart",
        memory_params=("octree_depth",),
        lower={"octree_depth": 7},
        terms=TERMS,
        version="VAST-AI-Research/HoloPart@48dd632c9a74",
        checkpoints=(WEIGHTS,),
        setup_flags=("--holopart",),
    ),
)


class HoloPart:
    """A mesh -> its parts, whole, each where it stands."""

    _completer: Completer

    def load(self, device: str) -> None:
        """Import torch and upstream, read the weights. Raises ModelLoadFailed with the reason."""
        from pipelines.neural.offline import go_offline

        go_offline()
        folder = checkpoints.root() / WEIGHTS.folder
        if not (folder / "model_index.json").is_file():
            raise ModelLoadFailed(f"its weights {WEIGHTS.repo} are not here")
        from pipelines.neural.holopart import completing

        self._completer = completing.load(folder, device)

    def part_completion(self, work: Work, report: Report) -> Outcome:
        """Read `mesh`, make each of its parts whole, write output.glb."""
        from pipelines.neural.holopart.completing import Settings
        from pipelines.neural.steps import Span

        stages = Stages(report)
        chosen = dict(work.options)
        num_parts = chosen.pop("num_parts")
        settings = Settings(**chosen)
        with stages("read"):
            sent = _parts.read(work.inputs["mesh"], MOST_PARTS)
            parts = [(name, piece.vertices, piece.faces) for name, piece in sent.items()]
        with stages("complete"):
            span, cut = Span(report, "complete"), None
            if len(parts) == 1 and num_parts > 1:
                parts, cut = _cut(parts[0], num_parts, span.part(0.0, _CUTTING))
                span = span.part(_CUTTING, 1.0)
            done = self._completer.completed(parts, settings, span)
        names = [name for name, _, _ in parts]
        with stages("export"):
            path = work.out_dir / OUTPUT_NAME
            _write(path, names, done)
        info = {**asdict(settings), **_info(names, done), "segmentation": cut}
        notices = dropped(work, "the parts are new surfaces, each with one colour")
        return outcome(work, path, info, (*_notices(cut), *notices), stages)


ADAPTER = HoloPart


def _cut(part: tuple[str, Any, Any], count: int, span: Any) -> tuple[list[Any], dict[str, Any]]:
    """A mesh of one piece in so many parts, and what is told of the way. Raises InvalidValue for too few faces."""
    from pipelines.geometry import scene_glb, segment

    _, vertices, faces = part
    found = segment.segment(vertices, faces, count, span)
    parts = [
        (_parts.part_name(index), *scene_glb.compact(vertices, faces[found.label == index]))
        for index in range(found.count)
    ]
    told = {"model": "classic_mesh_segmentation", "method": "consensus_of_cuts"}
    return parts, {**told, "num_parts": found.count, "num_parts_shown": found.shown}


def _write(path: Path, names: list[str], done: list[Any]) -> None:
    from pipelines.geometry import scene_glb

    parts = [
        scene_glb.Part(name, vertices, faces, colour)
        for name, (vertices, faces), colour in zip(
            names, done, scene_glb.colours(len(done)), strict=True
        )
    ]
    scene_glb.write(path, parts)


def _info(names: list[str], done: list[Any]) -> dict[str, Any]:
    from pipelines.geometry import decimate

    rows = [
        {
            "name": name,
            "vertex_count": len(vertices),
            "face_count": len(faces),
            "watertight": decimate.is_closed(faces),
        }
        for name, (vertices, faces) in zip(names, done, strict=True)
    ]
    return {
        "method": "holopart_diffusion",
        "num_parts": len(rows),
        "vertex_count": sum(row["vertex_count"] for row in rows),
        "face_count": sum(row["face_count"] for row in rows),
        "watertight": all(row["watertight"] for row in rows),
        "parts": rows,
    }


def _notices(cut: dict[str, Any] | None) -> tuple[Notice, ...]:
    if cut is None:
        return ()
    text = (
        f"the mesh is one piece; the built-in segmentation cut it into {cut['num_parts']} parts first. "
        "Send a scene with a node for each part to choose them, or set num_parts"
    )
    return (Notice("PARTS_CUT_FIRST", text),)
