"""The network: a small U-Net whose answer is a change of the inscribed-ball shape, not a depth from nothing.

It works at half resolution and below, where context is cheap, with attention at the lowest level; its two maps are
brought up by bilinear interpolation, since sub-pixel shuffling leaves terraces.
"""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional

INPUTS = 8
HALF, RADIUS, MASK = 4, 5, 3
# softplus of this is 1: an untrained network answers with the inscribed ball.
ONE = 0.5413
# Channels at each level, the lowest last: trained like this, 1.4 million numbers in all.
WIDTHS = (32, 64, 96, 128)
# Channels hidden in the blocks of each level, and in the attention, once `prune` has taken away the rest: 1.0 million
# numbers. Trained from nothing, a network of that size is .02 worse.
HIDDEN = (32, 56, 76, 72, 32)


class Block(nn.Module):
    """Two 3 x 3 convolutions around a shortcut, with `hidden` channels between the two."""

    def __init__(self, channels: int, hidden: int) -> None:
        super().__init__()
        self.norm = nn.GroupNorm(4, channels)
        self.first = nn.Conv2d(channels, hidden, 3, padding=1)
        self.second = nn.Conv2d(hidden, channels, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        inner = functional.silu(self.first(self.norm(x)))
        return x + self.second(inner)


class Settled(nn.Module):
    """A convolution of values brought to one scale first: without that the deep levels are too faint to learn."""

    def __init__(self, conv: nn.Conv2d) -> None:
        super().__init__()
        self.norm = nn.GroupNorm(4, conv.in_channels)
        self.conv = conv

    def forward(self, x: Tensor) -> Tensor:
        return self.conv(functional.silu(self.norm(x)))


class Attention(nn.Module):
    """Every place of a small map looks at every other one, with one head of `hidden` channels."""

    def __init__(self, channels: int, hidden: int) -> None:
        super().__init__()
        self.norm = nn.GroupNorm(4, channels)
        self.mix = nn.Conv2d(channels, 3 * hidden, 1)
        self.out = nn.Conv2d(hidden, channels, 1)
        nn.init.zeros_(self.out.weight)

    def forward(self, x: Tensor) -> Tensor:
        query, key, value = self.mix(self.norm(x)).flatten(2).chunk(3, dim=1)
        scores = query.transpose(1, 2) @ key / query.shape[1] ** 0.5
        seen = value @ scores.softmax(dim=-1).transpose(1, 2)
        return x + self.out(seen.unflatten(2, x.shape[2:]))


class DepthNet(nn.Module):
    """(n, 8, s, s) maps of `depth.input_maps` -> (n, 2, s, s): factor on the ball's thickness, and the middle surface.

    The middle's mean over the mask is 0; lengths are in the outline's longest side. hidden: see HIDDEN; as many
    channels hidden as not where it is not given.
    """

    def __init__(self, widths: tuple[int, ...] = WIDTHS, hidden: tuple[int, ...] = ()) -> None:
        super().__init__()
        self.widths, self.hidden = widths, hidden or (*widths, widths[-1])
        *sizes, lowest = zip(widths, self.hidden[:-1], strict=True)
        self.unshuffle = nn.PixelUnshuffle(2)
        self.stem = _even(nn.Conv2d(4 * INPUTS, widths[0], 3, padding=1))
        steps = list(pairwise(widths))
        self.down = nn.ModuleList([Block(*size) for size in sizes])
        self.shrink = nn.ModuleList(
            [Settled(_even(nn.Conv2d(a, b, 3, stride=2, padding=1))) for a, b in steps]
        )
        attention = Attention(widths[-1], self.hidden[-1])
        self.lowest = nn.Sequential(Block(*lowest), attention, Block(*lowest))
        self.narrow = nn.ModuleList([Settled(_even(nn.Conv2d(b, a, 1))) for a, b in steps])
        self.up = nn.ModuleList([Block(*size) for size in sizes])
        self.head = Settled(nn.Conv2d(widths[0], 2, 3, padding=1))
        nn.init.zeros_(self.head.conv.weight)
        with torch.no_grad():
            self.head.conv.bias.copy_(torch.tensor([ONE, 0.0]))

    def forward(self, maps: Tensor) -> Tensor:
        x = self.stem(self.unshuffle(maps))
        kept = []
        for block, shrink in zip(self.down, self.shrink, strict=True):
            x = block(x)
            kept.append(x)
            x = shrink(x)
        x = self.lowest(x)
        for block, narrow, side in zip(
            reversed(self.up), reversed(self.narrow), reversed(kept), strict=True
        ):
            x = block(_doubled(narrow(x)) + side)
        factor, middle = _doubled(self.head(x).float()).chunk(2, dim=1)
        mask = maps[:, MASK : MASK + 1]
        weight = mask.sum(dim=(2, 3), keepdim=True).clamp(min=1.0)
        mean = (middle * mask).sum(dim=(2, 3), keepdim=True) / weight
        return torch.cat([functional.softplus(factor), (middle - mean) * mask], dim=1)

    @classmethod
    def load(cls, checkpoint: Path) -> DepthNet:
        """The mean network of a checkpoint of `train` or `prune`."""
        state = torch.load(checkpoint, weights_only=True, map_location="cpu")
        net = cls(tuple(state["widths"]), tuple(state.get("hidden", ())))
        net.load_state_dict(state["mean"])
        return net.eval()


def _even(conv: nn.Conv2d) -> nn.Conv2d:
    """Start with weights that keep the scale of what comes in through silu."""
    nn.init.kaiming_normal_(conv.weight, nonlinearity="relu")
    return conv


def _doubled(x: Tensor) -> Tensor:
    return functional.interpolate(x, scale_factor=2.0, mode="bilinear", align_corners=False)
