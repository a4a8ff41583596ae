"""Built-in part completion on a CPU and without weights: by mirror symmetry where it fits, by lids elsewhere.

What is hidden and has no counterpart on the other side does not come back. No neural network, never posing as one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.adapters import _parts
from pipelines.adapters._run import (
    LIBRARIES,
    OUTPUT_NAME,
    NoOptions,
    Stages,
    dropped,
    load_libraries,
    outcome,
)
from pipelines.spec import OWN_TERMS, ModelCard, Notice, Outcome, Report, Work

if TYPE_CHECKING:
    from pipelines.geometry.complete import Completed
    from pipelines.geometry.mesh_io import Piece

MOST_PIECES = 500


CARDS = (
    ModelCard(
        model_id="classic_part_completion",
        feature="part_completion",
        family="classic",
        weights="classic_parts",
        summary="takes what is missing from a symmetric other side, closes what is left open; no neural network",
        licence="as this project",
        terms=OWN_TERMS,
        requires=LIBRARIES,
        outputs=("glb",),
        options=NoOptions,
        timeout_s=300,
    ),
)


class ClassicParts:
    """A mesh -> its parts, closed. Positions stay as they came."""

    def load(self, device: str) -> None:
        """Import the libraries. There are no weights. Raises ModelLoadFailed naming the missing one."""
        load_libraries("complete")

    def part_completion(self, work: Work, report: Report) -> Outcome:
        """Read `mesh`, close each of its parts, write output.glb."""
        stages = Stages(report)
        with stages("read"):
            parts = _parts.read(work.inputs["mesh"], MOST_PIECES)
        with stages("complete"):
            done = _completed(parts, report)
        with stages("export"):
            path = work.out_dir / OUTPUT_NAME
            _write_bodies(path, done)
        info = {
            "method": "mirror_symmetry_and_rim_filling",
            "num_parts": len(done),
            "vertex_count": sum(len(body.vertices) for body in done.values()),
            "face_count": sum(len(body.faces) for body in done.values()),
            "watertight": all(body.watertight for body in done.values()),
            "parts": [_completed_facts(name, body) for name, body in done.items()],
        }
        notices = _completion_notices(done)
        notices += dropped(work, "lids have no place on it, and each part has one colour")
        return outcome(work, path, info, notices, stages)


ADAPTER = ClassicParts


def _completed(parts: Mapping[str, Piece], report: Report) -> dict[str, Completed]:
    """Each part closed. A rim that a neighbour has too is where the two were cut apart."""
    import numpy as np

    from pipelines.geometry import complete

    rims = {}
    for index, (name, piece) in enumerate(parts.items()):
        report("complete", 0.2 * index / len(parts))
        rims[name] = complete.rim_points(piece.vertices, piece.faces) if len(parts) > 1 else None
    done = {}
    for index, (name, piece) in enumerate(parts.items()):
        others = [rim for other, rim in rims.items() if other != name and rim is not None]
        done[name] = complete.complete(
            piece.vertices,
            piece.faces,
            cuts=np.concatenate(others) if others else None,
            heard=_heard(report, index, len(parts)),
        )
    return done


def _heard(report: Report, index: int, count: int) -> Callable[[float], None]:
    """What tells `report` how far one of so many parts is; a wish to stop comes back out of it."""
    return lambda share: report("complete", 0.2 + 0.8 * (index + share) / count)


def _write_bodies(path: Path, done: Mapping[str, Completed]) -> None:
    from pipelines.geometry import scene_glb

    parts = [
        scene_glb.Part(name, body.vertices, body.faces, colour)
        for (name, body), colour in zip(done.items(), scene_glb.colours(len(done)), strict=True)
    ]
    scene_glb.write(path, parts)


def _completed_facts(name: str, body: Completed) -> dict[str, Any]:
    return {
        "name": name,
        "done": list(body.done),
        "symmetry": _symmetry(body),
        "vertex_count": len(body.vertices),
        "face_count": len(body.faces),
        "faces_mirrored": body.mirrored,
        "faces_filled": len(body.faces) - body.kept - body.mirrored,
        "loops_closed": body.openings,
        "loops_joined": body.bands,
        "flat_lids": body.flat_lids,
        "smooth_lids": body.smooth_lids,
        "watertight_before": body.watertight_before,
        "watertight_after": body.watertight,
    }


def _symmetry(body: Completed) -> dict[str, Any] | None:
    """The plane that the part is most its own mirror image in; None where none was looked for."""
    if body.plane is None:
        return None
    return {
        "score": round(body.plane.score, 4),
        "normal": body.plane.normal.tolist(),
        "offset": float(body.plane.offset),
    }


def _completion_notices(done: Mapping[str, Completed]) -> tuple[Notice, ...]:
    notices = []
    if not any(body.openings for body in done.values()):
        text = "no part has an opening; nothing was added. mesh_segmentation makes parts of a whole mesh"
        notices.append(Notice("NOTHING_OPEN", text))
    sheets = [name for name, body in done.items() if body.sheet]
    if sheets:
        text = f"{_parts.listed(sheets)}: a sheet without thickness; it was closed by a back, not made thick"
        notices.append(Notice("PART_IS_SHEET", text))
    leaky = [name for name, body in done.items() if not body.watertight]
    if leaky:
        text = f"{_parts.listed(leaky)}: not closed everywhere; mend it before it is printed"
        notices.append(Notice("NOT_WATERTIGHT", text))
    return tuple(notices)
