"""The folder that upstream loads a pipeline from, put together of local weights: every file is checked to be there.

Upstream takes what it does not find for the name of something to download. The decoder of radiance fields is left out:
no one here asks for them, and it would take memory.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pipelines.checkpoints import Checkpoint
from pipelines.errors import ModelLoadFailed

LEFT_OUT = ("slat_decoder_rf",)
NEEDED = (
    *("sparse_structure_flow_model", "sparse_structure_decoder", "slat_flow_model"),
    *("slat_decoder_mesh", "slat_decoder_gs"),
)
_ENDINGS = (".json", ".safetensors")


def assemble(
    into: Path, weights: Sequence[Checkpoint], below: Path, words: Mapping[str, Any]
) -> None:
    """Write into the folder `into` a pipeline.json with links to its models' weights.

    `weights` are the checkpoints that may hold them, in folders `below`, the one with the pipeline.json first; `words`
    replace arguments of the pipeline. Raises ModelLoadFailed naming what is missing or unreadable.
    """
    main = weights[0]
    try:
        told = json.loads((below / main.folder / "pipeline.json").read_text())
        args = told["args"]
        names: dict[str, str] = dict(args["models"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        why = f"pipeline.json cannot be read ({type(error).__name__})"
        raise ModelLoadFailed(f"of its weights {main.repo}, {why}") from error
    if missing := [name for name in NEEDED if name not in names]:
        raise ModelLoadFailed(f"the pipeline.json of {main.repo} names no {missing[0]}")
    kept = {name: place for name, place in names.items() if name not in LEFT_OUT}
    for name, place in kept.items():
        stem = _found(place, main, weights, below)
        for ending in _ENDINGS:
            (into / f"{name}{ending}").symlink_to(f"{stem}{ending}")
    args = {**args, **words, "models": {name: name for name in kept}}
    (into / "pipeline.json").write_text(json.dumps({**told, "args": args}))


def _found(place: str, main: Checkpoint, weights: Sequence[Checkpoint], below: Path) -> Path:
    """Where the two files of a model are, without their endings. `place` is within a repository, whose name may stand
    before it, also under an earlier owner's."""
    parts = place.split("/")
    for one in weights:
        named = len(parts) > 2 and parts[1] == one.repo.partition("/")[2]
        stem = below / one.folder / ("/".join(parts[2:]) if named else place)
        if all(Path(f"{stem}{ending}").is_file() for ending in _ENDINGS):
            return stem.resolve()
    raise ModelLoadFailed(f"of its weights {main.repo}, {place} is not here")
