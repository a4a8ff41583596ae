"""What every segmentation answers with: a coloured scene and parts.json, or the labels alone; and what it tells.

Knows a found Segmentation and the client's file, no way of finding parts.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.adapters._run import OUTPUT_NAME, Stages, dropped, outcome
from pipelines.spec import Notice, Outcome, OutputFile, Work

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pipelines.geometry.mesh_io import ClientMesh
    from pipelines.geometry.segment import Segmentation

LABELS_NAME = "parts.json"


def read(work: Work) -> tuple[ClientMesh, NDArray | None]:
    """The file at `mesh`, and for each triangle the face of the file that it is of, None where that cannot be told."""
    from pipelines.formats import file_faces
    from pipelines.geometry import mesh_io

    mesh = mesh_io.read(work.inputs["mesh"])
    return mesh, file_faces.of_triangles(work.inputs["mesh"], mesh)


def polygons(owner: NDArray | None) -> NDArray | None:
    """The owners, where a face of the file has more than one triangle."""
    return owner if owner is not None and int(owner.max()) + 1 < len(owner) else None


def segmented(
    work: Work,
    mesh: ClientMesh,
    owner: NDArray | None,
    found: Segmentation,
    info: Mapping[str, Any],
    stages: Stages,
) -> Outcome:
    """Write output.glb and parts.json, or output.json alone. `info`: what the model adds to generation_info."""
    with stages("export"):
        rows = _facts(mesh, found)
        files = _write_segmentation(work, mesh, found, rows, owner)
    told = {
        **info,
        "num_parts": found.count,
        "num_parts_shown": found.shown,
        "bodies": found.bodies,
        "vertex_count": sum(part["vertex_count"] for part in rows),
        "face_count": len(mesh.faces),
        "parts": rows,
        "adjacency": _adjacency(found),
    }
    notices = _notices(found, owner)
    if work.params["output_format"] == "glb":
        notices += dropped(work, "the colours of the parts take its place")
    made = outcome(work, work.out_dir / files[0].name, told, notices, stages)
    return replace(made, files=files)


def _facts(mesh: ClientMesh, found: Segmentation) -> list[dict[str, Any]]:
    """For each part: its name, counts, area in the square of the file's unit, and bounds."""
    from pipelines.geometry import part_facts

    return [
        {
            "index": index,
            "name": f"part_{index:02d}",
            "vertex_count": part.vertices,
            "face_count": part.faces,
            "area": part.area,
            "bounds": {"min": part.lowest.tolist(), "max": part.highest.tolist()},
        }
        for index, part in enumerate(
            part_facts.facts(mesh.vertices, mesh.faces, found.label, found.count)
        )
    ]


def _adjacency(found: Segmentation) -> list[dict[str, Any]]:
    return [
        {"parts": list(border.parts), "border_length": border.length} for border in found.borders
    ]


def _labels_of_file(found: Segmentation, owner: NDArray | None) -> NDArray:
    """The label of each face of the file, in its order; of each triangle where these faces are not known."""
    import numpy as np

    if owner is None:
        return found.label
    labels = np.zeros(int(owner.max()) + 1, np.int64)
    labels[owner] = found.label
    return labels


def _write_segmentation(
    work: Work,
    mesh: ClientMesh,
    found: Segmentation,
    rows: list[dict[str, Any]],
    owner: NDArray | None,
) -> tuple[OutputFile, ...]:
    from pipelines.geometry import scene_glb

    of_file = _labels_of_file(found, owner)
    told = {
        "num_parts": found.count,
        "face_count": len(of_file),
        "parts": rows,
        "adjacency": _adjacency(found),
        "face_labels": of_file.tolist(),
    }
    text = json.dumps(told, separators=(",", ":"), allow_nan=False)
    if work.params["output_format"] == "json":
        return (_written(work.out_dir / "output.json", text, "model"),)
    parts = [
        scene_glb.Part(
            part["name"],
            *scene_glb.compact(mesh.vertices, mesh.faces[found.label == part["index"]]),
            colour,
        )
        for part, colour in zip(rows, scene_glb.colours(found.count), strict=True)
    ]
    size_bytes = scene_glb.write(work.out_dir / OUTPUT_NAME, parts)
    model = OutputFile(OUTPUT_NAME, "model", "model/gltf-binary", size_bytes)
    return model, _written(work.out_dir / LABELS_NAME, text, "labels")


def _written(path: Path, text: str, role: str) -> OutputFile:
    path.write_text(text)
    return OutputFile(path.name, role, "application/json", path.stat().st_size)


def _notices(found: Segmentation, owner: NDArray | None) -> tuple[Notice, ...]:
    notices = []
    if found.shown < found.count:
        text = (
            f"num_parts is {found.count}; the mesh shows {found.shown}: "
            "the other cuts run where neither a crease nor a change of thickness calls for one"
        )
        notices.append(Notice("CUTS_WITHOUT_CREASE", text))
    if owner is None:
        text = (
            "face_labels are those of the mesh's triangles: the faces of the file could not be told"
        )
        notices.append(Notice("TRIANGLES_LABELLED", text))
    return tuple(notices)
