"""A picture is painted onto the client's own mesh; its geometry stays as it is."""

from __future__ import annotations

from typing import Literal, Protocol

from pydantic import Field

from pipelines.delivered import MeshFormat, format_field
from pipelines.features._laid import LaidParams
from pipelines.features._made import ShownParams
from pipelines.spec import Feature, Outcome, Report, Slot, Stage, Work


class PaintParams(LaidParams, ShownParams):
    """What may be set for painting."""

    output_format: MeshFormat = format_field()
    texture_size: int = Field(
        1024, ge=256, le=4096, description="side of the texture atlas in pixels"
    )
    style: Literal["realistic", "cartoon", "artistic"] = Field(
        "realistic",
        description="cartoon: few strong colours in flat areas; artistic: as if painted with a brush",
    )
    seed: int = Field(
        0, ge=0, le=2**31 - 1, description="reported; the built-in models draw nothing at random"
    )


class PaintsByImage(Protocol):
    """What an adapter of this feature must do."""

    def image_mesh_painting(self, work: Work, report: Report) -> Outcome:
        """Read `image` and `mesh` of `work.inputs`, write output.glb into `work.out_dir`."""


def run(work: Work, adapter: PaintsByImage, report: Report) -> Outcome:
    return adapter.image_mesh_painting(work, report)


FEATURE = Feature(
    name="image_mesh_painting",
    route="/mesh-generation/image-mesh-painting",
    summary="Picture onto a given mesh",
    inputs={
        "image": Slot("image", description="the picture"),
        "mesh": Slot("mesh", description="GLB, glTF, OBJ, FBX, PLY or STL"),
    },
    params=PaintParams,
    stages=(Stage("preprocess", 0.2), Stage("texture", 0.7), Stage("export", 0.1)),
    run=run,
)
