"""A text becomes a textured mesh. No built-in model does this yet; the catalog says so where one is asked for."""

from __future__ import annotations

from typing import Protocol

from pydantic import Field

from pipelines.features.image_to_textured_mesh import TexturedMeshParams
from pipelines.spec import Feature, Outcome, Report, Stage, Work


class TextParams(TexturedMeshParams):
    """What may be set for a mesh from text."""

    text: str = Field(min_length=1, max_length=2_000)
    negative_text: str = Field("", max_length=2_000)


class MakesMeshFromText(Protocol):
    """What an adapter of this feature must do."""

    def text_to_textured_mesh(self, work: Work, report: Report) -> Outcome:
        """Read `text` of `work.params`, write output.glb into `work.out_dir`."""


def run(work: Work, adapter: MakesMeshFromText, report: Report) -> Outcome:
    return adapter.text_to_textured_mesh(work, report)


FEATURE = Feature(
    name="text_to_textured_mesh",
    route="/mesh-generation/text-to-textured-mesh",
    summary="Text to textured mesh",
    inputs={},
    params=TextParams,
    stages=(Stage("geometry", 0.5), Stage("texture", 0.4), Stage("export", 0.1)),
    run=run,
)
