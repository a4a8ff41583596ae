"""The web in this process, and lanes that are there only as their word on the board."""

from __future__ import annotations

import platform
from pathlib import Path
from typing import Any

from flask import Flask
from redis import Redis

from pipelines.catalog import Catalog
from serving.jobs.board import LANE_KEY, LANES_KEY, LaneState
from serving.settings import Settings
from serving.web.app import create_app

CATALOG = Catalog.discover()
# What a machine without a GPU and without weights says of its models.
ALL_WELL = {name: "" for name, card in CATALOG.cards.items() if not card.vram_mib}


def told(client: Any, path: str) -> Any:
    """The JSON of a GET that is answered well."""
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    return answer.json() if callable(answer.json) else answer.json


def app_with(tmp_path: Path, redis_url: str, **settings: object) -> Flask:
    """The web of a server with these settings."""
    values = {"data_dir": tmp_path, "redis_url": redis_url, **settings}
    return create_app(Settings(_env_file=None).model_copy(update=values))


def publish(redis_client: Redis, **said: object) -> None:
    """A lane says something, as a living one does."""
    row = {"name": "a", "host": platform.node(), "pid": 1, "device": "cpu", **said}
    word = LaneState(**row)  # type: ignore[arg-type]
    redis_client.sadd(LANES_KEY, word.name)
    redis_client.set(LANE_KEY + word.name, word.to_json())
