"""What holds for all tests."""

from __future__ import annotations

import signal


def pytest_configure() -> None:
    """Processes that a test starts hear Ctrl-C, also where the tests themselves run in a process that ignores it."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
