"""Modules of flash_attn and timm that UniRig is made of, in torch itself: the same weights, nothing to compile.

Torch is imported at the top: this file is imported in the family's environment alone.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import nn


class MHA(nn.Module):
    """Attention between two sequences, with the names and shapes of the weights of flash_attn's class of that name."""

    def __init__(self, embed_dim: int, num_heads: int, cross_attn: bool = False) -> None:
        super().__init__()
        if not cross_attn:
            raise ValueError("only attention between two sequences is offered")
        self.num_heads = num_heads
        self.Wq = nn.Linear(embed_dim, embed_dim)
        self.Wkv = nn.Linear(embed_dim, 2 * embed_dim)
        self.out_proj = nn.Linear(embed_dim, embed_dim)

    def forward(self, x: torch.Tensor, x_kv: torch.Tensor) -> torch.Tensor:
        """x (b, n, d) looks at x_kv (b, m, d) -> (b, n, d)."""
        key, value = self.Wkv(x_kv).chunk(2, dim=-1)
        heads = [self._heads(rows) for rows in (self.Wq(x), key, value)]
        seen = nn.functional.scaled_dot_product_attention(*heads)
        return self.out_proj(seen.transpose(1, 2).flatten(2))

    def _heads(self, rows: torch.Tensor) -> torch.Tensor:
        return rows.unflatten(-1, (self.num_heads, -1)).transpose(1, 2)


class DropPath(nn.Module):
    """What timm's does outside of training: nothing."""

    def __init__(self, drop_prob: float = 0.0, *_: Any, **__: Any) -> None:
        super().__init__()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x


FLASH_ATTN: dict[str, dict[str, Any]] = {
    "flash_attn": {"__path__": []},
    "flash_attn.modules": {"__path__": []},
    "flash_attn.modules.mha": {"MHA": MHA},
}
TIMM: dict[str, dict[str, Any]] = {
    "timm": {"__path__": []},
    "timm.models": {"__path__": []},
    "timm.models.layers": {"DropPath": DropPath},
}
