"""TripoSR: one picture becomes a mesh in a single pass, on a GPU or a CPU.

The head is light; the work is in pipelines/neural/triposr. The network draws nothing at random.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from pydantic import Field

from pipelines import checkpoints
from pipelines.adapters._run import OUTPUT_NAME, BakeOptions, Stages, load_libraries, outcome
from pipelines.checkpoints import Checkpoint
from pipelines.errors import ModelLoadFailed
from pipelines.spec import ModelCard, Notice, Outcome, Params, Report, Terms, Work

if TYPE_CHECKING:
    from pipelines.geometry.matting import Cutout
    from pipelines.neural.coloured import Coloured

# As upstream lays a picture before its network: on mid grey. It scales to its own size, 512 px, itself.
BACKDROP, SIDE_PX = 0.5, 1_024
# Of the geometry stage: the pass, then the grid.
PASS = 0.3


class TripoSROptions(Params):
    """What may be set of TripoSR, under upstream's names."""

    mc_resolution: int = Field(
        256, ge=32, le=320, description="places a side at which the shape is asked for"
    )
    foreground_ratio: float = Field(
        0.85, ge=0.5, le=1.0, description="how much of the picture's side the object takes"
    )
    density_threshold: float = Field(
        25.0,
        ge=1.0,
        le=100.0,
        description="density on the surface: lower is fuller, higher thinner",
    )


class TexturedTripoSROptions(BakeOptions, TripoSROptions):
    """The same, and how the texture is baked."""


WEIGHTS = Checkpoint(
    folder="triposr",
    repo="stabilityai/TripoSR",
    files=("config.yaml", "model.ckpt"),
    size_mib=1_600,
)
LAYOUT = Checkpoint(
    folder="triposr_encoder", repo="facebook/dino-vitb16", files=("config.json",), size_mib=1
)
TERMS = Terms(code="MIT", weights="MIT", commercial_use="yes")

CARDS = tuple(
    ModelCard(
        model_id=f"triposr_{feature}",
        feature=feature,
        family="triposr",
        weights=WEIGHTS.folder,
        summary="TripoSR: one picture, one pass; some minutes on a CPU",
        licence="MIT",
        outputs=("glb",),
        options=options,
        vram_mib=6_144,  # as its makers say
        timeout_s=1_800,
        usual_s=60.0,
        requires=(
            "torch",
            "transformers",
            "einops",
            "omegaconf",
            "tsr",
            "skimage",
            "cv2",
            "xatlas",
        ),
        environment="triposr",
        memory_params=("mc_resolution",),
        lower={"mc_resolution": 128},
        terms=TERMS,
        version="VAST-AI-Research/TripoSR@d26e33181947",
        checkpoints=(WEIGHTS, LAYOUT),
        setup_flags=("--triposr",),
        cpu_capable=True,
    )
    for feature, options in (
        ("image_to_raw_mesh", TripoSROptions),
        ("image_to_textured_mesh", TexturedTripoSROptions),
    )
)


class TripoSR:
    """The network, loaded. Its meshes are closed, Y up; what the picture shows faces +Z."""

    def __init__(self) -> None:
        self._model: Any = None
        self._device = "cpu"

    def load(self, device: str) -> None:
        """Read the weights. Raises ModelLoadFailed where they are not here, or do not fit the code."""
        root = checkpoints.root()
        for weights in (WEIGHTS, LAYOUT):
            if missing := checkpoints.lacking(weights, root):
                raise ModelLoadFailed(missing)
        load_libraries()
        from pipelines.neural.offline import go_offline

        go_offline()
        from pipelines.neural.triposr import model

        self._device = device
        self._model = model.load(root / WEIGHTS.folder, root / LAYOUT.folder, device)

    def image_to_raw_mesh(self, work: Work, report: Report) -> Outcome:
        """The mesh in plain grey."""
        from pipelines.neural import coloured

        stages = Stages(report)
        mesh, cutout = self._shape(work, stages)
        with stages("export"):
            path = work.out_dir / OUTPUT_NAME
            coloured.write_raw(path, mesh, lowpoly=work.params["style"] == "lowpoly")
        return outcome(work, path, _info(work, mesh, cutout), _notices(work, cutout), stages)

    def image_to_textured_mesh(self, work: Work, report: Report) -> Outcome:
        """The mesh with the network's own colours, asked at every texel."""
        from pipelines.neural import coloured

        stages = Stages(report)
        mesh, cutout = self._shape(work, stages)
        with stages("texture"):
            painted = coloured.textured(
                mesh,
                texture_px=work.params["texture_size"],
                mode=work.options["texture_bake_mode"],
                lowpoly=work.params["style"] == "lowpoly",
                told=partial(stages.report, "texture"),
            )
        with stages("export"):
            path = work.out_dir / OUTPUT_NAME
            coloured.write_textured(path, painted)
        return outcome(work, path, _info(work, mesh, cutout), _notices(work, cutout), stages)

    def _shape(self, work: Work, stages: Stages) -> tuple[Coloured, Cutout]:
        """Cut out, look, ask the grid, and reduce to the size asked for. -> the mesh, and what was seen."""
        from pipelines.geometry import images, matting
        from pipelines.neural import coloured
        from pipelines.neural.fewer import Budget
        from pipelines.neural.framed import framed
        from pipelines.neural.steps import Span
        from pipelines.neural.triposr import reading

        options = work.options
        with stages("preprocess"):
            cutout = matting.cut_out(images.load_rgba(work.inputs["image"]))
            share = options["foreground_ratio"]
            picture = framed(cutout, share=share, backdrop=BACKDROP, side_px=SIDE_PX)
        with stages("geometry"):
            whole = Span(stages.report, "geometry")
            planes = reading.planes(self._model, picture, self._device, whole.part(0.0, PASS))
            grid = whole.part(PASS, 0.9)
            resolution, threshold = options["mc_resolution"], options["density_threshold"]
            shape = reading.shape(self._model, planes, resolution, threshold, grid)
            mesh = coloured.reduced(shape, Budget.of(work.params))
        return mesh, cutout


ADAPTER = TripoSR


def _info(work: Work, mesh: Coloured, cutout: Cutout) -> dict[str, Any]:
    from pipelines.neural import coloured

    seen = {"matting_method": cutout.method, "views_used": ["image"]}
    return {"method": "triposr", "style": work.params["style"], **seen, **coloured.facts(mesh)}


def _notices(work: Work, cutout: Cutout) -> tuple[Notice, ...]:
    from pipelines.neural import coloured

    said = coloured.without_effect(work.params, work.inputs)
    return (*cutout.notices, *(Notice("FIELD_WITHOUT_EFFECT", text) for text in said))
