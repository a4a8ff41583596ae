"""A text paints the client's own mesh; its geometry stays as it is."""

from __future__ import annotations

from typing import Literal, Protocol

from pydantic import Field

from pipelines.delivered import MeshFormat, format_field
from pipelines.features._made import ShownParams
from pipelines.features.text_to_raw_mesh import Prompt
from pipelines.spec import Feature, Outcome, Report, Slot, Stage, Work


class TextPaintParams(ShownParams):
    """What may be set for painting by text."""

    text_prompt: Prompt = Field(
        description="what the surface should look like, such as: shiny red plastic"
    )
    output_format: MeshFormat = format_field()
    texture_size: int = Field(
        1024, ge=256, le=4096, description="side of the texture atlas in pixels"
    )
    style: Literal["realistic", "cartoon", "artistic"] = Field(
        "realistic", description="cartoon: bright flat colours; artistic: painted in strokes"
    )
    seed: int = Field(0, ge=0, le=2**31 - 1, description="another seed shifts the pattern")


class PaintsByText(Protocol):
    """What an adapter of this feature must do."""

    def text_mesh_painting(self, work: Work, report: Report) -> Outcome:
        """Read `text_prompt` and `mesh`, write output.glb into `work.out_dir`."""


def run(work: Work, adapter: PaintsByText, report: Report) -> Outcome:
    return adapter.text_mesh_painting(work, report)


FEATURE = Feature(
    name="text_mesh_painting",
    route="/mesh-generation/text-mesh-painting",
    summary="Text onto a given mesh",
    inputs={"mesh": Slot("mesh", description="GLB, glTF, OBJ, FBX, PLY or STL")},
    params=TextPaintParams,
    stages=(Stage("preprocess", 0.1), Stage("texture", 0.8), Stage("export", 0.1)),
    run=run,
)
