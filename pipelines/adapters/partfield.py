"""PartField: a mesh becomes parts by what a network has learnt of parts. Not for commercial use.

The head is light; the network and the clustering are in pipelines/neural/partfield.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from pipelines import checkpoints
from pipelines.adapters import _segments
from pipelines.adapters._run import Stages
from pipelines.checkpoints import Checkpoint
from pipelines.errors import ModelLoadFailed
from pipelines.spec import ModelCard, Outcome, Params, Report, Terms, Work

if TYPE_CHECKING:
    from pipelines.neural.partfield.field import Field as Network


class PartFieldOptions(Params):
    """What may be set of PartField alone."""

    seed: int = Field(
        0, ge=0, le=2**31 - 1, description="of the points that are asked for features"
    )
    points_per_face: int | None = Field(
        None,
        ge=1,
        le=1_000,
        description="points whose features each face is the mean of; left out: 1000, of large meshes fewer",
    )


WEIGHTS = Checkpoint(
    folder="partfield",
    repo="mikaelaangel/partfield-ckpt",
    files=("model_objaverse.ckpt",),
    size_mib=1_200,
)
LICENCE = "NVIDIA License for PartField"
TERMS = Terms(
    code=LICENCE,
    weights=LICENCE,
    commercial_use="no",
    note="for research and education alone (section 3.3)",
)
CARDS = (
    ModelCard(
        model_id="partfield_mesh_segmentation",
        feature="mesh_segmentation",
        family="partfield",
        weights="partfield",
        summary="PartField: features learnt of 3D parts, joined to as many parts as wanted; not for commercial use",
        licence=LICENCE,
        outputs=("glb", "json"),
        options=PartFieldOptions,
        vram_mib=4_096,
        timeout_s=1_800,
        usual_s=20.0,
        requires=(
            *("torch", "partfield", "lightning", "yacs", "einops", "sklearn"),
            *("scipy", "trimesh", "fast_simplification"),
        ),
        environment="partfield",
        memory_params=("points_per_face",),
        lower={"points_per_face": 10},
        terms=TERMS,
        version="nv-tlabs/PartField@50d56ce445bd",
        checkpoints=(WEIGHTS,),
        setup_flags=("--partfield",),
        cpu_capable=True,
    ),
)


class PartField:
    """A mesh -> its parts. Positions stay as they came."""

    _network: Network

    def load(self, device: str) -> None:
        """Import torch and upstream, read the weights. Raises ModelLoadFailed with the reason."""
        from pipelines.neural.offline import go_offline

        go_offline()
        path = checkpoints.root() / WEIGHTS.folder / WEIGHTS.files[0]
        if not path.is_file():
            raise ModelLoadFailed(f"its weights {WEIGHTS.repo} are not here")
        from pipelines.neural.partfield import field

        self._network = field.load(path, device)

    def mesh_segmentation(self, work: Work, report: Report) -> Outcome:
        """Read `mesh`; write output.glb and parts.json, or output.json alone."""
        from pipelines.neural.partfield.segmenting import segmented
        from pipelines.neural.steps import Span

        stages = Stages(report)
        with stages("read"):
            mesh, owner = _segments.read(work)
        with stages("segment"):
            found, points_per_face = segmented(
                self._network,
                mesh.vertices,
                mesh.faces,
                work.params["num_parts"],
                _segments.polygons(owner),
                work.options["points_per_face"],
                work.options["seed"],
                Span(report, "segment"),
            )
        info = {
            "method": "partfield_features_ward",
            "seed": work.options["seed"],
            "points_per_face": points_per_face,
        }
        return _segments.segmented(work, mesh, owner, found, info, stages)


ADAPTER = PartField
