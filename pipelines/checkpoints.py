"""Published weights on this machine: what a model needs, whether it is here whole, and by which hash it is known.

Light: the standard library alone, since every process reads cards. Does not know how weights are fetched:
serving.fetch_weights does that, and writes the manifest last, so a folder without one is not whole.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MANIFEST = "manifest.json"
VARIABLE = "MESHKILN_CHECKPOINTS_DIR"
_ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Checkpoint:
    """Weights as their makers publish them: files of a repository on the Hugging Face hub.

    `folder` is theirs alone below the checkpoints folder. `files` are names or patterns (* and ?) in the repository,
    `size_mib` what they come to, about. `revision` is a commit, or a branch that is pinned when they are fetched.
    """

    folder: str
    repo: str
    files: tuple[str, ...]
    size_mib: int
    revision: str = "main"


def root() -> Path:
    """The folder of all checkpoints: the setting MESHKILN_CHECKPOINTS_DIR, as a runner is told it."""
    return Path(os.environ.get(VARIABLE) or _ROOT / "checkpoints")  # noqa: TID251 - how a runner is told


def lacking(checkpoint: Checkpoint, below: Path) -> str:
    """What is missing of the weights in the folder `below`, in words; "" where all are there.

    Compares sizes; that contents are right was found when they were fetched.
    """
    folder = below / checkpoint.folder
    manifest = read_manifest(folder)
    if manifest is None:
        return f"its weights {checkpoint.repo} are not here"
    for name, row in manifest["files"].items():
        path = folder / name
        if not path.is_file():
            return f"of its weights {checkpoint.repo}, {name} is missing"
        if path.stat().st_size != row["bytes"]:
            return f"of its weights {checkpoint.repo}, {name} is not as it was fetched"
    return ""


def read_manifest(folder: Path) -> Mapping[str, Any] | None:
    """{"repo", "revision", "files": {name: {"bytes", "sha256"}}} of fetched weights; None where there is none."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text())
        names = {str(name) for name in manifest["files"]}
        inside = all(
            not Path(name).is_absolute() and ".." not in Path(name).parts for name in names
        )
        whole = all({"bytes", "sha256"} <= set(row) for row in manifest["files"].values())
        {manifest["repo"], manifest["revision"]}
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None
    return manifest if names and inside and whole else None


def weights_sha256(manifest: Mapping[str, Any]) -> str:
    """One hash of all files of a checkpoint: of their names and hashes, in the order of the names."""
    lines = [f"{row['sha256']}  {name}\n" for name, row in sorted(manifest["files"].items())]
    return hashlib.sha256("".join(lines).encode()).hexdigest()
