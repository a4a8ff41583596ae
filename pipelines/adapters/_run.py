"""What the built-in adapters share: stages that are reported and timed, and the form of their results."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from pipelines.errors import ModelLoadFailed
from pipelines.spec import Notice, Outcome, OutputFile, Params, Report, Work

OUTPUT_NAME = "output.glb"
# What all of them import: requirements/cpu.txt but for what a single family needs.
LIBRARIES = (
    *("numpy", "scipy", "cv2", "PIL", "skimage"),
    *("trimesh", "manifold3d", "fast_simplification", "xatlas"),
)
_MODULES = ("build", "glb", "mesh_io", "paint", "picture_paint", "thumbnail", "uv_atlas")


class NoOptions(Params):
    """Nothing beyond the feature's params."""


class BakeOptions(Params):
    """How a texture is baked."""

    texture_bake_mode: Literal["pbr", "fast", "opt"] = Field(
        "pbr",
        description="pbr: base colour and metallic-roughness; fast: base colour only, pictures by nearest texel; "
        "opt: as pbr with four samples a texel",
    )


def load_libraries(*modules: str) -> None:
    """Import what the built-in models run on, and further `modules` of pipelines.geometry that one of them needs.

    Raises ModelLoadFailed naming a missing library.
    """
    try:
        import cv2

        for module in (*_MODULES, *modules):
            import_module(f"pipelines.geometry.{module}")
    except ImportError as error:
        raise ModelLoadFailed(
            f"a library of requirements/cpu.txt is missing: {error.name}"
        ) from error
    # OpenCV's threads spin while they wait: on these small images they double the CPU time and save no wall time.
    cv2.setNumThreads(1)


@dataclass
class Stages:
    """Tells `report` where a run is, and keeps how long each stage took in seconds."""

    report: Report
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def __call__(self, stage: str) -> Iterator[None]:
        """Run a block as (part of) a stage. A stage may be entered more than once; its times add up."""
        start = time.perf_counter()
        self.report(stage, 0.0)
        yield
        self.report(stage, 1.0)
        self.seconds[stage] = self.seconds.get(stage, 0.0) + time.perf_counter() - start


def outcome(
    work: Work, path: Path, info: Mapping[str, Any], notices: tuple[Notice, ...], stages: Stages
) -> Outcome:
    """The Outcome of a run that wrote one GLB. Adds what every generation_info of these models holds."""
    output = OutputFile(path.name, "model", "model/gltf-binary", path.stat().st_size)
    common = {
        "model": work.model_id,
        "seed": work.params.get("seed", 0),
        "parameters": {**work.params, **work.options},
    }
    seconds = {name: round(value, 4) for name, value in stages.seconds.items()}
    return Outcome((output,), {**common, **info}, notices, seconds)


def dropped(work: Work, reason: str) -> tuple[Notice, ...]:
    """What the file at `mesh` brought and a result without texture and skeleton has not; `reason`: why no texture."""
    from pipelines.geometry import client_extras

    found = client_extras.read(work.inputs["mesh"])
    notices = []
    if found.textured:
        notices.append(Notice("TEXTURE_DROPPED", f"the file's texture was dropped; {reason}"))
    if found.skins:
        text = "the file's skeleton and weights were dropped: the mesh stands as it was bound"
        notices.append(Notice("SKELETON_DROPPED", text))
    if found.animations:
        text = f"the file's animations ({found.animations}) were dropped"
        notices.append(Notice("ANIMATION_DROPPED", text))
    return tuple(notices)
