"""What the features that lay one picture over a mesh share. No feature of its own."""

from __future__ import annotations

from typing import Literal

from pydantic import AliasChoices, Field

from pipelines.spec import Params


class LaidParams(Params):
    """How a picture comes onto a surface."""

    mode: Literal["auto", "project", "tile"] = Field(
        "auto",
        validation_alias=AliasChoices("mode", "painting_mode"),
        description="project: the object in the picture onto the front; tile: the whole picture all over; auto: an "
        "object with alpha or on a plain background is projected, anything else tiled",
    )
