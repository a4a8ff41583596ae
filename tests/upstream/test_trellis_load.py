"""TRELLIS read from local weights, the attention it falls back to, and its makers' own baking."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from pipelines.messages import Failed, Ready
from tests.gltf_validator import validate
from tests.upstream.recorded import ROOT, TORCH_PYTHON, needs_torch
from tests.upstream.trellis_site import (
    NAMES,
    RAW,
    SMALL,
    TEXTURED,
    Site,
    has_colours,
    image,
    weights,
    with_options,
)

pytestmark = needs_torch


# Load


def test_pipeline_is_put_together_of_local_weights_without_the_decoder_nobody_asks_for(tmp_path):
    fresh = Site(RAW, tmp_path, weights(tmp_path / "checkpoints"))
    try:
        assert isinstance(fresh.load(), Ready)
    finally:
        fresh.unload()
    dinov2, encoder = [row for row in fresh.calls() if row["call"] in ("dinov2", "encoder")]
    assert dinov2 == {
        "call": "dinov2",
        "path": str(fresh.below / "trellis_dinov2"),
        "local": True,
    }
    assert encoder["tokens"] == [1, 6, 3]  # the states of the last layer, before its normalisation


def test_text_pipeline_reads_the_decoders_published_elsewhere_and_the_local_encoder(tmp_path):
    fresh = Site("trellis_text_to_raw_mesh", tmp_path, weights(tmp_path / "checkpoints"))
    try:
        assert isinstance(fresh.load(), Ready)
    finally:
        fresh.unload()
    (read, reader) = fresh.calls()
    assert read["kind"] == "TrellisTextTo3DPipeline"
    assert set(read["weights"]) == set(NAMES)
    assert read["weights"]["slat_decoder_mesh"] == "decoder ckpts/slat_dec_mesh_a"
    assert read["weights"]["slat_flow_model"] == "text ckpts/slat_flow_a"
    assert read["args"]["slat_normalization"] == [1]
    assert reader["path"] == str(fresh.below / "trellis_clip")


@pytest.mark.parametrize(
    ("without", "said"),
    [
        ("ckpts/slat_dec_gs_a.safetensors", "ckpts/slat_dec_gs_a is not here"),
        ("pipeline.json", "pipeline.json cannot be read (FileNotFoundError)"),
    ],
)
def test_file_that_is_not_there_is_named(tmp_path, without, said):
    fresh = Site(RAW, tmp_path, weights(tmp_path / "checkpoints", without=without))
    try:
        failed = fresh.load()
    finally:
        fresh.unload()
    assert isinstance(failed, Failed)
    assert failed.message == (
        f"the model could not be loaded: of its weights microsoft/TRELLIS-image-large, {said}"
    )


def failed_load(tmp_path, how):
    """What a runner says whose upstream fails in reading the weights."""
    fresh = Site(RAW, tmp_path, weights(tmp_path / "checkpoints"))
    fresh.want(from_pretrained=how)
    try:
        failed = fresh.load()
    finally:
        fresh.unload()
    assert isinstance(failed, Failed)
    return failed


def test_weights_that_cannot_be_read_are_told_without_a_path(tmp_path):
    assert failed_load(tmp_path, "fails").message == (
        "the model could not be loaded: its weights cannot be read: RuntimeError"
    )


def test_lack_of_gpu_memory_is_not_taken_for_broken_weights(tmp_path):
    failed = failed_load(tmp_path, "memory")
    assert "its weights" not in failed.message
    assert "memory" in failed.message


ATTENTION = """
import torch
from pipelines.neural.trellis.attention import FUNCTIONS as of

def plain(q, k, v):
    weight = torch.einsum("nhc,mhc->hnm", q, k) / q.shape[-1] ** 0.5
    return torch.einsum("hnm,mhc->nhc", weight.softmax(-1), v)

torch.manual_seed(1)
q, k, v = (torch.randn(7, 2, 4) for _ in range(3))
ends, other = torch.tensor([0, 3, 7]), torch.tensor([0, 5, 7])
cut = torch.cat([plain(q[:3], k[:5], v[:5]), plain(q[3:], k[5:], v[5:])])
same = torch.cat([plain(q[:3], k[:3], v[:3]), plain(q[3:], k[3:], v[3:])])
kv, qkv = torch.stack([k, v], 1), torch.stack([q, k, v], 1)
pairs = {
    "flash_attn_func": (of["flash_attn_func"](q[None], k[None], v[None])[0], plain(q, k, v)),
    "flash_attn_kvpacked_func": (of["flash_attn_kvpacked_func"](q[None], kv[None])[0], plain(q, k, v)),
    "flash_attn_qkvpacked_func": (of["flash_attn_qkvpacked_func"](qkv[None])[0], plain(q, k, v)),
    "flash_attn_varlen_func": (of["flash_attn_varlen_func"](q, k, v, ends, other, 4, 5), cut),
    "flash_attn_varlen_kvpacked_func": (
        of["flash_attn_varlen_kvpacked_func"](q, kv, ends, other, 4, 5), cut),
    "flash_attn_varlen_qkvpacked_func": (of["flash_attn_varlen_qkvpacked_func"](qkv, ends, 4), same),
}
assert set(pairs) == set(of)
assert all(torch.allclose(*pair, atol=1e-6) for pair in pairs.values())
"""


def test_attention_of_torch_is_that_of_the_formula():
    variables = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    ended = subprocess.run(
        [TORCH_PYTHON, "-c", ATTENTION], env=variables, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stderr


# The makers' own baking


def test_baking_of_upstream_says_what_it_needs(site, pictures):
    ran = site.ran(TEXTURED, with_options(image(pictures), texture_bake="upstream"))
    assert isinstance(ran.end, Failed)
    assert ran.end.code == "INVALID_VALUE"
    assert ran.end.message.startswith("texture_bake is 'upstream', which needs nvdiffrast, ")
    assert site.calls() == []


def test_baking_of_upstream_is_asked_where_it_is_installed(tmp_path, pictures):
    more = Path(__file__).parent / "trellis_bake"
    fresh = Site(TEXTURED, tmp_path, weights(tmp_path / "checkpoints"), more)
    try:
        assert isinstance(fresh.load(), Ready)
        options = {"texture_bake": "upstream", "texture_bake_mode": "fast"}
        job = image(pictures, **SMALL, simplify_ratio=0.5)
        ran, info = fresh.made(TEXTURED, with_options(job, **options))
    finally:
        fresh.unload()
    (asked,) = fresh.calls("to_glb")
    assert asked == {
        "call": "to_glb",
        "simplify": 0.5,
        "fill_holes": True,
        "texture_size": 256,
        "kinds": ["Gaussian", "MeshExtractResult"],
    }
    path = ran.out_dir / "output.glb"
    assert validate(path).complaints == []
    assert has_colours(path, [0, 200, 0], [0, 200, 0])
    assert (info["texture_bake"], info["face_count"]) == ("upstream", 12)
    told = [row.message for row in ran.end.outcome.warnings if row.code == "FIELD_WITHOUT_EFFECT"]
    assert told == ["texture_bake_mode has no effect with texture_bake upstream"]
