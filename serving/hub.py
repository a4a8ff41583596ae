"""Files of the Hugging Face hub: what a repository holds at a commit, and one file of it, resumed where it broke off.

By plain HTTP and the standard library: the hub's own client removes what it has of a file when it is interrupted.
HF_ENDPOINT names a mirror, HF_TOKEN opens what is closed; both are the hub's own variables. Does not know model cards.
"""

from __future__ import annotations

import hashlib
import http.client
import json
import os
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ENDPOINT = "https://huggingface.co"
ANSWER_S = 30.0
# A connection that breaks is made anew this often without a byte in between, and after these pauses.
PAUSES_S = (0.5, 1.0, 2.0, 4.0, 8.0)
CHUNK_BYTES = 1 << 20
OUT_OF_RANGE = 416
# Of these a second try may say otherwise.
PASSING = (408, 429, 500, 502, 503, 504)


class HubError(Exception):
    """The hub has not what was asked for, or does not answer. The message is for the operator."""


@dataclass(frozen=True)
class HubFile:
    """A file as the hub tells it: its size, and one of two hashes. Git's is for what is not in LFS."""

    name: str
    size_bytes: int
    sha256: str = ""
    git_sha1: str = ""


@dataclass(frozen=True)
class Listing:
    """What a repository holds at a commit."""

    commit: str
    files: Mapping[str, HubFile]


def listing(repo: str, revision: str) -> Listing:
    """The files of a repository, and the commit that a branch or tag stands for now. Raises HubError."""
    address = f"{_endpoint()}/api/models/{repo}/revision/{urllib.parse.quote(revision, safe='')}"
    try:
        with _open(address + "?blobs=true", {}) as answer:
            row = json.load(answer)
        files = [_file(one) for one in row["siblings"]]
        return Listing(str(row["sha"]), {file.name: file for file in files})
    except urllib.error.HTTPError as error:
        raise HubError(_refused(f"{repo} at {revision}", error)) from error
    except (OSError, http.client.HTTPException) as error:
        raise HubError(f"{_endpoint()} does not answer: {error}") from error
    except (KeyError, TypeError, ValueError) as error:
        raise HubError(f"{address} is no answer of a hub: {type(error).__name__}") from error


def download(
    repo: str, commit: str, file: HubFile, path: Path, told: Callable[[int], None]
) -> None:
    """Have the file at `path`, which may hold a beginning of it. `told` hears how many bytes are there.

    Its size is right afterwards, its contents are not looked at. Raises HubError when the hub does not go on; what came
    stays for the next time.
    """
    address = f"{_endpoint()}/{repo}/resolve/{commit}/{urllib.parse.quote(file.name)}"
    failures = 0
    while (there := path.stat().st_size if path.exists() else 0) != file.size_bytes:
        if there > file.size_bytes:
            path.unlink()
            continue
        try:
            _go_on(address, there, file.size_bytes, path, told)
            trouble = "it broke off"
        except urllib.error.HTTPError as error:
            if error.code == OUT_OF_RANGE and there:
                path.unlink()
            elif error.code not in PASSING:
                raise HubError(_refused(f"{file.name} of {repo}", error)) from error
            trouble = f"HTTP {error.code}"
        except (OSError, http.client.HTTPException) as error:
            trouble = str(error) or type(error).__name__
        now = path.stat().st_size if path.exists() else 0
        failures = 0 if now > there else failures + 1
        if now != file.size_bytes:
            if failures >= len(PAUSES_S):
                raise HubError(f"{file.name} of {repo} does not come: {trouble}")
            time.sleep(PAUSES_S[failures])
    if file.size_bytes == 0:
        path.touch()


def _go_on(
    address: str, there: int, size_bytes: int, path: Path, told: Callable[[int], None]
) -> None:
    """Ask for the rest of a file and write what comes, never more than its size."""
    headers = {"Range": f"bytes={there}-"} if there else {}
    with _open(address, headers) as answer:
        resumed = answer.status == http.HTTPStatus.PARTIAL_CONTENT
        there = there if resumed else 0
        with open(path, "ab" if resumed else "wb") as target:
            while there < size_bytes and (
                chunk := answer.read(min(CHUNK_BYTES, size_bytes - there))
            ):
                target.write(chunk)
                there += len(chunk)
                told(there)


def is_as_told(file: HubFile, path: Path, sha256: str) -> bool:
    """Whether contents are those that the hub tells of; `sha256` is that of what is at `path`."""
    if file.sha256:
        return file.sha256 == sha256
    return file.git_sha1 == git_sha1(path)


def sha256_of(path: Path) -> str:
    """Of a file's contents, in hex."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def git_sha1(path: Path) -> str:
    """The name that git gives to a file's contents, in hex."""
    head = f"blob {path.stat().st_size}\0".encode()
    return hashlib.sha1(head + path.read_bytes(), usedforsecurity=False).hexdigest()


def _open(address: str, headers: Mapping[str, str]) -> Any:
    if not address.startswith(("https://", "http://")):
        raise HubError(f"HF_ENDPOINT is {_endpoint()!r}; it begins with https://")
    request = urllib.request.Request(address, headers=dict(headers))  # noqa: S310 - http, as was looked at
    # Compressed, a file could not be resumed at a byte.
    request.add_header("Accept-Encoding", "identity")
    if token := os.environ.get("HF_TOKEN"):  # noqa: TID251 - the hub's variable, not the server's
        # Unredirected: whoever the hub sends us to for the contents must not see it.
        request.add_unredirected_header("Authorization", f"Bearer {token}")
    return urllib.request.urlopen(request, timeout=ANSWER_S)  # noqa: S310


def _endpoint() -> str:
    return (os.environ.get("HF_ENDPOINT") or ENDPOINT).rstrip("/")  # noqa: TID251 - the hub's variable


def _file(row: Mapping[str, Any]) -> HubFile:
    lfs = row.get("lfs") or {}
    return HubFile(
        name=str(row["rfilename"]),
        size_bytes=int(lfs.get("size", row["size"])),
        sha256=str(lfs.get("sha256", "")),
        git_sha1=str(row.get("blobId", "")),
    )


def _refused(what: str, error: urllib.error.HTTPError) -> str:
    if error.code in (401, 403):
        return (
            f"the hub does not give {what} (HTTP {error.code}): it is not there, or its makers ask for consent first;"
            " give that on its page, and set HF_TOKEN"
        )
    if error.code == http.HTTPStatus.NOT_FOUND:
        return f"the hub has no {what}"
    return f"the hub does not give {what}: HTTP {error.code}"
