"""A mesh gets a skeleton and, where wanted, the weights by which it moves."""

from __future__ import annotations

from typing import Any, Literal, Protocol

from pydantic import Field, field_validator

from pipelines.delivered import MeshFormat, format_field
from pipelines.features._made import ShownParams
from pipelines.spec import Feature, Outcome, Report, Slot, Stage, Work


class RigParams(ShownParams):
    """What may be set for rigging."""

    rig_mode: Literal["skeleton", "skin", "full"] = Field(
        "skeleton",
        description="skeleton: joints alone; skin: weights, on the skeleton of the file where it brings one; "
        "full: new joints and weights; in any case of letters",
    )
    output_format: MeshFormat = format_field()

    @field_validator("rig_mode", mode="before")
    @classmethod
    def _any_case(cls, value: Any) -> Any:
        return value.lower() if isinstance(value, str) else value


class RigsMesh(Protocol):
    """What an adapter of this feature must do."""

    def auto_rig(self, work: Work, report: Report) -> Outcome:
        """Read `mesh` of `work.inputs`, write output.glb and rig.json into `work.out_dir`."""


def run(work: Work, adapter: RigsMesh, report: Report) -> Outcome:
    return adapter.auto_rig(work, report)


FEATURE = Feature(
    name="auto_rig",
    route="/auto-rigging/generate-rig",
    summary="Skeleton and skin weights for a mesh",
    inputs={"mesh": Slot("mesh", description="GLB, glTF, OBJ, FBX, PLY or STL; Y up, front to +Z")},
    params=RigParams,
    stages=(
        Stage("read", 0.1),
        Stage("solid", 0.2),
        Stage("skeleton", 0.3),
        Stage("skin", 0.3),
        Stage("export", 0.1),
    ),
    run=run,
)
