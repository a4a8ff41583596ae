"""A plug-in folder with the rehearsals, and models beside them that do not run here."""

from __future__ import annotations

from pathlib import Path

from tests.serving.house import PLUGIN

MORE_MODELS = '''
"""Models that do not run here: one lacks a library, one cannot be loaded until a file is there."""
from pathlib import Path

from pipelines.errors import ModelLoadFailed
from pipelines.spec import ModelCard, Params


class NoOptions(Params):
    """Nothing."""


def card(model_id, **facts):
    return ModelCard(model_id, "rehearsal", "rehearsal", model_id, "an example", "MIT", ("json",), NoOptions, **facts)


CARDS = (card("absent", requires=("json", "no_such_library")), card("awaiting"), card("large", vram_mib=9000))


class Awaiting:
    def load(self, device):
        if not Path(MARKER).exists():
            raise ModelLoadFailed("its weights are missing; put them into weights/")


ADAPTER = Awaiting
'''


def plugin_with_more(tmp_path: Path) -> Path:
    """A folder with the models above; the marker is `weights` in it."""
    (tmp_path / "adapters").mkdir()
    code = MORE_MODELS.replace("MARKER", repr(str(tmp_path / "weights")))
    (tmp_path / "adapters" / "more.py").write_text(code)
    for kind in ("features", "adapters"):
        (tmp_path / kind).mkdir(exist_ok=True)
        text = (PLUGIN / kind / "rehearsal.py").read_text()
        (tmp_path / kind / "rehearsal.py").write_text(text)
    return tmp_path
