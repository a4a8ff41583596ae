"""A trained network with fewer hidden channels: `python -m pipelines.training.prune FOLDER wide.pt pruned.pt`.

In each block the channels go one by one: each time the one without which the second convolution, solved anew by least
squares for those left, changes its answer least on training views. That is the optimal brain surgeon (B. Hassibi and
D. Stork, 1993) with the nine weights of a channel as one. Attention keeps the strongest singular directions of its two
products. What is lost nevertheless `train --resume pruned.pt --teacher wide.pt` brings back.
"""

from __future__ import annotations

import argparse
import logging
from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional

from pipelines.training import dataset
from pipelines.training.batches import Views
from pipelines.training.network import HIDDEN, Attention, Block, DepthNet

log = logging.getLogger(__name__)

# Views whose activations are looked at: some batches of training.
SEED, BATCHES, VIEWS = 0, 20, 50
TAPS = 9
# Share of the mean square that steadies an inverse.
RIDGE = 1e-4


def prune(net: DepthNet, views: Views, hidden: tuple[int, ...]) -> DepthNet:
    """The network with these hidden channels, see `network.HIDDEN`. Raises ValueError where it has fewer already."""
    if any(wanted > now for wanted, now in zip(hidden, net.hidden, strict=True)):
        raise ValueError(f"{net.hidden} hidden channels cannot be pruned to {hidden}")
    moments = _moments(net, views)
    pruned = DepthNet(net.widths, hidden)
    # What has nothing hidden stays as it is; the rest has other shapes, and follows.
    fixed = pruned.state_dict()
    same = {
        name: kept for name, kept in net.state_dict().items() if kept.shape == fixed[name].shape
    }
    pruned.load_state_dict(same, strict=False)
    parts = dict(net.named_modules())
    with torch.no_grad():
        for name, part in pruned.named_modules():
            if isinstance(part, Block):
                _prune_block(parts[name], part, moments[name])
            elif isinstance(part, Attention):
                _prune_attention(parts[name], part, moments[name])
    return pruned


@torch.no_grad()
def _moments(net: DepthNet, views: Views) -> dict[str, Tensor]:
    """Mean products of all that each part's inner convolution sees, 1 the last: (9 h + 1, 9 h + 1) of a block."""
    sums: dict[str, list[Tensor]] = {}
    hooks = []
    for name, part in net.named_modules():
        if isinstance(part, (Block, Attention)):
            sums[name] = []
            inner = part.second if isinstance(part, Block) else part.mix
            hooks.append(inner.register_forward_pre_hook(_collecting(sums[name])))
    for step in range(BATCHES):
        net(views.drawn(SEED, step, VIEWS).maps)
    for hook in hooks:
        hook.remove()
    return {name: torch.stack(seen).mean(dim=0) for name, seen in sums.items()}


def _collecting(sums: list[Tensor]) -> Callable[[nn.Conv2d, tuple[Tensor]], None]:
    def collect(conv: nn.Conv2d, given: tuple[Tensor]) -> None:
        seen = functional.unfold(given[0], conv.kernel_size, padding=conv.padding)
        seen = seen.transpose(1, 2).flatten(0, 1)
        seen = torch.cat([seen, seen.new_ones(len(seen), 1)], dim=1)
        sums.append((seen.T @ seen).double() / len(seen))

    return collect


def _steadied(moments: Tensor) -> Tensor:
    return moments + RIDGE * moments.diagonal().mean() * torch.eye(
        len(moments), dtype=torch.float64
    )


def _prune_block(whole: Block, block: Block, moments: Tensor) -> None:
    """The hidden channels that matter most, and the second convolution that makes the most of them."""
    kept, weights = _fitted(moments, _with_bias(whole.second).T, block.first.out_channels)
    block.first.weight.copy_(whole.first.weight[kept])
    block.first.bias.copy_(whole.first.bias[kept])
    block.second.weight.copy_(weights[_rows(kept)].permute(2, 0, 1).unflatten(2, (3, 3)))
    block.second.bias.copy_(weights[-1])


def _fitted(moments: Tensor, weights: Tensor, count: int) -> tuple[list[int], Tensor]:
    """Which `count` channels stay, and weights (9 h + 1, c) that answer with them as nearly as can be as with all."""
    inverse = torch.linalg.inv(_steadied(moments))
    kept = list(range(len(weights) // TAPS))
    while len(kept) > count:
        rows = _rows(kept)
        own = inverse[rows[:, :, None], rows[:, None, :]]
        losses = (weights[rows] * torch.linalg.solve(own, weights[rows])).sum(dim=(1, 2))
        least = int(losses.argmin())
        gone = rows[least]
        change = inverse[:, gone] @ torch.linalg.inv(own[least])
        weights = weights - change @ weights[gone]
        inverse = inverse - change @ inverse[gone]
        del kept[least]
    return kept, weights


def _rows(channels: list[int]) -> Tensor:
    """Places of each channel's weights: (n, 9)."""
    return TAPS * torch.tensor(channels)[:, None] + torch.arange(TAPS)


def _prune_attention(whole: Attention, attention: Attention, moments: Tensor) -> None:
    """Two products make an attention: query by key, and value by out. Each is cut to its strongest directions."""
    hidden = attention.out.in_channels
    query, key, value = _with_bias(whole.mix).chunk(3)
    scale = (hidden / len(query)) ** 0.5
    spread = torch.linalg.cholesky(_steadied(moments))
    level = torch.eye(whole.out.out_channels, dtype=torch.float64)
    out_weight = _with_bias(whole.out)[:, :-1]
    query, key = _two_halves(scale * query.T @ key, spread, spread, hidden)
    out_weight, value = _two_halves(out_weight @ value, level, spread, hidden)
    mixed = torch.cat([query.T, key, value])
    attention.mix.weight.copy_(mixed[:, :-1, None, None])
    attention.mix.bias.copy_(mixed[:, -1])
    attention.out.weight.copy_(out_weight[..., None, None])


def _two_halves(product: Tensor, left: Tensor, right: Tensor, rank: int) -> tuple[Tensor, Tensor]:
    """Matrices (a, rank) and (rank, b) nearest to the product (a, b), for what spreads as left and right say."""
    first, strength, second = torch.linalg.svd(left.T @ product @ right)
    root = strength[:rank].sqrt()
    one = torch.linalg.solve(left.T, first[:, :rank] * root)
    other = torch.linalg.solve(right.T, second[:rank].T * root)
    return one, other.T


def _with_bias(conv: nn.Conv2d) -> Tensor:
    """Weights of one output channel a row, its bias the last: (c, k + 1)."""
    return torch.cat([conv.weight.flatten(1), conv.bias[:, None]], dim=1).double()


def main() -> None:
    """Read the command line and prune."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="shards of dataset")
    parser.add_argument("wide", type=Path, help="checkpoint of train")
    parser.add_argument("pruned", type=Path)
    parser.add_argument("--hidden", type=int, nargs="+", default=HIDDEN)
    parser.add_argument("--shards", type=int, default=4)
    given = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    views = Views(dataset.load(given.folder, SEED, given.shards), torch.device("cpu"))
    net = prune(DepthNet.load(given.wide), views, tuple(given.hidden))
    log.info("%d numbers", sum(values.numel() for values in net.parameters()))
    sizes = {"widths": net.widths, "hidden": net.hidden}
    torch.save({"mean": net.state_dict(), "step": 0, **sizes}, given.pruned)


if __name__ == "__main__":
    main()
