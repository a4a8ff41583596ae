"""Which model made a result: told in its generation_info, and written into its GLB last, under `asset.extras`.

Knows cards, checkpoints and the GLB container; no model.
"""

from __future__ import annotations

import json
import math
import os
import shutil
import struct
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from pipelines import checkpoints
from pipelines.spec import OWN_TERMS, ModelCard, Outcome, OutputFile, Work

# So much is kept of what a file says of its earlier makers, as JSON: who sends it writes there what he likes.
MOST_BEFORE_BYTES = 4096
# This project's, which its built-in models go by.
VERSION = "0.1.0"
KEY = "meshkiln"
GLB_MEDIA_TYPE = "model/gltf-binary"
_HEAD = struct.Struct("<4sIII4s")


def provenance(card: ModelCard, seed: int | None) -> dict[str, Any]:
    """What made a result: model, version, weights with their hashes, licences, seed. JSON."""
    terms = card.known_terms()
    return {
        "model": card.model_id,
        "version": card.version or (VERSION if card.terms is OWN_TERMS else ""),
        "licence": terms.code,
        "weights_licence": terms.weights,
        "commercial_use": terms.commercial_use,
        "weights": [_weights(one) for one in card.checkpoints],
        "seed": seed,
    }


def _weights(checkpoint: checkpoints.Checkpoint) -> dict[str, str | None]:
    manifest = checkpoints.read_manifest(checkpoints.root() / checkpoint.folder)
    if manifest is None:  # the model has loaded what it found, and nobody has told which that was
        return {"repo": checkpoint.repo, "revision": None, "sha256": None}
    return {
        "repo": manifest["repo"],
        "revision": manifest["revision"],
        "sha256": checkpoints.weights_sha256(manifest),
    }


def with_provenance(work: Work, outcome: Outcome, card: ModelCard) -> Outcome:
    """The outcome that says what made it, in its info and in each of its GLBs."""
    seed = outcome.info.get("seed", work.params.get("seed"))
    record = provenance(card, seed)
    files = tuple(
        _signed(work.out_dir / file.name, file, record)
        if file.media_type == GLB_MEDIA_TYPE
        else file
        for file in outcome.files
    )
    return replace(outcome, files=files, info={**outcome.info, "provenance": record})


def _signed(path: Path, file: OutputFile, record: Mapping[str, Any]) -> OutputFile:
    sign(path, record)
    return replace(file, size_bytes=path.stat().st_size)


def sign(path: Path, record: Mapping[str, Any]) -> None:
    """Write a record into a GLB, as `meshkiln` of its asset.extras; all else stays, the binary chunk byte for byte.

    A record that was there is kept as `before` in the new one. Numbers that JSON has not, which some exporters write,
    become null. The file is replaced as a whole. One that is no GLB of version 2 is left as it is: its model answers
    for it.
    """
    with path.open("rb") as source:
        head = source.read(_HEAD.size)
        if len(head) < _HEAD.size:
            return
        magic, version, _, length, kind = _HEAD.unpack(head)
        if (magic, version, kind) != (b"glTF", 2, b"JSON"):
            return
        document = _of_json(json.loads(source.read(length)))
        asset = document.setdefault("asset", {"version": "2.0"})
        extras = asset.get("extras", {})
        # Extras of the client's file that are no object keep their place inside one.
        kept = extras if isinstance(extras, dict) else {"was": extras}
        asset["extras"] = {**kept, KEY: {**record, **_before(kept.get(KEY))}}
        _rewrite(path, source, document)


def _before(record: Any) -> dict[str, Any]:
    """The record that a file brought, without its own earlier ones where all together are too long."""
    if not isinstance(record, dict):
        return {}
    for kept in (record, {name: value for name, value in record.items() if name != "before"}):
        if len(json.dumps(kept)) <= MOST_BEFORE_BYTES:
            return {"before": kept}
    return {}


def _of_json(value: Any) -> Any:
    """The value with null for numbers that are not finite."""
    if isinstance(value, dict):
        return {name: _of_json(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_of_json(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _rewrite(path: Path, source: Any, document: Mapping[str, Any]) -> None:
    """The file with another document, and what follows in `source` as it is."""
    text = json.dumps(document, separators=(",", ":"), allow_nan=False).encode()
    text += b" " * (-len(text) % 4)
    rest = os.fstat(source.fileno()).st_size - source.tell()
    part = path.with_name(path.name + ".part")
    with part.open("wb") as target:
        size = _HEAD.size + len(text) + rest
        target.write(_HEAD.pack(b"glTF", 2, size, len(text), b"JSON") + text)
        shutil.copyfileobj(source, target, 1 << 20)
    part.replace(path)
