"""A picture of an object, or several views of it, becomes a mesh without texture."""

from __future__ import annotations

from typing import Literal, Protocol

from pydantic import Field

from pipelines.delivered import MeshFormat, format_field
from pipelines.features._made import MadeParams, sized
from pipelines.spec import Feature, Outcome, Report, Slot, Stage, Work

VIEW_SLOTS = {
    "image": Slot("image", description="the front view"),
    "image_back": Slot("image", required=False, description="seen from behind"),
    "image_left": Slot(
        "image", required=False, description="the object's own left side, seen from +X"
    ),
    "image_right": Slot(
        "image", required=False, description="the object's own right side, seen from -X"
    ),
    "image_top": Slot(
        "image", required=False, description="seen from above, front edge at the bottom"
    ),
    "image_bottom": Slot(
        "image", required=False, description="seen from below, front edge at the top"
    ),
}


class ShapeParams(MadeParams):
    """What may be set for the form of a mesh, with a texture or without."""

    output_format: MeshFormat = format_field()
    seed: int = Field(
        0, ge=0, le=2**31 - 1, description="reported; the built-in models draw nothing at random"
    )


class RawMeshParams(ShapeParams):
    """What may be set for a mesh without texture."""

    style: Literal["realistic", "lowpoly"] = Field(
        "realistic", description="lowpoly: a few hundred flat faces"
    )


class MakesRawMesh(Protocol):
    """What an adapter of this feature must do."""

    def image_to_raw_mesh(self, work: Work, report: Report) -> Outcome:
        """Read the views in `work.inputs`, write output.glb into `work.out_dir`."""


def run(work: Work, adapter: MakesRawMesh, report: Report) -> Outcome:
    return sized(work, adapter.image_to_raw_mesh(work, report))


FEATURE = Feature(
    name="image_to_raw_mesh",
    route="/mesh-generation/image-to-raw-mesh",
    summary="Picture to mesh without texture",
    inputs=VIEW_SLOTS,
    params=RawMeshParams,
    stages=(Stage("preprocess", 0.2), Stage("geometry", 0.6), Stage("export", 0.2)),
    run=run,
)
