"""Built-in segmentation on a CPU and without weights: a mesh is split by its shape.

Parts are told by creases, thickness and loose bodies; what a thing is stays unknown. No neural network, and never
posing as one.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.adapters._run import (
    LIBRARIES,
    OUTPUT_NAME,
    NoOptions,
    Stages,
    dropped,
    load_libraries,
    outcome,
)
from pipelines.spec import ModelCard, Notice, Outcome, OutputFile, Report, Work

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pipelines.geometry.mesh_io import ClientMesh
    from pipelines.geometry.segment import Segmentation

LABELS_NAME = "parts.json"


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
)


class ClassicSegments:
    """A mesh -> its parts. Positions stay as they came."""

    def load(self, device: str) -> None:
        """Import the libraries. There are no weights. Raises ModelLoadFailed naming the missing one."""
        load_libraries("segment")

    def mesh_segmentation(self, work: Work, report: Report) -> Outcome:
        """Read `mesh`; write output.glb and parts.json, or output.json alone."""
        from pipelines.formats import file_faces
        from pipelines.geometry import mesh_io, segment

        stages = Stages(report)
        with stages("read"):
            mesh = mesh_io.read(work.inputs["mesh"])
            owner = file_faces.of_triangles(work.inputs["mesh"], mesh)
        with stages("segment"):
            found = segment.segment(
                mesh.vertices,
                mesh.faces,
                work.params["num_parts"],
                lambda share: report("segment", share),
                owner=owner if _has_polygons(owner) else None,
            )
        with stages("export"):
            facts = _facts(mesh, found)
            files = _write_segmentation(work, mesh, found, facts, owner)
        info = {
            "method": "consensus_of_cuts",
            "num_parts": found.count,
            "num_parts_shown": found.shown,
            "bodies": found.bodies,
            "vertex_count": sum(part["vertex_count"] for part in facts),
            "face_count": len(mesh.faces),
            "parts": facts,
            "adjacency": _adjacency(found),
        }
        notices = _notices(found, owner)
        if work.params["output_format"] == "glb":
            notices += dropped(work, "the colours of the parts take its place")
        made = outcome(work, work.out_dir / files[0].name, info, notices, stages)
        return replace(made, files=files)


ADAPTER = ClassicSegments


def _has_polygons(owner: NDArray | None) -> bool:
    """Whether a face of the file has more than one triangle."""
    return owner is not None and int(owner.max()) + 1 < len(owner)


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
    facts: list[dict[str, Any]],
    owner: NDArray | None,
) -> tuple[OutputFile, ...]:
    from pipelines.geometry import scene_glb

    of_file = _labels_of_file(found, owner)
    told = {
        "num_parts": found.count,
        "face_count": len(of_file),
        "parts": facts,
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
        for part, colour in zip(facts, scene_glb.colours(found.count), strict=True)
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
