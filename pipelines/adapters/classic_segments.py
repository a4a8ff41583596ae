"""Built-in segmentation on a CPU and without weights: a mesh is split by its shape.

Parts are told by creases, thickness and loose bodies; what a thing is stays unknown. No neural network, and never
posing as one.
"""

from __future__ import annotations

from pipelines.adapters import _segments
from pipelines.adapters._run import LIBRARIES, NoOptions, Stages, load_libraries
from pipelines.spec import OWN_TERMS, ModelCard, Outcome, Report, Work

CARDS = (
    ModelCard(
        model_id="classic_mesh_segmentation",
        feature="mesh_segmentation",
        family="classic",
        weights="classic_parts",
        summary="agreement of classical cuts along creases and changes of thickness; no neural network",
        licence="as this project",
        terms=OWN_TERMS,
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
        from pipelines.geometry import segment

        stages = Stages(report)
        with stages("read"):
            mesh, owner = _segments.read(work)
        with stages("segment"):
            found = segment.segment(
                mesh.vertices,
                mesh.faces,
                work.params["num_parts"],
                lambda share: report("segment", share),
                owner=_segments.polygons(owner),
            )
        info = {"method": "consensus_of_cuts"}
        return _segments.segmented(work, mesh, owner, found, info, stages)


ADAPTER = ClassicSegments
