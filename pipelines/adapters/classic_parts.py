"""Built-in parts on a CPU and without weights: a mesh is split by its shape, and the openings of parts are closed.

Parts are told by creases, thickness and loose bodies; what a thing is stays unknown. No neural network, and never
posing as one.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.adapters._run import (
    LIBRARIES,
    OUTPUT_NAME,
    NoOptions,
    Stages,
    load_libraries,
    outcome,
)
from pipelines.errors import InvalidValue
from pipelines.spec import ModelCard, Notice, Outcome, OutputFile, Report, Work

if TYPE_CHECKING:
    from pipelines.geometry.complete import Completed
    from pipelines.geometry.mesh_io import ClientMesh, Piece
    from pipelines.geometry.segment import Segmentation

LABELS_NAME = "parts.json"
# As the feature's default: what a mesh of one piece is split into before its parts are completed.
USUAL_PARTS = 8
MOST_PIECES = 500


CARDS = (
    ModelCard(
        model_id="classic_mesh_segmentation",
        feature="mesh_segmentation",
        family="classic",
        weights="classic_parts",
        summary="agreement of classical cuts along creases and changes of thickness; no neural network",
        licence="as this project",
        requires=LIBRARIES,
        outputs=("glb", "json"),
        options=NoOptions,
        timeout_s=300,
    ),
    ModelCard(
        model_id="classic_part_completion",
        feature="part_completion",
        family="classic",
        weights="classic_parts",
        summary="closes every opening, flat or smoothly; missing limbs do not grow back; no neural network",
        licence="as this project",
        requires=LIBRARIES,
        outputs=("glb",),
        options=NoOptions,
        timeout_s=300,
    ),
)


class ClassicParts:
    """A mesh -> its parts. Positions stay as they came."""

    def load(self, device: str) -> None:
        """Import the libraries. There are no weights. Raises ModelLoadFailed naming the missing one."""
        load_libraries("complete", "segment")

    def mesh_segmentation(self, work: Work, report: Report) -> Outcome:
        """Read `mesh`; write output.glb and parts.json, or output.json alone."""
        from pipelines.geometry import mesh_io, segment

        stages = Stages(report)
        with stages("read"):
            mesh = mesh_io.read(work.inputs["mesh"])
        with stages("segment"):
            found = segment.segment(
                mesh.vertices,
                mesh.faces,
                work.params["num_parts"],
                lambda share: report("segment", share),
            )
        with stages("export"):
            facts = _facts(mesh, found)
            files = _write_segmentation(work, mesh, found, facts)
        info = {
            "method": "consensus_of_cuts",
            "num_parts": found.count,
            "num_parts_wanted": work.params["num_parts"],
            "bodies": found.bodies,
            "vertex_count": sum(part["vertex_count"] for part in facts),
            "face_count": len(mesh.faces),
            "parts": facts,
        }
        notices = _fewer(work, found)
        if work.params["output_format"] == "glb":
            notices += _untextured(work, "the colours of the parts take its place")
        made = outcome(work, work.out_dir / files[0].name, info, notices, stages)
        return replace(made, files=files)

    def part_completion(self, work: Work, report: Report) -> Outcome:
        """Read `mesh`, close each of its parts, write output.glb."""
        from pipelines.geometry import complete, mesh_io

        stages = Stages(report)
        with stages("read"):
            pieces = mesh_io.read_pieces(work.inputs["mesh"])
            if len(pieces) > MOST_PIECES:
                raise InvalidValue(
                    f"mesh has {len(pieces)} nodes; at most {MOST_PIECES} parts are completed, join some of them"
                )
        with stages("split"):
            parts, split_by = _split(pieces, report)
        done = {}
        with stages("complete"):
            for index, (name, piece) in enumerate(parts.items()):
                report("complete", index / len(parts))
                done[name] = complete.complete(piece.vertices, piece.faces)
        with stages("export"):
            path = work.out_dir / OUTPUT_NAME
            _write_bodies(path, done)
        info = {
            "method": "rim_filling",
            "split_by": split_by,
            "num_parts": len(done),
            "vertex_count": sum(len(body.vertices) for body in done.values()),
            "face_count": sum(len(body.faces) for body in done.values()),
            "watertight": all(body.watertight for body in done.values()),
            "parts": [_completed_facts(name, body) for name, body in done.items()],
        }
        notices = _completion_notices(done, split_by)
        notices += _untextured(work, "lids have no place on it, and each part has one colour")
        return outcome(work, path, info, notices, stages)


ADAPTER = ClassicParts


def _part_name(index: int) -> str:
    return f"part_{index:02d}"


def _facts(mesh: ClientMesh, found: Segmentation) -> list[dict[str, Any]]:
    """For each part: its name, counts, area in the square of the file's unit, and bounds."""
    import numpy as np

    from pipelines.geometry import weld

    areas = weld.face_areas(mesh.vertices, mesh.faces)
    rows = []
    for index in range(found.count):
        own = found.label == index
        used = np.unique(mesh.faces[own])
        points = mesh.vertices[used]
        rows.append(
            {
                "index": index,
                "name": _part_name(index),
                "vertex_count": len(used),
                "face_count": int(own.sum()),
                "area": float(areas[own].sum()),
                "bounds": {"min": points.min(0).tolist(), "max": points.max(0).tolist()},
            }
        )
    return rows


