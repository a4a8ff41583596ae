"""What there is to know of TRELLIS before it runs: what may be set, weights, terms, and the cards of its six models."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from pipelines.adapters._run import LIBRARIES, BakeOptions
from pipelines.checkpoints import Checkpoint
from pipelines.spec import ModelCard, Params, Terms

Kind = Literal["text", "image"]


class SpareOptions(Params):
    """Where the models are during a run."""

    low_vram: bool = Field(
        False,
        description="only the models of the present stage are on the GPU: slower, and fits a smaller one",
    )


class LatentOptions(SpareOptions):
    """How the look is sampled, under the names of the first API."""

    slat_sample_steps: int = Field(
        25, ge=1, le=100, description="steps in which the structured latent is sampled"
    )
    slat_cfg_strength: float = Field(
        4.0, ge=0.0, le=20.0, description="how strictly the look keeps to the picture or text"
    )


class ShapeOptions(LatentOptions):
    """How shape and look are sampled."""

    sparse_structure_sample_steps: int = Field(
        25, ge=1, le=100, description="steps in which the voxels of the shape are sampled"
    )
    sparse_structure_cfg_strength: float = Field(
        8.5, ge=0.0, le=20.0, description="how strictly the shape keeps to the picture or text"
    )


class ViewsOptions(ShapeOptions):
    """The same, from pictures."""

    multi_image_mode: Literal["stochastic", "multidiffusion"] = Field(
        "stochastic",
        description="several views: each step looks at one in turn, or at all, which takes as many times longer",
    )


class TextureOptions(BakeOptions):
    """Where the texture comes from."""

    texture_source: Literal["gaussian", "mesh"] = Field(
        "gaussian",
        description="colours by the Gaussian splats, which show more, or by the vertices of the mesh",
    )
    texture_bake: Literal["own", "upstream"] = Field(
        "own",
        description="upstream: its makers' own baking, which needs nvdiffrast and a rasteriser of splats, both not for "
        "commercial use",
    )


class TexturedTextOptions(TextureOptions, ShapeOptions):
    """Shape, look and texture, from text."""


class TexturedViewsOptions(TextureOptions, ViewsOptions):
    """Shape, look and texture, from pictures."""


class PaintOptions(BakeOptions, LatentOptions):
    """Look and texture of a mesh that there is."""

    uvs: Literal["auto", "keep", "new"] = Field(
        "auto",
        description="texture coordinates: the file's own, a new atlas, or its own wherever they can carry paint (auto)",
    )


_IMAGE_REPO = "microsoft/TRELLIS-image-large"
# The decoders are published with the pictures' pipeline; that of texts names them there.
DECODERS = Checkpoint(
    folder="trellis_decoders",
    repo=_IMAGE_REPO,
    files=("ckpts/ss_dec_*", "ckpts/slat_dec_gs_*", "ckpts/slat_dec_mesh_*"),
    size_mib=500,
)
IMAGE_WEIGHTS = Checkpoint(
    folder="trellis_image",
    repo=_IMAGE_REPO,
    files=("pipeline.json", "ckpts/ss_flow_*", "ckpts/slat_flow_*"),
    size_mib=2_300,
)
TEXT_WEIGHTS = Checkpoint(
    folder="trellis_text",
    repo="microsoft/TRELLIS-text-xlarge",
    files=("pipeline.json", "ckpts/ss_flow_*", "ckpts/slat_flow_*"),
    size_mib=3_900,
)
PICTURE_ENCODER = Checkpoint(
    folder="trellis_dinov2",
    repo="facebook/dinov2-with-registers-large",
    files=("config.json", "model.safetensors"),
    size_mib=1_161,
)
TEXT_ENCODER = Checkpoint(
    folder="trellis_clip",
    repo="openai/clip-vit-large-patch14",
    files=(
        *("config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"),
        *("vocab.json", "merges.txt", "special_tokens_map.json"),
    ),
    size_mib=1_635,
)
PIPELINES = {
    "text": ((TEXT_WEIGHTS, DECODERS), TEXT_ENCODER),
    "image": ((IMAGE_WEIGHTS, DECODERS), PICTURE_ENCODER),
}
TERMS = {
    "text": Terms(
        code="MIT; Apache-2.0 (FlexiCubes)",
        weights="MIT; as published by OpenAI (CLIP)",
        commercial_use="yes",
        note="texture_bake=upstream uses nvdiffrast and diff-gaussian-rasterization, which are not for commercial use",
    ),
    "image": Terms(
        code="MIT; Apache-2.0 (FlexiCubes)",
        weights="MIT; Apache-2.0 (DINOv2)",
        commercial_use="yes",
        note="texture_bake=upstream uses nvdiffrast and diff-gaussian-rasterization, which are not for commercial use",
    ),
}


def _card(
    kind: Kind, feature: str, options: type[Params], vram_mib: int, *aliases: str
) -> ModelCard:
    weights, encoder = PIPELINES[kind]
    return ModelCard(
        model_id=f"trellis_{feature}",
        feature=feature,
        family="trellis",
        weights=f"trellis-{kind}",
        summary="TRELLIS, a large diffusion model of shape and look in one",
        licence="MIT",
        outputs=("glb",),
        options=options,
        vram_mib=vram_mib,
        timeout_s=1_800,
        usual_s=60.0,
        requires=(
            *("trellis", "torch", "torchvision", "spconv", "transformers", "safetensors"),
            *("easydict", "tqdm", *LIBRARIES),
        ),
        environment="trellis",
        memory_params=("low_vram",),
        lower={"low_vram": True},
        terms=TERMS[kind],
        version="microsoft/TRELLIS@6b0d64751ad5",
        checkpoints=(*weights, encoder),
        setup_flags=("--trellis",),
        aliases=aliases,
    )


# As published by others for one GPU of 24 GiB, not measured here: 11.5 GiB for shapes, at most 8 for painting.
CARDS = (
    _card("text", "text_to_raw_mesh", ShapeOptions, 11_776),
    _card("text", "text_to_textured_mesh", TexturedTextOptions, 11_776),
    # The second API's document asks for painting by the id of the textured mesh.
    _card("text", "text_mesh_painting", PaintOptions, 8_192, "trellis_text_to_textured_mesh"),
    _card("image", "image_to_raw_mesh", ViewsOptions, 11_776),
    _card("image", "image_to_textured_mesh", TexturedViewsOptions, 11_776),
    _card("image", "image_mesh_painting", PaintOptions, 8_192),
)
