"""A process shuts itself in: no network, no file but those it is given and the libraries it runs on, no other process.

By Linux's own means, which need no privilege: Landlock (kernel 5.13) for files, a seccomp filter for system calls.
Where the kernel has one of them not, the other and the limits of `child` still hold; what took effect is said. They
hold for the thread that asks for them and those that it starts, so a process asks before it has others.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import struct
import sys
from collections.abc import Sequence
from pathlib import Path

PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 38, 22, 2
# landlock_create_ruleset, landlock_add_rule, landlock_restrict_self: the same on every architecture.
CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446
RULE_PATH_BENEATH, ASK_VERSION = 1, 1
EXECUTE, WRITE_FILE, READ_FILE, READ_DIR = 1, 2, 4, 8
REMOVE_DIR, REMOVE_FILE, MAKE_DIR, MAKE_REG = 1 << 4, 1 << 5, 1 << 7, 1 << 8
REFER, TRUNCATE = 1 << 13, 1 << 14
READ = READ_FILE | READ_DIR
# Plain files alone: no folders, links, sockets or devices.
WRITE = READ | WRITE_FILE | REMOVE_FILE | MAKE_REG | TRUNCATE
# Folders too, and moves between them.
ARRANGE = WRITE | MAKE_DIR | REMOVE_DIR | REFER
# How many rights over files each version of Landlock knows.
RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15}
NEWEST_RIGHTS = 16
# Since these versions it also knows TCP, and how to keep signals and abstract sockets inside; none is given back.
KNOWS_TCP, TCP = 4, 3
KNOWS_SCOPES, SCOPES = 6, 3
SYSTEM_LIBRARIES = (
    "/usr/lib",
    "/usr/lib64",
    "/usr/local/lib",
    "/lib",
    "/lib64",
    "/etc/ld.so.cache",
    "/dev/null",
)

# What starts, ends and limits the process's own children.
OWN_CHILDREN = (
    *("execve", "execveat", "fork", "vfork", "clone", "clone3"),
    *("kill", "tkill", "tgkill", "rt_sigqueueinfo", "rt_tgsigqueueinfo", "prlimit64"),
    "pidfd_send_signal",
)
# Calls that a reader of files has no use for: the network, other programs, other processes and what they hold, rights
# and owners of files (Landlock leaves these free), limits, keys, the kernel itself.
DENIED = (
    *("socket", "socketpair", "bind", "listen", "accept", "accept4", "connect"),
    *("execve", "execveat", "fork", "vfork", "clone", "clone3", "ptrace", "unshare", "setns"),
    *("process_vm_readv", "process_vm_writev", "pidfd_getfd", "pidfd_send_signal"),
    *("kill", "tkill", "tgkill", "rt_sigqueueinfo", "rt_tgsigqueueinfo", "prlimit64"),
    *("chmod", "fchmod", "fchmodat", "fchmodat2", "chown", "fchown", "lchown", "fchownat"),
    *("io_uring_setup", "bpf", "mount", "userfaultfd", "perf_event_open"),
    *("add_key", "request_key", "keyctl", "truncate"),
)
# Of each architecture: AUDIT_ARCH of the kernel, and the numbers of the calls above, -1 for those it has not.
NUMBERS = {
    "x86_64": (
        0xC000003E,
        (
            *(41, 53, 49, 50, 43, 288, 42),
            *(59, 322, 57, 58, 56, 435, 101, 272, 308),
            *(310, 311, 438, 424),
            *(62, 200, 234, 129, 297, 302),
            *(90, 91, 268, 452, 92, 93, 94, 260),
            *(425, 321, 165, 323, 298),
            *(248, 249, 250, 76),
        ),
    ),
    "aarch64": (
        0xC00000B7,
        (
            *(198, 199, 200, 201, 202, 242, 203),
            *(221, 281, -1, -1, 220, 435, 117, 97, 268),
            *(270, 271, 438, 424),
            *(129, 130, 131, 138, 240, 261),
            *(-1, 52, 53, 452, -1, 55, -1, 54),
            *(425, 280, 40, 282, 241),
            *(217, 218, 219, 45),
        ),
    ),
}
X32 = 0x40000000
LOAD, JUMP_EQUAL, JUMP_AT_LEAST, RETURN = 0x20, 0x15, 0x35, 0x06
ALLOW, REFUSE = 0x7FFF0000, 0x00050000 | errno.EACCES


def confine(written: Path, read: Sequence[Path]) -> tuple[str, ...]:
    """Shut this process in, for good: files in the folder `written` may be made and written, those in `read`, files or
    folders, and the system's libraries be read.

    Returns what took effect: "files", "calls", both, or nothing.
    """
    rules = [(written, WRITE), *((path, READ) for path in (*read, *map(Path, SYSTEM_LIBRARIES)))]
    return _shut(rules, DENIED)


def confine_model(
    written: Sequence[Path], read: Sequence[Path], run: Sequence[Path]
) -> tuple[str, ...]:
    """As `confine`, for a process that may also arrange the folders in `written` and start the programs in `run`, which
    are shut in as it is.

    Returns what took effect: "files", "calls", both, or nothing.
    """
    rules = [
        *((path, ARRANGE) for path in written),
        *((path, READ) for path in (*read, *map(Path, SYSTEM_LIBRARIES))),
        *((path, READ | EXECUTE) for path in run),
        (Path(os.devnull), READ | WRITE_FILE),
    ]
    return _shut(rules, tuple(name for name in DENIED if name not in OWN_CHILDREN))


def _shut(rules: Sequence[tuple[Path, int]], denied: Sequence[str]) -> tuple[str, ...]:
    libc = ctypes.CDLL(None, use_errno=True)
    if not sys.platform.startswith("linux") or libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        return ()
    held = ("files",) if _shut_files(libc, rules) else ()
    return (*held, "calls") if _shut_calls(libc, denied) else held


def _shut_files(libc: ctypes.CDLL, rules: Sequence[tuple[Path, int]]) -> bool:
    version = libc.syscall(CREATE_RULESET, None, ctypes.c_size_t(0), ASK_VERSION)
    if version < 1:
        return False
    every = (1 << RIGHTS.get(version, NEWEST_RIGHTS)) - 1
    words = [every]
    words += [TCP] if version >= KNOWS_TCP else []
    words += [SCOPES] if version >= KNOWS_SCOPES else []
    attributes = struct.pack(f"<{len(words)}Q", *words)
    ruleset = libc.syscall(CREATE_RULESET, attributes, ctypes.c_size_t(len(attributes)), 0)
    if ruleset < 0:
        return False
    try:
        for path, rights in rules:
            _allow(libc, ruleset, path, rights & every)
        return bool(libc.syscall(RESTRICT_SELF, ruleset, 0) == 0)
    finally:
        os.close(ruleset)


def _allow(libc: ctypes.CDLL, rules: int, path: Path, rights: int) -> None:
    """Rights over a folder and all below it, or over one file; nothing where neither is there."""
    try:
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        if not path.is_dir():
            rights &= EXECUTE | READ_FILE | WRITE_FILE
        libc.syscall(ADD_RULE, rules, RULE_PATH_BENEATH, struct.pack("<Qi", rights, place), 0)
    finally:
        os.close(place)


class _Program(ctypes.Structure):
    """struct sock_fprog."""

    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))


def _shut_calls(libc: ctypes.CDLL, denied: Sequence[str]) -> bool:
    if platform.machine() not in NUMBERS:
        return False
    architecture, every = NUMBERS[platform.machine()]
    number_of = dict(zip(DENIED, every, strict=True))
    numbers = [number_of[name] for name in denied if number_of[name] >= 0]
    last = len(numbers) + 5  # the row that refuses
    x32 = X32 if platform.machine() == "x86_64" else 0xFFFFFFFF
    rows = [
        (LOAD, 0, 0, 4),
        (JUMP_EQUAL, 0, last - 2, architecture),
        (LOAD, 0, 0, 0),
        (JUMP_AT_LEAST, last - 4, 0, x32),
    ]
    # Jumps count the rows between.
    rows += [(JUMP_EQUAL, last - 5 - place, 0, number) for place, number in enumerate(numbers)]
    rows += [(RETURN, 0, 0, ALLOW), (RETURN, 0, 0, REFUSE)]
    packed = b"".join(struct.pack("<HBBI", *row) for row in rows)
    program = _Program(len(rows), packed)
    return bool(libc.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.byref(program), 0, 0) == 0)
