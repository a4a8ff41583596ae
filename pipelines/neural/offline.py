"""Published libraries look for their files on the network first: told not to before they are imported."""

from __future__ import annotations

import os


def go_offline() -> None:
    """No request leaves this process for weights: they are read from local folders. To be called first in `load`."""
    # The libraries read these when they are imported, and know no other way.
    switches = ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE", "HF_HUB_DISABLE_TELEMETRY")
    os.environ.update(dict.fromkeys(switches, "1"))  # noqa: TID251 - how these libraries are told
