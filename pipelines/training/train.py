"""Train the depth network on the views of `dataset`: `python -m pipelines.training.train FOLDER --out weights.pt`.

The learning rate rises, stays, and falls to 0 over the last `--decay` steps, so that a run can be ended early: start it
again from its checkpoint with fewer `--steps`. Batches depend on the seed and the step alone. With `--teacher` it
learns from the answers of a trained network too.
"""

from __future__ import annotations

import argparse
import logging
import time
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from pipelines.training import dataset
from pipelines.training.batches import Batch, Views
from pipelines.training.network import HALF, MASK, WIDTHS, DepthNet

log = logging.getLogger(__name__)

# What is kept and shipped is the mean over about the last 1 / (1 - MEMORY) steps: far less noisy than any one of them.
MEMORY = 0.998
RATE, WARM_UP, WEIGHT_DECAY, CLIP = 2e-3, 300, 0.02, 1.0
THICKNESS_SHARE, SLOPE_SHARE = 0.5, 0.1
# What the truth still weighs beside a teacher, in whose answers there is less chance.
TRUTH_SHARE = 0.3
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
    batch: int
    rate: float
    widths: tuple[int, ...]
    teacher: Path | None
    device: torch.device


def rate(plan: Plan, step: int) -> float:
    """The learning rate of a step."""
    fall = min(1.0, (plan.steps - step) / max(plan.decay, 1))
    return plan.rate * min(1.0, (step + 1) / WARM_UP) * fall


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
def check(net: DepthNet, views: Views) -> list[float]:
    """Mean error of front and back on all views, of the network and then of the inscribed ball."""
    totals = torch.zeros(4, device=views.device)
    for batch in views.in_order(64):
        ball = torch.ones_like(batch.wanted)
        ball[:, 1] = 0.0
        mask = batch.maps[:, MASK : MASK + 1]
        weight = mask.sum(dim=(2, 3))
        for place, answer in ((0, _answer(net, batch.maps)), (2, ball)):
            off = errors(surfaces(answer, batch.maps), batch.wanted, mask).abs().sum(dim=(2, 3))
            totals[place : place + 2] += (off / weight).sum(dim=0)
    return (totals / len(views)).tolist()


def _answer(net: DepthNet, maps: Tensor) -> Tensor:
    with torch.autocast(maps.device.type, torch.bfloat16):
        answer: Tensor = net(maps)
    return answer.float()


@dataclass
class Run:
    """What training changes: the network, its mean over steps, and the optimiser; after `done` steps of it.

    teacher: a network whose answers it learns from, too.
    """

    net: DepthNet
    mean: AveragedModel
    optimiser: torch.optim.Optimizer
    teacher: DepthNet | None
    done: int = 0

    @classmethod
    def new(cls, plan: Plan, start: Path | None) -> Run:
        """The first weights of a plan's seed, or those of a checkpoint of `train` or `prune`."""
        torch.manual_seed(plan.seed)
        net = _on_device(DepthNet.load(start) if start else DepthNet(plan.widths), plan).train()
        teacher = _on_device(DepthNet.load(plan.teacher), plan) if plan.teacher else None
        optimiser = torch.optim.AdamW(
            net.parameters(), lr=plan.rate, weight_decay=WEIGHT_DECAY, fused=True
        )
        mean = AveragedModel(net, multi_avg_fn=get_ema_multi_avg_fn(MEMORY))
        run = cls(net, mean, optimiser, teacher)
        if start:
            run.resume(start)
        return run

    def resume(self, path: Path) -> None:
        """Go on from a checkpoint where it was; a pruned network begins at step 0 with its mean alone."""
        state = torch.load(path, weights_only=True, map_location="cpu")
        if "optimiser" in state:
            self.net.load_state_dict(state["net"])
            self.optimiser.load_state_dict(state["optimiser"])
        self.done = int(state["step"])
        self.mean.n_averaged.fill_(self.done)  # 0 begins the mean anew

    def save(self, plan: Plan, step: int) -> None:
        """Write a checkpoint, whole or not at all."""
        draft = plan.out.with_suffix(".part")
        nets = {"net": self.net.state_dict(), "mean": self.mean.module.state_dict()}
        sizes = {"widths": self.net.widths, "hidden": self.net.hidden}
        rest = {"optimiser": self.optimiser.state_dict(), "step": step}
        torch.save({**nets, **sizes, **rest}, draft)
        draft.rename(plan.out)

    def step(self, views: Views, plan: Plan, step: int) -> Tensor:
        """Learn from one batch; its loss, left on the device."""
        for group in self.optimiser.param_groups:
            group["lr"] = rate(plan, step)
        batch = views.drawn(plan.seed, step, plan.batch)
        loss = self.loss(batch)
        self.optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.net.parameters(), CLIP)
        self.optimiser.step()
        self.mean.update_parameters(self.net)
        return loss.detach()

    def loss(self, batch: Batch) -> Tensor:
        """How far the network is from the truth, and from its teacher where it has one."""
        answer = _answer(self.net, batch.maps)
        truth = loss_of(answer, batch.maps, batch.wanted)
        if self.teacher is None:
            return truth
        with torch.no_grad():
            taught = surfaces(_answer(self.teacher, batch.maps), batch.maps)
        return loss_of(answer, batch.maps, taught) + TRUTH_SHARE * truth


def _on_device(net: DepthNet, plan: Plan) -> DepthNet:
    return net.to(plan.device, memory_format=torch.channels_last)


def train(plan: Plan, start: Path | None) -> None:
    """Run the plan from scratch, or from a checkpoint on."""
    run = Run.new(plan, start)
    views = _views(plan, plan.seed, plan.shards)
    held_out = _views(plan, dataset.HELD_OUT_SEED, None)
    losses, began = [], time.monotonic()
    for step in range(run.done, plan.steps):
        losses.append(run.step(views, plan, step))
        if (step + 1) % plan.check_every and step + 1 != plan.steps:
            continue
        run.save(plan, step + 1)
        mean = float(torch.stack(losses).mean())
        state = (step + 1, mean, *check(run.mean.module, held_out), time.monotonic() - began)
        log.info("step %d: loss %.4f, front %.4f, back %.4f (ball %.4f, %.4f), %.0f s", *state)
        losses.clear()
        if plan.follow and step + 1 < plan.steps:
            del views  # two sets may be more than the device holds
            views = _views(plan, plan.seed, plan.shards)
            log.info("%d views", len(views))


def _views(plan: Plan, seed: int, shards: int | None) -> Views:
    return Views(dataset.load(plan.folder, seed, shards), plan.device)


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
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--rate", type=float, default=RATE, help="the highest learning rate")
    parser.add_argument("--teacher", type=Path, help="checkpoint of a network to learn from, too")
    parser.add_argument("--widths", type=int, nargs="+", default=WIDTHS)
    parser.add_argument("--device", type=torch.device, default=torch.device("cpu"))
    given = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    torch.set_num_threads(given.threads)
    plan = Plan(
        given.folder, given.out, given.steps, given.decay, given.seed, given.shards, given.follow,
        given.check_every, given.batch, given.rate, tuple(given.widths), given.teacher, given.device,
    )  # fmt: skip
    train(plan, given.resume)


if __name__ == "__main__":
    main()
