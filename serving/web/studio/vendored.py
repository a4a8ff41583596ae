"""The programs of others that lie under vendor/: what they are, and where each file comes from.

    python -m serving.web.studio.vendored check | fetch

`check` compares the files with vendor/vendored.toml. `fetch` asks npm for the packages and writes the files anew, byte
for byte and only those whose SHA-256 is as written there. For maintainers: a server needs neither.
"""

from __future__ import annotations

import argparse
import hashlib
import logging
import shutil
import subprocess
import sys
import tarfile
import tempfile
import tomllib
from dataclasses import dataclass
from pathlib import Path

log = logging.getLogger("meshkiln.vendored")

FOLDER = Path(__file__).parent / "vendor"
MANIFEST = FOLDER / "vendored.toml"
# npm puts the files of a package below this folder of its archive.
_INSIDE = "package/"


class VendorError(Exception):
    """A file is missing, differs, or cannot be had. The message is for the maintainer."""


@dataclass(frozen=True)
class VendoredFile:
    """One file: its path in the package, its path under vendor/, and what it must be."""

    source: str
    path: str
    sha256: str
    size_bytes: int

    def check(self, body: bytes) -> None:
        """Raises VendorError if these are not its bytes."""
        if hashlib.sha256(body).hexdigest() != self.sha256 or len(body) != self.size_bytes:
            raise VendorError(f"{self.path} is not what {MANIFEST.name} says")


@dataclass(frozen=True)
class Package:
    """A package of npm. `licence` is an SPDX expression; `inside` names the package that holds this one's code."""

    name: str
    version: str
    licence: str
    inside: str
    needs: dict[str, str]
    files: tuple[VendoredFile, ...]


def packages() -> list[Package]:
    """All that vendor/ holds."""
    rows = tomllib.loads(MANIFEST.read_text("utf-8"))["package"]
    return [
        Package(
            name=row["name"],
            version=row["version"],
            licence=row["licence"],
            inside=row.get("inside", ""),
            needs=row.get("needs", {}),
            files=tuple(VendoredFile(**file) for file in row["files"]),
        )
        for row in rows
    ]


def check() -> int:
    """How many files lie there as they should. Raises VendorError."""
    files = [file for package in packages() for file in package.files]
    for file in files:
        path = FOLDER / file.path
        if not path.is_file():
            raise VendorError(f"{file.path} is missing")
        file.check(path.read_bytes())
    return len(files)


def fetch() -> int:
    """Write all files anew. Raises VendorError, before the first of a package is written."""
    npm = shutil.which("npm")
    if npm is None:
        raise VendorError("npm is not on PATH")
    count = 0
    for package in packages():
        with tempfile.TemporaryDirectory() as folder:
            bodies = _read(package, _packed(npm, package, Path(folder)))
        for file, body in bodies:
            path = FOLDER / file.path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(body)
            count += 1
    return count


def _packed(npm: str, package: Package, folder: Path) -> Path:
    command = [npm, "pack", "--silent", f"{package.name}@{package.version}"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    found = list(folder.glob("*.tgz"))
    if done.returncode or len(found) != 1:
        raise VendorError(
            f"{package.name}@{package.version}: {done.stderr.strip() or 'no archive'}"
        )
    return found[0]


def _read(package: Package, archive: Path) -> list[tuple[VendoredFile, bytes]]:
    read = []
    with tarfile.open(archive) as tar:
        for file in package.files:
            try:
                held = tar.extractfile(_INSIDE + file.source)
            except KeyError:
                held = None
            if held is None:
                raise VendorError(f"{package.name}@{package.version} has no {file.source}")
            body = held.read()
            file.check(body)
            read.append((file, body))
    return read


def main() -> int:
    """The command. 0 if all is as it should be."""
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    parser = argparse.ArgumentParser(prog="python -m serving.web.studio.vendored")
    parser.add_argument("what", choices=("check", "fetch"))
    asked = parser.parse_args()
    try:
        count = check() if asked.what == "check" else fetch()
    except VendorError as error:
        log.error("%s", error)
        return 1
    log.info("%d files are as %s says", count, MANIFEST.name)
    return 0


if __name__ == "__main__":
    sys.exit(main())
