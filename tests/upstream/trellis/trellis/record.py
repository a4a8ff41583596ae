"""Calls as JSON lines, and what the next one shall do instead of its work."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any

import torch

RECORD = Path(os.environ["RECORD"])


def call(name: str, **told: Any) -> str:
    """Write a call down. -> what is wanted of it, "" for its work. Raises what is wanted."""
    with RECORD.open("a") as lines:
        lines.write(json.dumps({"call": name, **told}) + "\n")
    place = RECORD.with_name("wanted.json")
    wanted = json.loads(place.read_text()).get(name, "") if place.is_file() else ""
    if wanted == "memory":
        raise torch.OutOfMemoryError("CUDA out of memory")
    if wanted == "fails":
        raise RuntimeError("/a/path of the server")
    if wanted == "slow":  # longer than what two tellings of progress are apart
        time.sleep(0.15)
    return str(wanted)
