"""Train the depth network on the views of `dataset`: `python -m pipelines.training.train FOLDER --out weights.pt`.

The learning rate rises, stays, and falls to 0 over the last `--decay` steps, so that a run can be ended early: start it
again from its checkpoint with fewer `--steps`. Batches depend on the seed and the step alone.
"""

from __future__ import annotations

import argparse
import logging
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from pipelines.geometry.depth import input_maps
from pipelines.training import dataset
from pipelines.training.network import HALF, MASK, DepthNet

log = logging.getLogger(__name__)

BATCH = 16
# What is kept and shipped is the mean over about the last 1 / (1 - MEMORY) steps: far less noisy than any one of them.
MEMORY = 0.998
RATE, WARM_UP, WEIGHT_DECAY, CLIP = 2e-3, 300, 0.02, 1.0
THICKNESS_SHARE, SLOPE_SHARE = 0.5, 0.1
# Shares of training views whose colours are turned to grey, or hidden altogether.
GREY, HIDDEN = 0.12, 0.08
BALL_SCALE = 0.25  # `input_maps` shows four times the ball's height


@dataclass(frozen=True)
class Plan:
    """What a run does. follow: take in shards made while it runs, which makes it depend on the clock."""

    folder: Path
    out: Path
    steps: int
    decay: int
    seed: int
    shards: int | None
    follow: bool
    check_every: int


def rate(plan: Plan, step: int) -> float:
    """The learning rate of a step."""
    fall = min(1.0, (plan.steps - step) / max(plan.decay, 1))
    return RATE * min(1.0, (step + 1) / WARM_UP) * fall


def batch(data: dataset.Shard, seed: int, step: int) -> tuple[Tensor, Tensor]:
    """Maps (n, 8, s, s) and front and back depth (n, 2, s, s) of a step's views, some mirrored or without colour."""
    rng = np.random.default_rng([seed, step])
    rows = np.sort(rng.choice(len(data["mask"]), BATCH, replace=False))
    rgb, mask, front, back, half, radius = (data[name][rows] for name in dataset.FIELDS)
    rgb = rgb[..., rng.permutation(3)]
    draw = rng.random(BATCH)
    grey = draw < GREY
    rgb[grey] = rgb[grey].mean(axis=-1, keepdims=True).astype(np.uint8)
    rgb[draw > 1.0 - HIDDEN] = 128
    flip = rng.random(BATCH) < 0.5
    for values in (rgb, mask, front, back, half, radius):
        values[flip] = values[flip, :, ::-1]
    return _tensors(rgb, mask, front, back, half, radius)


def _tensors(
    rgb: NDArray, mask: NDArray, front: NDArray, back: NDArray, half: NDArray, radius: NDArray
) -> tuple[Tensor, Tensor]:
    maps = torch.from_numpy(input_maps(rgb, mask, half, radius))
    wanted = torch.from_numpy(np.stack([front, back], axis=1).astype(np.float32))
    return maps.contiguous(memory_format=torch.channels_last), wanted


def surfaces(answer: Tensor, maps: Tensor) -> Tensor:
    """Front and back depth (n, 2, s, s) that the network's answer stands for."""
    factor, middle = answer[:, :1], answer[:, 1:]
    half = factor * maps[:, HALF : HALF + 1] * BALL_SCALE
    return torch.cat([middle + half, middle - half], dim=1)


def errors(found: Tensor, wanted: Tensor, mask: Tensor) -> Tensor:
    """Front and back error (n, 2, s, s), 0 outside mask (n, 1, s, s), the mean middle of `wanted` taken away."""
    weight = mask.sum(dim=(1, 2, 3), keepdim=True).clamp(min=1.0)
    mean = (wanted.mean(dim=1, keepdim=True) * mask).sum(dim=(1, 2, 3), keepdim=True) / weight
    return (found - wanted + mean) * mask


def loss_of(answer: Tensor, maps: Tensor, wanted: Tensor) -> Tensor:
    """Mean absolute error of front, back, thickness and slopes, each view weighing the same."""
    mask = maps[:, MASK : MASK + 1]
    off = errors(surfaces(answer, maps), wanted, mask)
    weight = mask.sum(dim=(1, 2, 3)).clamp(min=1.0)
    sides = off.abs().sum(dim=(1, 2, 3)) / weight
    thickness = (off[:, 0] - off[:, 1]).abs().sum(dim=(1, 2)) / weight
    slopes = _slopes(off, mask).sum(dim=(1, 2)) / weight
    return (sides + THICKNESS_SHARE * thickness + SLOPE_SHARE * slopes).mean()


