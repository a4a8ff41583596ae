"""Where results lie: outputs/<client>/<job_id>/<file>. Drafts stand beside and are renamed into place, whole."""

from __future__ import annotations

import os
import re
import shutil
import stat
from contextlib import suppress
from pathlib import Path

from pipelines import delivered
from serving.errors import NotFound
from serving.settings import Settings
from serving.storage.clients import is_client_name

JOB_ID = re.compile(r"[0-9a-f]{32}")
_FILE_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}")

# By the ending of an output's name.
MEDIA_TYPES = {
    ".json": "application/json",
    ".webp": "image/webp",
    **{f".{ending}": media_type for ending, media_type in delivered.MEDIA_TYPES.items()},
}

_BEFORE = ".before"


class Outputs:
    """The folder of results."""

    def __init__(self, settings: Settings) -> None:
        self.root = settings.outputs_dir
        self._root = os.path.realpath(self.root)

    def folder(self, client: str, job_id: str) -> Path:
        return self.root / client / job_id

    def draft(self, client: str, job_id: str, run_id: str) -> Path:
        """An empty folder for one run of a job. Two runs never share one."""
        draft = self._draft_path(client, job_id, run_id)
        draft.mkdir(parents=True)
        return draft

    def publish(self, client: str, job_id: str, run_id: str) -> None:
        """Put a draft in its place, in one rename. An earlier result of the same job steps aside first, whole."""
        target = self.folder(client, job_id)
        aside = self._draft_path(client, job_id, run_id + _BEFORE)
        with suppress(FileNotFoundError):
            target.rename(aside)
        try:
            self._draft_path(client, job_id, run_id).rename(target)
        except OSError:
            with suppress(FileNotFoundError):
                aside.rename(target)
            raise
        shutil.rmtree(aside, ignore_errors=True)

    def drop_draft(self, client: str, job_id: str, run_id: str) -> None:
        """Remove what a run left that published nothing. Nothing happens when nothing is left."""
        for left in (run_id, run_id + _BEFORE):
            shutil.rmtree(self._draft_path(client, job_id, left), ignore_errors=True)

    def drafts(self) -> list[tuple[str, str, str]]:
        """Client, job and run of every draft there is."""
        found = []
        for path in self.root.glob("[!.]*/.*"):
            job_id, _, run_id = path.name[1:].partition(".")
            found.append((path.parent.name, job_id, run_id.removesuffix(_BEFORE)))
        return found

    def published_since(self, since_s: float) -> list[tuple[str, str]]:
        """Client and job of the results that were put in their place since a time. Old clients cost one look each."""
        found = []
        for client in self.root.glob("[!.]*"):
            with suppress(OSError):
                if client.stat().st_mtime < since_s:
                    continue
                for path in client.glob("[!.]*"):
                    if path.stat().st_ctime >= since_s:  # a rename changes that of a folder
                        found.append((client.name, path.name))
        return found

    def job_folders(self, before_s: float) -> list[Path]:
        """The folders of published results that are older than a time, oldest first."""
        found = []
        for path in self.root.glob("[!.]*/[!.]*"):
            with suppress(FileNotFoundError):
                changed_s = path.stat().st_mtime
                if changed_s < before_s and path.is_dir():
                    found.append((changed_s, path))
        return [path for _, path in sorted(found)]

    def remove(self, client: str, job_id: str) -> None:
        """Remove the results of a job."""
        shutil.rmtree(self.folder(client, job_id), ignore_errors=True)

    def size_bytes(self, client: str, job_id: str) -> int:
        """What the results of a job take. 0 when there are none."""
        try:
            with os.scandir(self.folder(client, job_id)) as entries:
                return sum(entry.stat(follow_symlinks=False).st_size for entry in entries)
        except FileNotFoundError:
            return 0

    def locate(self, client: str, job_id: str, name: str) -> str:
        """The path of a published file, for sending it. Raises NotFound for anything that is not just that.

        Each part must have the form that we give it, so no part can lead out of the job's folder; a link in the
        folder leads nowhere.
        """
        if not (is_client_name(client) and JOB_ID.fullmatch(job_id) and _FILE_NAME.fullmatch(name)):
            raise NotFound("no such file")
        path = f"{self._root}/{client}/{job_id}/{name}"
        if not _is_own_file(path, depth=2):
            raise NotFound("no such file")
        return path

    def _draft_path(self, client: str, job_id: str, run_id: str) -> Path:
        return self.root / client / f".{job_id}.{run_id}"


def _is_own_file(path: str, depth: int) -> bool:
    """Whether a regular file stands there, and neither it nor the `depth` folders above it is a link."""
    try:
        if not stat.S_ISREG(os.lstat(path).st_mode):
            return False
        for _ in range(depth):
            path = path.rpartition("/")[0]
            if not stat.S_ISDIR(os.lstat(path).st_mode):
                return False
    except OSError:
        return False
    return True
