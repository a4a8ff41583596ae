"""A runner on a recording double of an upstream package: what our adapter calls is written down, one JSON line a call.

The doubles are packages of their own in tests/upstream/<family>; they have upstream's names and signatures, and none of
its code. They run on the real torch of the environment that `./setup.sh --test` makes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from benchmarks.tiny.drive import Driver, environment

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent
TORCH_PYTHON = ROOT / "environments" / "shap_e" / "bin" / "python"
needs_torch = pytest.mark.skipif(
    not TORCH_PYTHON.is_file(), reason="./setup.sh --test makes the environment with torch"
)


class Recorded(Driver):
    """A runner of a model under a Python that finds the double of its family; `calls` is what it was asked since."""

    def __init__(
        self, family: str, model_id: str, folder: Path, variables: Mapping[str, str] | None = None
    ) -> None:
        self._record, self._read = folder / "calls.jsonl", 0
        self.checkpoints = folder / "checkpoints"
        self.python = environment(folder / "environment", TORCH_PYTHON, HERE / family)
        told = {
            "MESHKILN_CHECKPOINTS_DIR": str(self.checkpoints),
            "RECORD": str(self._record),
            **(variables or {}),
        }
        super().__init__(model_id, self.python, folder / "runs", told)

    def calls(self, name: str = "") -> list[dict[str, Any]]:
        """What was called since the last look, in order; of one name where it is given."""
        rows = self._record.read_text().splitlines() if self._record.is_file() else []
        fresh, self._read = rows[self._read :], len(rows)
        found = [json.loads(row) for row in fresh]
        return [row for row in found if name in ("", row["call"])]