def _slopes(off: Tensor, mask: Tensor) -> Tensor:
    """Absolute differences of the error between neighbours that are both inside, in pixels: (n, s, s)."""
    across = (off[..., 1:, :] - off[..., :-1, :]).abs() * mask[..., 1:, :] * mask[..., :-1, :]
    along = (off[..., 1:] - off[..., :-1]).abs() * mask[..., 1:] * mask[..., :-1]
    total = torch.zeros_like(off[:, 0])
    total[:, 1:] += across.sum(dim=1)
    total[:, :, 1:] += along.sum(dim=1)
    return total * 10.0


@torch.no_grad()
def check(net: DepthNet, data: dataset.Shard) -> tuple[float, float, float, float]:
    """Mean error of front and back on whole shards, of the network and then of the inscribed ball."""
    totals = np.zeros(4)
    for start in range(0, len(data["mask"]), 64):
        rows = [data[name][start : start + 64] for name in dataset.FIELDS]
        maps, wanted = _tensors(*rows)
        ball = torch.ones_like(wanted) * torch.tensor([1.0, 0.0]).view(1, 2, 1, 1)
        mask = maps[:, MASK : MASK + 1]
        weight = mask.sum(dim=(2, 3))
        for place, answer in ((0, _answer(net, maps)), (2, ball)):
            off = errors(surfaces(answer, maps), wanted, mask).abs().sum(dim=(2, 3)) / weight
            totals[place : place + 2] += off.sum(dim=0).numpy()
    front, back, ball_front, ball_back = (totals / len(data["mask"])).tolist()
    return front, back, ball_front, ball_back


def _answer(net: DepthNet, maps: Tensor) -> Tensor:
    with torch.autocast("cpu", torch.bfloat16):
        answer: Tensor = net(maps)
    return answer.float()


def train(plan: Plan, start: Path | None) -> None:
    """Run the plan from scratch, or from a checkpoint on."""
    torch.manual_seed(plan.seed)
    net = DepthNet().to(memory_format=torch.channels_last)
    optimiser = torch.optim.AdamW(net.parameters(), lr=RATE, weight_decay=WEIGHT_DECAY, fused=True)
    mean_net = AveragedModel(net, multi_avg_fn=get_ema_multi_avg_fn(MEMORY))
    first = _resumed(net, mean_net.module, optimiser, start) if start else 0
    mean_net.n_averaged.fill_(first)  # 0 would begin the mean anew
    data = dataset.load(plan.folder, plan.seed, plan.shards)
    held_out = dataset.load(plan.folder, dataset.HELD_OUT_SEED)
    mean, spent = 0.0, time.process_time()
    for step in range(first, plan.steps):
        for group in optimiser.param_groups:
            group["lr"] = rate(plan, step)
        maps, wanted = batch(data, plan.seed, step)
        loss = loss_of(_answer(net, maps), maps, wanted)
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), CLIP)
        optimiser.step()
        mean_net.update_parameters(net)
        now = loss.item()
        mean += 0.02 * (now - mean) if step > first else now
        if (step + 1) % plan.check_every == 0 or step + 1 == plan.steps:
            _save(net, mean_net.module, optimiser, step + 1, plan.out)
            state = (step + 1, mean, *check(mean_net.module, held_out), time.process_time() - spent)
            log.info("step %d: loss %.4f, front %.4f, back %.4f (ball %.4f, %.4f), %.0f s", *state)
            if plan.follow:
                data = dataset.load(plan.folder, plan.seed, plan.shards)
                log.info("%d views", len(data["mask"]))


def _save(
    net: DepthNet, mean_net: DepthNet, optimiser: torch.optim.Optimizer, step: int, path: Path
) -> None:
    draft = path.with_suffix(".part")
    state = {"net": net.state_dict(), "mean": mean_net.state_dict(), "step": step}
    torch.save({**state, "optimiser": optimiser.state_dict()}, draft)
    draft.rename(path)


def _resumed(
    net: DepthNet, mean_net: DepthNet, optimiser: torch.optim.Optimizer, path: Path
) -> int:
    state = torch.load(path, weights_only=True)
    net.load_state_dict(state["net"])
    mean_net.load_state_dict(state["mean"])
    optimiser.load_state_dict(state["optimiser"])
    return int(state["step"])


def main() -> None:
    """Read the command line and train."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--out", type=Path, default=Path("depth.pt"))
    parser.add_argument("--resume", type=Path)
    parser.add_argument("--steps", type=int, default=30_000)
    parser.add_argument("--decay", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--shards", type=int, help="use the first so many; all of them otherwise")
    parser.add_argument("--follow", action="store_true")
    parser.add_argument("--check-every", type=int, default=1000)
    parser.add_argument("--threads", type=int, default=1)
    given = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    torch.set_num_threads(given.threads)
    plan = Plan(
        given.folder, given.out, given.steps, given.decay, given.seed, given.shards, given.follow,
        given.check_every,
    )  # fmt: skip
    train(plan, given.resume)


if __name__ == "__main__":
    main()
