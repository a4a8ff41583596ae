"""One file under a second name: a hard link, or a copy where no link can be made. Whole or not there."""

from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path
from secrets import token_hex

# Another file system, one without links, one whose files may not be linked, or a file with all the links it may have.
_NO_LINK = {
    errno.EXDEV,
    errno.EPERM,
    errno.EACCES,
    errno.EMLINK,
    errno.ENOSYS,
    errno.ENOTSUP,
    errno.EOPNOTSUPP,
}


def link_or_copy(source: Path, target: Path) -> None:
    """Give a file a second name. Raises FileNotFoundError when the source is gone, FileExistsError when the name is."""
    try:
        os.link(source, target)
    except OSError as error:
        if error.errno not in _NO_LINK:
            raise
        _copy(source, target)


def _copy(source: Path, target: Path) -> None:
    """Beside first, then in place. A copy that a death left half-way has a name that no job and no upload has."""
    if target.exists():
        raise FileExistsError(errno.EEXIST, "the name is taken", target.name)
    beside = target.with_name(f".{token_hex(8)}")
    try:
        shutil.copyfile(source, beside)
        beside.rename(target)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


def freed_by_removing(path: Path) -> int:
    """Remove a file. Bytes freed: none while it has another name, or was not there."""
    try:
        was = path.stat()
        path.unlink()
    except FileNotFoundError:
        return 0
    return was.st_size if was.st_nlink == 1 else 0
