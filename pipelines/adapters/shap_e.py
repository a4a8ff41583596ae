"""Shap-E: a text or a picture becomes a mesh by diffusion, on a GPU or, with patience, on a CPU.

Small and free to use commercially, and far below newer models: the built-in ones are taken first. The head is light;
the work is in pipelines/neural/shap_e.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field

from pipelines import checkpoints
from pipelines.adapters._run import OUTPUT_NAME, BakeOptions, Stages, load_libraries, outcome
from pipelines.checkpoints import Checkpoint
from pipelines.errors import ModelLoadFailed
from pipelines.spec import ModelCard, Notice, Outcome, Params, Report, Terms, Work

if TYPE_CHECKING:
    from pipelines.geometry.matting import Cutout
    from pipelines.neural.coloured import Coloured

# A picture as the model was trained on: on white, with some room around.
SHARE, BACKDROP, SIDE_PX = 0.8, 1.0, 512
# Of the geometry stage: the diffusion, and then the grid.
SAMPLING = 0.7


class ShapEOptions(Params):
    """What may be set of Shap-E, from text or pictures."""

    num_inference_steps: int = Field(
        25, ge=2, le=128, description="steps of the diffusion; each but the last takes two looks"
    )
    grid_size: int = Field(
        128, ge=32, le=256, description="places a side at which the shape is asked for"
    )


class TextOptions(ShapEOptions):
    """The same, for text."""

    guidance_scale: float = Field(
        15.0, ge=1.0, le=30.0, description="how strictly the text is kept to; 1 is not at all"
    )


class ImageOptions(ShapEOptions):
    """The same, for pictures."""

    guidance_scale: float = Field(
        3.0, ge=1.0, le=30.0, description="how strictly the picture is kept to; 1 is not at all"
    )


class TexturedTextOptions(BakeOptions, TextOptions):
    """The same, and how the texture is baked."""


class TexturedImageOptions(BakeOptions, ImageOptions):
    """The same, and how the texture is baked."""


# Files of the published repositories, without the half-precision copies and those of earlier layouts.
_SHARED_FILES = (
    *("model_index.json", "scheduler/scheduler_config.json"),
    *("prior/config.json", "prior/diffusion_pytorch_model.bin"),
    *("shap_e_renderer/config.json", "shap_e_renderer/diffusion_pytorch_model.bin"),
)
TEXT_WEIGHTS = Checkpoint(
    folder="shap_e_text",
    repo="openai/shap-e",
    files=(
        *_SHARED_FILES,
        "text_encoder/config.json",
        "text_encoder/pytorch_model.bin",
        "tokenizer/*",
    ),
    size_mib=2_540,
)
IMAGE_WEIGHTS = Checkpoint(
    folder="shap_e_image",
    repo="openai/shap-e-img2img",
    files=(
        *_SHARED_FILES,
        *("image_encoder/config.json", "image_encoder/pytorch_model.bin", "image_processor/*"),
    ),
    size_mib=3_230,
)
TERMS = Terms(code="Apache-2.0 (diffusers)", weights="MIT", commercial_use="yes")


def _card(feature: str, weights: Checkpoint, options: type[Params], vram_mib: int) -> ModelCard:
    return ModelCard(
        model_id=f"shap_e_{feature}",
        feature=feature,
        family="shap_e",
        weights=weights.folder,
        summary="Shap-E, an early diffusion model; on a CPU a matter of many minutes",
        licence="MIT",
        outputs=("glb",),
        options=options,
        vram_mib=vram_mib,
        timeout_s=7_200,
        usual_s=600.0,
        requires=("torch", "diffusers", "transformers", "skimage", "cv2", "xatlas"),
        environment="shap_e",
        memory_params=("grid_size",),
        lower={"grid_size": 64},
        terms=TERMS,
        version="diffusers 0.42",
        checkpoints=(weights,),
        setup_flags=("--shap-e",),
        cpu_capable=True,
        # Far below the built-in models in what comes out.
        standing=-1,
    )


# Weights in float32, 0.7 GiB for CUDA itself and 0.5 GiB for the run: by sum, never measured.
CARDS = (
    _card("text_to_raw_mesh", TEXT_WEIGHTS, TextOptions, 4_096),
    _card("text_to_textured_mesh", TEXT_WEIGHTS, TexturedTextOptions, 4_096),
    _card("image_to_raw_mesh", IMAGE_WEIGHTS, ImageOptions, 4_608),
    _card("image_to_textured_mesh", IMAGE_WEIGHTS, TexturedImageOptions, 4_608),
)


class ShapE:
    """One of the two pipelines, loaded. Its meshes are closed, Y up, front to +Z as far as the model has a front."""

    def __init__(self, kind: Literal["text", "image"]) -> None:
        self._kind: Literal["text", "image"] = kind
        self._pipe: Any = None

    def load(self, device: str) -> None:
        """Read the weights. Raises ModelLoadFailed where they are not here."""
        weights = TEXT_WEIGHTS if self._kind == "text" else IMAGE_WEIGHTS
        if missing := checkpoints.lacking(weights, checkpoints.root()):
            raise ModelLoadFailed(missing)
        load_libraries()
        from pipelines.neural.offline import go_offline

        go_offline()
        from pipelines.neural.shap_e import sampling

        self._pipe = sampling.load(self._kind, checkpoints.root() / weights.folder, device)

    def text_to_raw_mesh(self, work: Work, report: Report) -> Outcome:
        """The mesh of a text in plain grey."""
        return self._raw(work, Stages(report), work.params["text_prompt"])

    def text_to_textured_mesh(self, work: Work, report: Report) -> Outcome:
        """The mesh of a text, and of what the surface should look like, in the model's colours."""
        said = [work.params["text_prompt"], work.params["texture_prompt"]]
        return self._textured(work, Stages(report), ", ".join(filter(None, said)))

    def image_to_raw_mesh(self, work: Work, report: Report) -> Outcome:
        """The mesh of a picture in plain grey."""
        stages = Stages(report)
        return self._raw(work, stages, *_picture(work, stages))

    def image_to_textured_mesh(self, work: Work, report: Report) -> Outcome:
        """The mesh of a picture in the model's colours."""
        stages = Stages(report)
        return self._textured(work, stages, *_picture(work, stages))

    def _raw(self, work: Work, stages: Stages, asked: Any, cutout: Cutout | None = None) -> Outcome:
        from pipelines.neural import coloured

        mesh = self._shape(work, stages, asked)
        with stages("export"):
            path = work.out_dir / OUTPUT_NAME
            coloured.write_raw(path, mesh, lowpoly=work.params["style"] == "lowpoly")
        notices = self._notices(work, asked, cutout)
        return outcome(work, path, _info(work, mesh, cutout), notices, stages)

    def _textured(
        self, work: Work, stages: Stages, asked: Any, cutout: Cutout | None = None
    ) -> Outcome:
        from pipelines.neural import coloured

        mesh = self._shape(work, stages, asked)
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
        notices = self._notices(work, asked, cutout)
        return outcome(work, path, _info(work, mesh, cutout), notices, stages)

    def _shape(self, work: Work, stages: Stages, asked: Any) -> Coloured:
        """Draw, decode, and reduce to the size asked for."""
        from pipelines.neural import coloured
        from pipelines.neural.fewer import Budget
        from pipelines.neural.shap_e import decoding, sampling
        from pipelines.neural.steps import Span

        options = work.options
        with stages("geometry"):
            whole = Span(stages.report, "geometry")
            drawn = sampling.latent(
                self._pipe,
                asked,
                steps=options["num_inference_steps"],
                guidance=options["guidance_scale"],
                seed=work.params["seed"],
                span=whole.part(0.0, SAMPLING),
            )
            grid = whole.part(SAMPLING, 0.95)
            shape = decoding.decoded(self._pipe, drawn, options["grid_size"], grid)
            return coloured.reduced(shape, Budget.of(work.params))

    def _notices(self, work: Work, asked: Any, cutout: Cutout | None) -> tuple[Notice, ...]:
        from pipelines.neural import coloured
        from pipelines.neural.shap_e import sampling

        said = coloured.without_effect(work.params, work.inputs)
        found = [*(cutout.notices if cutout else ())]
        found += [Notice("FIELD_WITHOUT_EFFECT", text) for text in said]
        if isinstance(asked, str) and (rest := sampling.unread(self._pipe, asked)):
            text = f"the model reads the beginning of a text alone; it did not read: {rest:.200}"
            found.append(Notice("WORDS_IGNORED", text))
        return tuple(found)


ADAPTERS = {
    TEXT_WEIGHTS.folder: partial(ShapE, "text"),
    IMAGE_WEIGHTS.folder: partial(ShapE, "image"),
}


def _picture(work: Work, stages: Stages) -> tuple[Any, Cutout]:
    """The object of the picture, framed as the model knows pictures; and as it was cut out."""
    from pipelines.geometry import images, matting
    from pipelines.neural.framed import framed

    with stages("preprocess"):
        cutout = matting.cut_out(images.load_rgba(work.inputs["image"]))
        picture = framed(cutout, share=SHARE, backdrop=BACKDROP, side_px=SIDE_PX)
    return picture, cutout


def _info(work: Work, mesh: Coloured, cutout: Cutout | None) -> dict[str, Any]:
    from pipelines.neural import coloured

    seen = {"matting_method": cutout.method, "views_used": ["image"]} if cutout else {}
    return {"method": "shap_e", "style": work.params["style"], **seen, **coloured.facts(mesh)}