def _write_segmentation(
    work: Work, mesh: ClientMesh, found: Segmentation, facts: list[dict[str, Any]]
) -> tuple[OutputFile, ...]:
    from pipelines.geometry import scene_glb

    labels = {
        "num_parts": found.count,
        "face_count": len(mesh.faces),
        "parts": facts,
        # In the order of the file: node after node, each face of more than three corners as its triangles.
        "face_labels": found.label.tolist(),
    }
    text = json.dumps(labels, separators=(",", ":"), allow_nan=False)
    if work.params["output_format"] == "json":
        return (_written(work.out_dir / "output.json", text, "model"),)
    parts = [
        scene_glb.Part(
            part["name"],
            *scene_glb.compact(mesh.vertices, mesh.faces[found.label == part["index"]]),
            colour,
        )
        for part, colour in zip(facts, scene_glb.colours(found.count), strict=True)
    ]
    size_bytes = scene_glb.write(work.out_dir / OUTPUT_NAME, parts)
    model = OutputFile(OUTPUT_NAME, "model", "model/gltf-binary", size_bytes)
    return model, _written(work.out_dir / LABELS_NAME, text, "labels")


def _written(path: Path, text: str, role: str) -> OutputFile:
    path.write_text(text)
    return OutputFile(path.name, role, "application/json", path.stat().st_size)


def _fewer(work: Work, found: Segmentation) -> tuple[Notice, ...]:
    wanted = work.params["num_parts"]
    if found.count >= wanted:
        return ()
    message = (
        f"num_parts is {wanted}; the mesh shows {found.count}: "
        "another cut would run where neither a crease nor a change of thickness calls for one"
    )
    return (Notice("FEWER_PARTS", message),)


def _untextured(work: Work, reason: str) -> tuple[Notice, ...]:
    """A notice where the file has a texture, which the result has not."""
    from pipelines.geometry import client_extras

    notice = Notice("TEXTURE_DROPPED", f"the file's texture was dropped; {reason}")
    return (notice,) if client_extras.read(work.inputs["mesh"]).textured else ()


def _split(pieces: list[Piece], report: Report) -> tuple[dict[str, Piece], str]:
    """The parts by name, and what told them apart: nodes of the file, loose bodies, or segmentation."""
    from pipelines.geometry import mesh_io, segment, weld

    if len(pieces) > 1:
        return _named(pieces), "nodes"
    whole = pieces[0]
    welded = weld.weld(whole.vertices, whole.faces)
    count, body = weld.bodies(weld.face_pairs(welded.faces)[0], len(welded.faces))
    if 1 < count <= MOST_PIECES:
        label, faces, split_by = body, welded.faces, "bodies"
        points = welded.vertices
    else:
        found = segment.segment(
            whole.vertices, whole.faces, USUAL_PARTS, lambda share: report("split", share)
        )
        label, faces, count, split_by = found.label, whole.faces, found.count, "segmentation"
        points = whole.vertices
    parts = [mesh_io.Piece(_part_name(i), points, faces[label == i]) for i in range(count)]
    return _named(parts), split_by if count > 1 else "nothing"


def _named(pieces: list[Piece]) -> dict[str, Piece]:
    """The pieces under names that differ: those of the file, cut to 64 characters, or their number."""
    named: dict[str, Piece] = {}
    for index, piece in enumerate(pieces):
        name = piece.name[:64].strip() or _part_name(index)
        while name in named:
            name = f"{name}_{index:02d}"
        named[name] = piece
    return named


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
        "vertex_count": len(body.vertices),
        "face_count": len(body.faces),
        "faces_added": len(body.faces) - body.kept,
        "flat_lids": body.flat_lids,
        "smooth_lids": body.smooth_lids,
        "watertight": body.watertight,
    }


def _completion_notices(done: Mapping[str, Completed], split_by: str) -> tuple[Notice, ...]:
    notices = []
    if split_by in ("bodies", "segmentation"):
        by = "its loose bodies" if split_by == "bodies" else "its shape"
        text = f"the file holds one mesh; it was split by {by} into {len(done)} parts first"
        notices.append(Notice("SPLIT_FIRST", text))
    if not any(body.flat_lids or body.smooth_lids for body in done.values()):
        notices.append(Notice("NOTHING_OPEN", "no part has an opening; nothing was added"))
    sheets = [name for name, body in done.items() if body.sheet]
    if sheets:
        text = (
            f"{_listed(sheets)}: a sheet without thickness; it was closed by a back, not made thick"
        )
        notices.append(Notice("PART_IS_SHEET", text))
    leaky = [name for name, body in done.items() if not body.watertight]
    if leaky:
        text = f"{_listed(leaky)}: not closed everywhere; mend it before it is printed"
        notices.append(Notice("NOT_WATERTIGHT", text))
    return tuple(notices)


def _listed(names: list[str]) -> str:
    return ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
