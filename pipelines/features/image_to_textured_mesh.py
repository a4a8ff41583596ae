"""A picture of an object, or several views of it, becomes a mesh with a PBR texture."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal, Protocol

from pydantic import Field

from pipelines.features._laid import LaidParams
from pipelines.features._made import sized
from pipelines.features.image_to_raw_mesh import VIEW_SLOTS, ShapeParams
from pipelines.spec import Feature, Notice, Outcome, Report, Slot, Stage, Work


class TexturedMeshParams(LaidParams, ShapeParams):
    """What may be set for a textured mesh. `mode` is that of `texture_image`."""

    style: Literal["realistic", "cartoon", "lowpoly", "artistic"] = Field(
        "realistic",
        description="cartoon: few strong colours in flat areas; lowpoly: a few hundred faces of one colour each; "
        "artistic: as if painted with a brush",
    )
    texture_size: int = Field(
        1024, ge=256, le=4096, description="side of the texture atlas in pixels"
    )


class MakesTexturedMesh(Protocol):
    """What an adapter of this feature must do."""

    def image_to_textured_mesh(self, work: Work, report: Report) -> Outcome:
        """Read the views in `work.inputs`, write output.glb into `work.out_dir`."""


def run(work: Work, adapter: MakesTexturedMesh, report: Report) -> Outcome:
    outcome = sized(work, adapter.image_to_textured_mesh(work, report))
    mode = work.params.get("mode", "auto")
    if mode == "auto" or "texture_image" in work.inputs:
        return outcome
    said = f"mode {mode} has no effect without texture_image: the views give the colours"
    return replace(outcome, warnings=(*outcome.warnings, Notice("FIELD_WITHOUT_EFFECT", said)))


FEATURE = Feature(
    name="image_to_textured_mesh",
    route="/mesh-generation/image-to-textured-mesh",
    summary="Picture to textured mesh",
    inputs={
        **VIEW_SLOTS,
        "texture_image": Slot(
            "image",
            required=False,
            description="colours the surface instead of the views: a cut-out object is projected, a material is tiled",
        ),
    },
    params=TexturedMeshParams,
    stages=(
        Stage("preprocess", 0.1),
        Stage("geometry", 0.4),
        Stage("texture", 0.4),
        Stage("export", 0.1),
    ),
    run=run,
)
