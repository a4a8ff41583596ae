"""Conversion between mesh formats. No model at all: what a file holds is written down in another form."""

from __future__ import annotations

from pipelines.adapters._run import (
    LIBRARIES,
    OUTPUT_NAME,
    NoOptions,
    Stages,
    load_libraries,
    outcome,
)
from pipelines.mesh_kind import HEAD_BYTES, mesh_kind
from pipelines.spec import OWN_TERMS, ModelCard, Notice, Outcome, Report, Work

CARDS = (
    ModelCard(
        model_id="classic_mesh_conversion",
        feature="mesh_conversion",
        family="classic",
        weights="classic",
        summary="writes what a mesh file holds in another format; no neural network",
        licence="as this project",
        terms=OWN_TERMS,
        requires=LIBRARIES,
        outputs=("glb",),
        options=NoOptions,
        timeout_s=300,
        usual_s=2.0,
    ),
)


class ClassicConvert:
    """A mesh -> the same as a GLB; the format that was asked for is made of that. A GLB stays to the byte."""

    def load(self, device: str) -> None:
        """Import the libraries. There are no weights. Raises ModelLoadFailed naming the missing one."""
        load_libraries()

    def mesh_conversion(self, work: Work, report: Report) -> Outcome:
        """Read `mesh`, write output.glb."""
        from pipelines.formats import files
        from pipelines.formats.scene import face_count

        stages = Stages(report)
        source, target = work.inputs["mesh"], work.out_dir / OUTPUT_NAME
        with stages("read"):
            data = source.read_bytes()
            kind = mesh_kind(data[:HEAD_BYTES], len(data))
            opened = files.read(data, kind)
        lost = () if kind == "glb" else opened.lost
        with stages("export"):
            if kind == "glb":
                target.write_bytes(data)
            else:
                written = files.write(opened.scene, work.out_dir, target.stem, "glb")
                lost += written.lost
        info = {
            "method": "conversion",
            "read_as": kind,
            "vertex_count": sum(len(mesh.positions) for mesh in opened.scene.meshes),
            "face_count": face_count(opened.scene),
        }
        notices = tuple(Notice("FORMAT_LOSES", said) for said in dict.fromkeys(lost))
        return outcome(work, target, info, notices, stages)


ADAPTER = ClassicConvert
