"""The corpus of broken and hostile mesh files. Each is made anew, the same each time; none is large."""

from __future__ import annotations

import re
from pathlib import Path

from tests.pipelines import hostile_gltf, hostile_text

# What a planted file says: nothing that comes out of a reader may hold it.
SECRET = "xyzzy-plugh-secret"


def corpus(port: int, secret: Path) -> dict[str, bytes]:
    """Names of files -> their bytes. `port`, on this machine, and the file `secret` are named by some of them."""
    return hostile_gltf.all_files(port, str(secret)) | hostile_text.all_files(port, str(secret))


def write(folder: Path, files: dict[str, bytes]) -> dict[str, str]:
    """Write the files; file name -> name in the corpus."""
    folder.mkdir()
    named = {
        f"{n:04d}-{re.sub(r'[^a-zA-Z0-9]+', '-', name)[:60]}": name for n, name in enumerate(files)
    }
    for file_name, name in named.items():
        (folder / file_name).write_bytes(files[name])
    return named
