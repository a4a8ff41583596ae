"""Attention by torch itself, under the names that upstream imports, where neither flash-attn nor xformers is installed.

Slower on a GPU, since sequences of different lengths go one after the other; the numbers are the same but for rounding.
Knows tensors, no model. Shapes are those of flash-attn: (batch, tokens, heads, width), or (tokens, heads, width) with
the bounds of each sequence in `cu_seqlens`.
"""

from __future__ import annotations

import importlib.util
import os

import torch
from torch.nn.functional import scaled_dot_product_attention

from pipelines.neural import stand_ins

# Best first, as upstream spells them.
_COMPILED = ("flash_attn", "xformers")


def choose() -> str:
    """Have upstream use the best attention that is installed. To be called before it is imported. -> its name.

    Dense attention could be torch's by a switch of upstream's; sparse attention only by a stand-in, which serves both.
    """
    found = next((name for name in _COMPILED if importlib.util.find_spec(name)), None)
    if found is None:
        stand_ins.put({"flash_attn": FUNCTIONS})
    backend = found or "flash_attn"
    # Upstream reads these when it is imported. `native` looks for no fastest algorithm: that took longer than a run.
    switches = {"ATTN_BACKEND": backend, "SPARSE_ATTN_BACKEND": backend, "SPCONV_ALGO": "native"}
    os.environ.update(switches)  # noqa: TID251 - how upstream is told
    return found or "torch"


def flash_attn_func(q: torch.Tensor, k: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
    """q (b, n, h, c), k and v (b, m, h, c) -> (b, n, h, c)."""
    rows = (tensor.transpose(1, 2) for tensor in (q, k, v))
    return scaled_dot_product_attention(*rows).transpose(1, 2)


def flash_attn_kvpacked_func(q: torch.Tensor, kv: torch.Tensor) -> torch.Tensor:
    """q (b, n, h, c), kv (b, m, 2, h, c) -> (b, n, h, c)."""
    return flash_attn_func(q, *kv.unbind(2))


def flash_attn_qkvpacked_func(qkv: torch.Tensor) -> torch.Tensor:
    """qkv (b, n, 3, h, c) -> (b, n, h, c)."""
    return flash_attn_func(*qkv.unbind(2))


def flash_attn_varlen_func(
    q: torch.Tensor,
    k: torch.Tensor,
    v: torch.Tensor,
    cu_seqlens_q: torch.Tensor,
    cu_seqlens_k: torch.Tensor,
    max_seqlen_q: int,
    max_seqlen_k: int,
) -> torch.Tensor:
    """q (n, h, c), k and v (m, h, c), sequence after sequence, each ending where the next bound is -> (n, h, c)."""
    ends = zip(cu_seqlens_q.tolist()[1:], cu_seqlens_k.tolist()[1:], strict=True)
    made, first_q, first_k = [], 0, 0
    for last_q, last_k in ends:
        own, other = slice(first_q, last_q), slice(first_k, last_k)
        made.append(flash_attn_func(q[None, own], k[None, other], v[None, other])[0])
        first_q, first_k = last_q, last_k
    return torch.cat(made)


def flash_attn_varlen_kvpacked_func(
    q: torch.Tensor,
    kv: torch.Tensor,
    cu_seqlens_q: torch.Tensor,
    cu_seqlens_k: torch.Tensor,
    max_seqlen_q: int,
    max_seqlen_k: int,
) -> torch.Tensor:
    """As `flash_attn_varlen_func`, with kv (m, 2, h, c)."""
    k, v = kv.unbind(1)
    bounds = (cu_seqlens_q, cu_seqlens_k)
    return flash_attn_varlen_func(q, k, v, *bounds, max_seqlen_q, max_seqlen_k)


def flash_attn_varlen_qkvpacked_func(
    qkv: torch.Tensor, cu_seqlens: torch.Tensor, max_seqlen: int
) -> torch.Tensor:
    """As `flash_attn_varlen_func`, with qkv (n, 3, h, c)."""
    q, k, v = qkv.unbind(1)
    return flash_attn_varlen_func(q, k, v, cu_seqlens, cu_seqlens, max_seqlen, max_seqlen)


FUNCTIONS = {
    function.__name__: function
    for function in (
        flash_attn_func,
        flash_attn_kvpacked_func,
        flash_attn_qkvpacked_func,
        flash_attn_varlen_func,
        flash_attn_varlen_kvpacked_func,
        flash_attn_varlen_qkvpacked_func,
    )
}
