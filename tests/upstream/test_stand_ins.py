"""Stand-ins for modules that upstream imports, our own versions of compiled ones, and the reading of its weights."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from pipelines.neural.partfield import cluster
from tests.upstream.recorded import ROOT, TORCH_PYTHON, needs_torch


def says(python: str | Path, code: str, *words: str) -> str:
    done = subprocess.run(
        [python, "-c", code, *words],
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_unused_modules_can_be_imported_and_calls_into_them_are_told() -> None:
    code = """
from pipelines.neural import stand_ins
put = stand_ins.put_unused(["json", "no_such.inner", "no_such_too"])
print(put)
import json, no_such.inner, no_such_too
from no_such.inner import Base, helper
from no_such_too import logger
class Mine(Base): pass
logger.info
json.dumps(1)
for call in (helper, logger.info, no_such.inner.deep.down):
    try:
        call(1)
    except stand_ins.NotInstalled as error:
        print(error)
"""
    assert says(sys.executable, code).splitlines() == [
        "('no_such', 'no_such.inner', 'no_such_too')",
        "no_such.inner.helper was called and is not installed",
        "no_such_too.logger.info was called and is not installed",
        "no_such.inner.deep.down was called and is not installed",
    ]


def test_own_modules_stand_in_only_where_none_is_installed() -> None:
    code = """
from pipelines.neural import stand_ins
print(stand_ins.put({"json": {"loads": 1}, "of_ours": {"answer": 42}}))
import json
from of_ours import answer
print(answer, json.loads("2"))
"""
    assert says(sys.executable, code).splitlines() == ["('of_ours',)", "42 2"]


@needs_torch
def test_scatter_and_point_functions_are_what_their_loops_say() -> None:
    code = """
import torch
from pipelines.neural import point_ops as ops
torch.manual_seed(0)
src, index = torch.randn(2, 3, 50), torch.randint(7, (2, 1, 50)).expand(2, 3, 50)
index = torch.where(index == 4, 5, index)  # nothing has index 4
mean, total = torch.zeros(2, 3, 7), torch.zeros(2, 3, 7)
most, place = torch.zeros(2, 3, 7), torch.full((2, 3, 7), 50)
for a in range(2):
    for b in range(3):
        for c in range(7):
            rows = (index[a, b] == c).nonzero()[:, 0]
            if len(rows):
                total[a, b, c], mean[a, b, c] = src[a, b, rows].sum(), src[a, b, rows].mean()
                most[a, b, c], place[a, b, c] = src[a, b, rows].max(), rows[src[a, b, rows].argmax()]
close = torch.testing.assert_close
close(ops.scatter_mean(src, index, dim_size=7), mean)
close(ops.scatter_mean(src, index[:, :1], out=torch.zeros(2, 3, 7)), mean)
close(ops.scatter_sum(src, index, dim_size=7), total)
largest, where = ops.scatter_max(src, index, dim_size=7)
close(largest, most); close(where, place)
close(ops.scatter_mean(src[0, 0], index[0, 0]), mean[0, 0])
rows = torch.randn(9, 4)
for how, of in (("sum", torch.sum), ("mean", torch.mean), ("max", torch.amax), ("min", torch.amin)):
    parts = [of(rows[a:b], dim=0) for a, b in ((0, 2), (2, 3), (3, 9))]
    close(ops.segment_csr(rows, torch.tensor([0, 2, 3, 9]), reduce=how), torch.stack(parts))
x, y = torch.randn(20, 3), torch.randn(30, 3)
close(ops.nearest(x, y), torch.stack([(y - row).norm(dim=1).argmin() for row in x]))
line = torch.zeros(11, 3); line[:, 0] = torch.arange(11.0)
assert ops.fps(line, ratio=0.25, random_start=False).tolist() == [0, 10, 5]
twice, batch = torch.cat([line, line * 2]), torch.arange(2).repeat_interleave(11)
assert ops.fps(twice, batch, ratio=0.25, random_start=False).tolist() == [0, 10, 5, 11, 21, 16]
print("same")
"""
    assert says(TORCH_PYTHON, code) == "same\n"


@needs_torch
def test_weights_file_runs_none_of_its_code(tmp_path: Path) -> None:
    code = """
import os, sys, torch
from pathlib import Path
from pipelines.neural import checkpoint_file
class Harm:
    def __reduce__(self):
        return os.mkdir, (sys.argv[2],)
path = Path(sys.argv[1])
held = {"model.a": torch.arange(3), "model.b": torch.ones(2, dtype=torch.float16), "other": torch.ones(1)}
torch.save({"state_dict": held, "harm": Harm(), "size": torch.Size([2])}, path)
found = checkpoint_file.state_dict(path, prefix="model.")
print({name: (row.tolist(), str(row.dtype)) for name, row in found.items()}, Path(sys.argv[2]).exists())
"""
    said = says(TORCH_PYTHON, code, str(tmp_path / "a.ckpt"), str(tmp_path / "harm"))
    assert said.strip() == (
        "{'a': ([0, 1, 2], 'torch.int64'), 'b': ([1.0, 1.0], 'torch.float16')} False"
    )


def grid(side: int) -> np.ndarray:
    """Pairs of neighbours in a square grid."""
    row = np.arange(side * side).reshape(side, side)
    across = np.stack([row[:, :-1].ravel(), row[:, 1:].ravel()], axis=1)
    down = np.stack([row[:-1].ravel(), row[1:].ravel()], axis=1)
    return np.concatenate([across, down])


@pytest.mark.parametrize("side", [30, 60])  # one by one from the start, and in rounds before
def test_groups_are_the_squares_whose_features_differ(side: int) -> None:
    chance = np.random.default_rng(0)
    place = np.arange(side) * 3 // side
    square = (place[:, None] * 3 + place).ravel()
    features = chance.normal(size=(9, 16))[square] + 0.4 * chance.normal(size=(side * side, 16))
    told: list[float] = []
    label = cluster.ward(features, grid(side), 9, told.append)
    pairs = set(zip(label.tolist(), square.tolist(), strict=True))
    assert len(pairs) == 9
    assert told == sorted(told)
    assert told[-1] == 1.0


@pytest.mark.parametrize("count", [1, 2, 7, 900])
def test_count_of_groups_is_exact_and_each_is_connected(count: int) -> None:
    from scipy import sparse
    from scipy.sparse import csgraph

    features = np.random.default_rng(1).normal(size=(900, 3))
    pairs = grid(30)
    label = cluster.ward(features, pairs, count)
    assert sorted(set(label.tolist())) == list(range(count))
    inside = pairs[label[pairs[:, 0]] == label[pairs[:, 1]]]
    matrix = sparse.coo_matrix((np.ones(len(inside)), inside.T), (900, 900))
    assert csgraph.connected_components(matrix, directed=False)[0] == count


def test_rows_that_cannot_be_grouped_so_are_told() -> None:
    with pytest.raises(ValueError, match="3 rows cannot have 4 groups"):
        cluster.ward(np.zeros((3, 2)), np.array([[0, 1], [1, 2]]), 4)
    with pytest.raises(ValueError, match="the pairs leave 2 pieces; 1 groups are wanted"):
        cluster.ward(np.zeros((3, 2)), np.array([[0, 1]]), 1)
