"""A text becomes a mesh without texture."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal, Protocol

from pydantic import BeforeValidator, Field, StringConstraints

from pipelines.delivered import MeshFormat, format_field
from pipelines.features._made import MadeParams, sized
from pipelines.spec import Feature, Outcome, Report, Stage, Work

LONGEST_PROMPT = 2_000


# Controls but for tabs and line ends, and halves of a pair, which no UTF-8 holds.
_UNSHOWN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


def without_controls(text: Any) -> Any:
    """The text with a space for each character that nobody can have meant to write."""
    return _UNSHOWN.sub(" ", text) if isinstance(text, str) else text


Shown = BeforeValidator(without_controls)
Prompt = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_PROMPT), Shown
]


class RawTextParams(MadeParams):
    """What may be set for a mesh without texture from text."""

    text_prompt: Prompt = Field(
        description="what the mesh should show, such as: a tall wooden chair"
    )
    output_format: MeshFormat = format_field()
    style: Literal["realistic", "lowpoly"] = Field(
        "realistic", description="lowpoly: few faces, each of them flat"
    )
    seed: int = Field(0, ge=0, le=2**31 - 1, description="another seed varies the proportions")


class MakesRawMeshFromText(Protocol):
    """What an adapter of this feature must do."""

    def text_to_raw_mesh(self, work: Work, report: Report) -> Outcome:
        """Read `text_prompt` of `work.params`, write output.glb into `work.out_dir`."""


def run(work: Work, adapter: MakesRawMeshFromText, report: Report) -> Outcome:
    return sized(work, adapter.text_to_raw_mesh(work, report))


FEATURE = Feature(
    name="text_to_raw_mesh",
    route="/mesh-generation/text-to-raw-mesh",
    summary="Text to mesh without texture",
    inputs={},
    params=RawTextParams,
    stages=(Stage("geometry", 0.8), Stage("export", 0.2)),
    run=run,
)
