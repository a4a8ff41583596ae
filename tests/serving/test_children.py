"""No fork while another thread starts a child."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time

from serving.children import no_fork


def fork_and_try() -> int:
    """Exit code of a fork that starts a child itself: 0, unless the lock came along locked."""
    pid = os.fork()
    if pid == 0:
        threading.Timer(5.0, os._exit, [1]).start()
        with no_fork():
            os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def test_fork_waits_until_the_child_of_another_thread_has_started() -> None:
    inside = threading.Event()

    def start_slowly() -> None:
        with no_fork():
            inside.set()
            time.sleep(0.4)

    thread = threading.Thread(target=start_slowly)
    thread.start()
    inside.wait()
    began_s = time.monotonic()
    assert fork_and_try() == 0
    assert time.monotonic() - began_s > 0.3
    thread.join()


def test_children_can_be_started_inside_and_forks_go_on_after() -> None:
    with no_fork():
        assert subprocess.run([sys.executable, "-c", ""], check=False).returncode == 0
        assert fork_and_try() == 0  # of the thread that holds it: its own affair
    assert fork_and_try() == 0
