"""Eight models that compute nothing, each of which takes some memory of a rehearsed GPU."""

from __future__ import annotations

import ctypes
import os
import time
from pathlib import Path

from pipelines.spec import ModelCard, Outcome, OutputFile, Params, Report, Work

NAME = "output.json"
PRICE_MIB = 1_000


class NoOptions(Params):
    """Nothing may be set."""


CARDS = tuple(
    ModelCard(
        model_id=f"timed_{number}",
        feature="timed",
        family="timed",
        weights=f"timed_{number}",
        summary="Does nothing",
        licence="MIT",
        outputs=("json",),
        options=NoOptions,
        vram_mib=PRICE_MIB,
        usual_s=0.01,
    )
    for number in range(8)
)


class Timed:
    """Writes itself into the ledger of its GPU, as serving.rehearsed_gpus reads it."""

    def load(self, device: str) -> None:
        if ledger := os.environ.get("MESHKILN_REHEARSED_GPU"):
            (Path(ledger) / str(os.getpid())).write_text(str(PRICE_MIB))

    def run_timed(self, work: Work, report: Report) -> Outcome:
        pauses_s, moments = work.params["pauses_s"], []
        for count, pause_s in enumerate(pauses_s, 1):
            time.sleep(pause_s)
            moments.append(time.time())
            report("timed", count / len(pauses_s))
        if work.params["hangs"]:
            ctypes.PyDLL(None).sleep(3_600)  # keeps the GIL: no other thread of the runner gets on
        (work.out_dir / NAME).write_text("{}")
        file = OutputFile(NAME, "model", "application/json", 2)
        return Outcome(files=(file,), info={"moments": moments})


ADAPTER = Timed
