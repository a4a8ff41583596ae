"""A mesh is split into as many parts as were asked for: a coloured scene with a node for each, the part of every face
of the file, and which parts touch."""

from __future__ import annotations

from typing import Literal, Protocol

from pydantic import Field

from pipelines.features._made import ShownParams
from pipelines.spec import Feature, Outcome, Report, Slot, Stage, Work


class SegmentationParams(ShownParams):
    """What may be set for segmentation."""

    num_parts: int = Field(
        8, ge=2, le=32, description="parts that are made; a mesh of fewer faces is refused"
    )
    output_format: Literal["glb", "json"] = Field(
        "glb", description="glb: a scene and parts.json beside it; json: the labels alone"
    )


class SegmentsMesh(Protocol):
    """What an adapter of this feature must do."""

    def mesh_segmentation(self, work: Work, report: Report) -> Outcome:
        """Read `mesh` of `work.inputs`, write the scene or the labels into `work.out_dir`."""


def run(work: Work, adapter: SegmentsMesh, report: Report) -> Outcome:
    return adapter.mesh_segmentation(work, report)


FEATURE = Feature(
    name="mesh_segmentation",
    route="/mesh-segmentation/segment-mesh",
    summary="Split a mesh into parts",
    inputs={"mesh": Slot("mesh", description="GLB, glTF, OBJ, FBX, PLY or STL")},
    params=SegmentationParams,
    stages=(Stage("read", 0.1), Stage("segment", 0.8), Stage("export", 0.1)),
    run=run,
)
