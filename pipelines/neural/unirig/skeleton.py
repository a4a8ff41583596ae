"""A skeleton for a body: tokens drawn one after the other until the network says that it is done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from pipelines.errors import PipelineError
from pipelines.geometry.skeleton import Skeleton
from pipelines.neural.steps import Span
from pipelines.neural.unirig import body as bodies
from pipelines.neural.unirig import upstream

# How many tokens there will be is not known: after so many a half is told to be done.
HALF_WAY_TOKENS = 300
# Tried once more with another seed, where the tokens did not suffice.
TRIES = 2


@dataclass(frozen=True)
class Drawing:
    """How tokens are drawn. `skeleton_class`: the kind of skeletons that it is told to write."""

    seed: int
    skeleton_class: str
    num_beams: int
    max_new_tokens: int
    top_k: int
    top_p: float
    temperature: float
    repetition_penalty: float

    def words(self) -> dict[str, Any]:
        """What transformers' generate is called with."""
        return {
            "max_new_tokens": self.max_new_tokens,
            "num_return_sequences": 1,
            "num_beams": self.num_beams,
            "do_sample": True,
            "top_k": self.top_k,
            "top_p": self.top_p,
            "repetition_penalty": self.repetition_penalty,
            "temperature": self.temperature,
        }


def found(
    model: Any, body: bodies.Body, drawing: Drawing, device: str, span: Span
) -> tuple[Skeleton, int]:
    """The skeleton in the client's frame, and the seed that gave it.

    Raises PipelineError where the network does not come to an end, twice.
    """
    transform = upstream.config(
        "transform", upstream.config("task", upstream.SKELETON_TASK).components.transform
    )
    for turn in range(TRIES):
        seed = drawing.seed + turn
        _sow(seed)
        asset = bodies.transformed(body, transform)
        part = span.part(turn / TRIES if turn else 0.0, 1.0)
        try:
            return _skeleton(_drawn(model, asset, drawing, device, part), body, asset), seed
        # The tokens end in the middle, or are no skeleton: upstream asserts some of that.
        except (ValueError, AssertionError, LookupError) as error:
            reason = str(error) or type(error).__name__
    raise PipelineError(
        f"the model did not finish a skeleton, with two seeds ({reason:.100}); "
        "try another seed, more max_new_tokens or a plainer mesh"
    )


def _sow(seed: int) -> None:
    """Upstream draws from the random numbers of the whole process."""
    import torch

    torch.manual_seed(seed)
    np.random.seed(seed % 2**32)


def _drawn(model: Any, asset: Any, drawing: Drawing, device: str, span: Span) -> Any:
    import torch
    from transformers import StoppingCriteriaList

    rows = (asset.sampled_vertices, asset.sampled_normals)
    vertices, directions = (torch.from_numpy(row.astype(np.float32)).to(device) for row in rows)
    with torch.autocast(device, torch.bfloat16, enabled=device != "cpu"):
        return model.generate(
            vertices=vertices,
            normals=directions,
            cls=drawing.skeleton_class,
            stopping_criteria=StoppingCriteriaList([_heard(span)]),
            **drawing.words(),
        )


def _heard(span: Span) -> Callable[..., Any]:
    """A criterion that stops nothing: it is asked after each token, tells it, and hands on the wish to stop."""
    import torch

    count = 0

    def criterion(tokens: Any, scores: Any, **_: Any) -> Any:
        nonlocal count
        count += 1
        span(count / (count + HALF_WAY_TOKENS))
        return torch.zeros(len(tokens), dtype=torch.bool, device=tokens.device)

    return criterion


def _skeleton(drawn: Any, body: bodies.Body, asset: Any) -> Skeleton:
    """What was drawn in the client's frame. Joints come before their children, the root first."""
    joints = bodies.from_blender(bodies.outward(body, asset, np.asarray(drawn.joints, np.float64)))
    tails = bodies.from_blender(bodies.outward(body, asset, np.asarray(drawn.tails, np.float64)))
    parents = tuple(-1 if parent is None else int(parent) for parent in drawn.parents)
    names = tuple(drawn.names or (f"bone_{row}" for row in range(len(joints))))
    if len(joints) == 0 or not np.isfinite(joints).all() or len(set(names)) != len(names):
        raise ValueError("what was drawn is no skeleton")
    leaves = set(range(len(joints))) - set(parents)
    ends = {names[row]: tails[row] for row in sorted(leaves)}
    return Skeleton(names, joints, parents, "unirig", ends)
