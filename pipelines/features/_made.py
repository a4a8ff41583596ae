"""What the features that make a mesh share: size and pictures of it, whatever the model. No feature of its own."""

from __future__ import annotations

from dataclasses import replace

from pydantic import Field

from pipelines.errors import UnreadableInput
from pipelines.spec import Notice, Outcome, Params, Work

GLB = "model/gltf-binary"
# A face count further off than this is worth a word.
MOST_MISSED = 0.05


class ShownParams(Params):
    """What every feature that answers a mesh takes."""

    turntable: bool = Field(
        False,
        description="also draw turntable.webp: the mesh turned once about, in up to 36 pictures",
    )


class MadeParams(ShownParams):
    """What every feature that makes a new mesh takes."""

    vertex_limit: int | None = Field(
        None,
        ge=100,
        le=1_000_000,
        description="most vertices the mesh may have, as generation_info.vertex_count counts them (before seams "
        "repeat any); from pictures, a limit above the standard count lets the mesh keep more detail",
    )
    target_face_count: int | None = Field(
        None,
        ge=60,
        le=100_000,
        description="about how many faces the mesh should have, instead of the model's standard count; "
        "vertex_limit still holds, and a mesh without that much detail has fewer",
    )
    simplify_ratio: float = Field(
        1.0,
        ge=0.01,
        le=1.0,
        description="share of the face count that is kept: of the model's standard one or of target_face_count",
    )
    target_height_m: float | None = Field(
        None,
        ge=0.001,
        le=1000.0,
        description="height in metres, exactly. Without it what the prompt says (20 cm tall), else 1, times its size "
        "word; a mesh longer than four times its height gets four times that as its longest side instead",
    )


def sized(work: Work, outcome: Outcome) -> Outcome:
    """The outcome with its GLB on the ground and of the height asked for, and a notice if its face count was missed."""
    from pipelines.geometry import glb_size

    made = next((file for file in outcome.files if file.media_type == GLB), None)
    if made is None:
        return outcome
    path, wanted_m = work.out_dir / made.name, work.params.get("target_height_m")
    notices = _missed(work, outcome)
    try:
        info = {**outcome.info, "size_m": list(glb_size.settle(path, wanted_m))}
    except UnreadableInput as error:
        if wanted_m is None:
            return replace(outcome, warnings=(*outcome.warnings, *notices))
        info = dict(outcome.info)
        said = f"target_height_m has no effect: {error.message}"
        notices += (Notice("FIELD_WITHOUT_EFFECT", said),)
    weighed = replace(made, size_bytes=path.stat().st_size)
    files = tuple(weighed if file is made else file for file in outcome.files)
    return replace(outcome, files=files, info=info, warnings=(*outcome.warnings, *notices))


def _missed(work: Work, outcome: Outcome) -> tuple[Notice, ...]:
    """A notice where the mesh has not the face count asked for, unless the model has said so itself."""
    asked, made = work.params.get("target_face_count"), outcome.info.get("face_count")
    if not asked or not isinstance(made, int) or work.params.get("vertex_limit"):
        return ()
    wanted = asked * work.params.get("simplify_ratio", 1.0)
    if abs(made - wanted) <= MOST_MISSED * wanted:
        return ()
    if any(notice.code == "FACE_COUNT_MISSED" for notice in outcome.warnings):
        return ()
    said = f"the mesh has {made} faces where {round(wanted)} were asked for"
    why = "it has no more detail" if made < wanted else "fewer would not keep its shape closed"
    return (Notice("FACE_COUNT_MISSED", f"{said}: {why}"),)
