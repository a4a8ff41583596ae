"""What torch_scatter and torch_cluster are imported for, in torch itself: nothing to compile, CPU or GPU.

Knows tensors. Torch is imported when a function runs. Same arguments and answers as the functions of those names, for
the cases that upstream code has.
"""

from __future__ import annotations

from typing import Any

# Rows of a table of distances are made so many at a time: 2^25 float32 are 128 MiB.
_CELLS = 1 << 25


def scatter_mean(
    src: Any, index: Any, dim: int = -1, out: Any = None, dim_size: int | None = None
) -> Any:
    """The mean of the values of each index along `dim`; 0, or what `out` has, where there is none.

    src (..., n), index broadcast to it -> (..., dim_size). With `out` its values are added to the sums, as
    torch_scatter does.
    """
    total = scatter_sum(src, index, dim, out, dim_size)
    ones = src.new_ones(src.shape)
    count = scatter_sum(ones, index, dim, None, total.shape[dim])
    return total.div_(count.clamp_(min=1))


def scatter_sum(
    src: Any, index: Any, dim: int = -1, out: Any = None, dim_size: int | None = None
) -> Any:
    """The sum of the values of each index along `dim`."""
    rows = _broadcast(index, src, dim)
    if out is None:
        out = src.new_zeros(_shape(src, rows, dim, dim_size))
    return out.scatter_add_(dim, rows, src.to(out.dtype))


def scatter_max(
    src: Any, index: Any, dim: int = -1, out: Any = None, dim_size: int | None = None
) -> tuple[Any, Any]:
    """The largest value of each index along `dim`, 0 where there is none; and where it stood, n where there is none."""
    import torch

    rows = _broadcast(index, src, dim)
    if out is None:
        out = src.new_zeros(_shape(src, rows, dim, dim_size))
    out.scatter_reduce_(dim, rows, src, "amax", include_self=False)
    shape = [1] * src.dim()
    shape[dim] = src.shape[dim]
    place = torch.arange(src.shape[dim], device=src.device).view(shape).expand_as(src)
    place = torch.where(src == out.gather(dim, rows), place, src.shape[dim])
    first = torch.full_like(out, src.shape[dim], dtype=torch.long)
    return out, first.scatter_reduce_(dim, rows, place, "amin")


def segment_csr(src: Any, indptr: Any, out: Any = None, reduce: str = "sum") -> Any:
    """Rows [indptr[i], indptr[i+1]) of src (n, ...) reduced to row i: "sum", "mean", "max" or "min"."""
    import torch

    if out is not None:
        raise ValueError("segment_csr into a given tensor is not offered")
    lengths = indptr.diff()
    kinds = {"sum": "sum", "add": "sum", "mean": "mean", "max": "max", "min": "min"}
    # Empty segments are 0, as with torch_scatter.
    return torch.segment_reduce(
        src.float(),
        kinds[reduce],
        lengths=lengths,
        axis=0,
        initial=None if kinds[reduce] in ("max", "min") else 0,
    ).to(src.dtype)


def nearest(x: Any, y: Any, batch_x: Any = None, batch_y: Any = None) -> Any:
    """The row (n,) of y (m, 3) that is nearest to each row of x (n, 3). Of one batch."""
    import torch

    _one_batch(batch_x, batch_y)
    step = max(1, _CELLS // max(len(y), 1))
    return torch.cat([torch.cdist(rows, y).argmin(dim=1) for rows in x.split(step)])


def fps(
    src: Any, batch: Any = None, ratio: float = 0.5, random_start: bool = True, **_: Any
) -> Any:
    """Rows of src (n, 3), ceil(ratio x n) of each batch, each the farthest from those before it.

    batch (n,) ascending from 0, or None for one.
    """
    import torch

    if batch is None:
        return _farthest(src, ratio, random_start)
    counts = torch.bincount(batch).tolist()
    found, start = [], 0
    for count in counts:
        found.append(start + _farthest(src[start : start + count], ratio, random_start))
        start += count
    return torch.cat(found)


def _farthest(points: Any, ratio: float, random_start: bool) -> Any:
    import math

    import torch

    count = math.ceil(float(ratio) * len(points))
    rows = torch.zeros(count, dtype=torch.long, device=points.device)
    if random_start:
        rows[0] = torch.randint(len(points), (1,), device=points.device)[0]
    space = points.float()
    away = torch.full((len(points),), float("inf"), device=points.device)
    for turn in range(1, count):
        away = torch.minimum(away, (space - space[rows[turn - 1]]).square().sum(dim=1))
        rows[turn] = away.argmax()  # stays on the device: no wait for it in this loop
    return rows


def _broadcast(index: Any, src: Any, dim: int) -> Any:
    if index.dim() == 1:
        shape = [1] * src.dim()
        shape[dim] = -1
        index = index.view(shape)
    while index.dim() < src.dim():
        index = index.unsqueeze(0)
    return index.expand_as(src)


def _shape(src: Any, index: Any, dim: int, dim_size: int | None) -> list[int]:
    shape = list(src.shape)
    shape[dim] = dim_size if dim_size is not None else int(index.max()) + 1 if index.numel() else 0
    return shape


def _one_batch(*batches: Any) -> None:
    if any(batch is not None and int(batch.max()) > 0 for batch in batches):
        raise ValueError("several batches at once are not offered")


TORCH_SCATTER = {
    "scatter_mean": scatter_mean,
    "scatter_sum": scatter_sum,
    "scatter_add": scatter_sum,
    "scatter_max": scatter_max,
    "segment_csr": segment_csr,
}
TORCH_CLUSTER = {"fps": fps, "nearest": nearest}
