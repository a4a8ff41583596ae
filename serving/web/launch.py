"""Become the gunicorn of this project: the same server in development and in production."""

from __future__ import annotations

import os
import sys

from serving.settings import ROOT, Settings


def become_gunicorn(settings: Settings, *, start_workers: bool) -> None:
    """Replace this process by gunicorn. Does not return."""
    os.chdir(ROOT)
    command = [sys.executable, "-m", "gunicorn", "-c", str(ROOT / "gunicorn_config.py"), "wsgi:app"]
    os.execve(sys.executable, command, settings.child_environment(start_workers=start_workers))  # noqa: S606
