"""A mesh in another format: the same nodes, shape, materials and joints, as far as the format can carry them."""

from __future__ import annotations

from typing import Protocol

from pipelines.delivered import MeshFormat, format_field
from pipelines.features._made import ShownParams
from pipelines.spec import Feature, Outcome, Report, Slot, Stage, Work


class ConversionParams(ShownParams):
    """What may be set for a conversion."""

    output_format: MeshFormat = format_field()


class ConvertsMesh(Protocol):
    """What an adapter of this feature must do."""

    def mesh_conversion(self, work: Work, report: Report) -> Outcome:
        """Read `mesh` of `work.inputs`, write all that is in it as output.glb into `work.out_dir`."""


def run(work: Work, adapter: ConvertsMesh, report: Report) -> Outcome:
    return adapter.mesh_conversion(work, report)


FEATURE = Feature(
    name="mesh_conversion",
    route="/mesh-generation/convert",
    summary="Convert a mesh to another format",
    inputs={"mesh": Slot("mesh", description="GLB, glTF, OBJ, FBX, PLY or STL")},
    params=ConversionParams,
    stages=(Stage("read", 0.5), Stage("export", 0.5)),
    run=run,
)
