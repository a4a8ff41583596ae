"""Views of `dataset` as a network takes them, whole shards held on one device and mixed there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from pipelines.geometry.depth import SIDE_PX, input_maps
from pipelines.training import dataset

# Shares of training views whose colours are turned to grey, or hidden altogether.
GREY, HIDDEN = 0.12, 0.08
# Colours and heights of two ways of making the same map differ by rounding alone.
SAME = 1e-3


@dataclass(frozen=True)
class Batch:
    """maps (n, 8, s, s) of `depth.input_maps`; wanted (n, 2, s, s): front and back depth."""

    maps: Tensor
    wanted: Tensor


class Views:
    """All views of some shards: a view takes 49 kB of the device's memory.

    Raises RuntimeError where the maps made here are not those that `depth` shows the network.
    """

    def __init__(self, data: dataset.Shard, device: torch.device) -> None:
        self.fields = {name: torch.from_numpy(data[name]).to(device) for name in dataset.FIELDS}
        self.device = device
        shown = input_maps(*(data[name][:8] for name in ("rgb", "mask", "half", "radius")))
        made = next(self.in_order(8)).maps.cpu().numpy()
        if np.abs(shown - made).max() > SAME:
            raise RuntimeError("the maps of training differ from those of depth.input_maps")

    def __len__(self) -> int:
        return len(self.fields["mask"])

    def drawn(self, seed: int, step: int, count: int) -> Batch:
        """The views of a step, some mirrored, grey or without colour. Depends on seed, step and count alone."""
        rng = np.random.default_rng([seed, step])
        rows = self._on_device(np.sort(rng.integers(len(self), size=count)))
        channels = self._on_device(rng.permutation(3))
        draw, flip = self._on_device(rng.random(count)), self._on_device(rng.random(count) < 0.5)
        rgb, *others = (self.fields[name][rows] for name in dataset.FIELDS)
        rgb = rgb[..., channels].float()
        grey = rgb.mean(dim=-1, keepdim=True).floor().expand_as(rgb)
        rgb = torch.where((draw < GREY)[:, None, None, None], grey, rgb)
        rgb = torch.where((draw > 1.0 - HIDDEN)[:, None, None, None], 128.0, rgb)
        rgb = torch.where(flip[:, None, None, None], rgb.flip(2), rgb)
        others = [torch.where(flip[:, None, None], map_.flip(2), map_) for map_ in others]
        return _batch(rgb, *others)

    def in_order(self, count: int) -> Iterator[Batch]:
        """All views as they are, `count` at a time."""
        for start in range(0, len(self), count):
            rgb, *others = (self.fields[name][start : start + count] for name in dataset.FIELDS)
            yield _batch(rgb.float(), *others)

    def _on_device(self, values: np.ndarray) -> Tensor:
        return torch.from_numpy(values).to(self.device)


def _batch(
    rgb: Tensor, mask: Tensor, front: Tensor, back: Tensor, half: Tensor, radius: Tensor
) -> Batch:
    """`depth.input_maps` said once more for tensors of any device: rgb (n, s, s, 3), the others (n, s, s)."""
    shown = mask.float()
    axis = (torch.arange(SIDE_PX, device=rgb.device) + 0.5) / SIDE_PX * 2.0 - 1.0
    colours = (rgb / 127.5 - 1.0).movedim(-1, 1) * shown[:, None]
    heights = torch.stack([shown, half.float() * 4.0, radius.float() * 4.0], dim=1)
    across = axis.expand(len(rgb), 1, SIDE_PX, SIDE_PX)
    down = -axis[:, None].expand(len(rgb), 1, SIDE_PX, SIDE_PX)
    maps = torch.cat([colours, heights, across, down], dim=1)
    wanted = torch.stack([front, back], dim=1).float()
    return Batch(maps.contiguous(memory_format=torch.channels_last), wanted)
