"""The places for lanes on this machine: one for each GPU that is to be used, and some for the CPU.

Knows settings, GPUs and model cards. Starts nothing: the supervisor does. What pins a lane to its GPU is in the
environment that its process starts with, so it holds before anything there can touch CUDA.
"""

from __future__ import annotations

import logging
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from pipelines.catalog import Catalog
from pipelines.spec import ModelCard
from serving.gpus import Gpu, Gpus
from serving.rehearsed_gpus import LEDGER_VARIABLE, ledger
from serving.settings import Settings, SettingsError

log = logging.getLogger("meshkiln.supervisor")

_PIN = "CUDA_VISIBLE_DEVICES"


@dataclass
class Slot:
    """A place for a lane: its device stays, its processes come and go.

    `gpu` is the UUID of its GPU, "" on a CPU; `gpu_index` that GPU's number; `largest_gpu_mib`, on a CPU, what the
    largest GPU has for models that also run on a CPU. `environment` is what its lane finds beside the settings.
    """

    title: str
    device: Literal["cpu", "cuda"]
    gpu: str = ""
    gpu_index: int | None = None
    environment: Mapping[str, str] = field(default_factory=dict)
    largest_gpu_mib: int = 0
    process: subprocess.Popen[bytes] | None = None
    name: str = ""
    has_spoken: bool = False
    is_condemned: bool = False
    started_at_s: float = 0.0
    pause_s: float = 0.0
    start_again_at_s: float = 0.0


@dataclass
class Places:
    """Where lanes go on this machine: at the start, and later, since a driver may be ready later than this server."""

    settings: Settings
    gpus: Gpus
    catalog: Catalog
    _seen: set[str] = field(default_factory=set)  # UUIDs

    def slots(self) -> list[Slot]:
        """All of them. Raises SettingsError as slots_of() does."""
        found = self._look()
        slots = slots_of(self.settings, found, self.catalog)
        titles = ", ".join(slot.title for slot in slots)
        log.info("GPUs found: %s; lanes: %s", _listed(found), titles)
        return slots

    def late_slots(self) -> list[Slot]:
        """All of them again, once there is a GPU that no earlier look saw; else none. Raises SettingsError."""
        seen = frozenset(self._seen)
        found = self._look()
        late = [gpu for gpu in found if gpu.uuid not in seen]
        if not late:
            return []
        log.info("GPUs found late: %s", _listed(late))
        return slots_of(self.settings, found, self.catalog)

    def _look(self) -> list[Gpu]:
        found = [] if self.settings.gpus == "none" else self.gpus.read()
        self._seen |= {gpu.uuid for gpu in found}
        return found


def slots_of(settings: Settings, found: list[Gpu], catalog: Catalog) -> list[Slot]:
    """One slot for each GPU that is to be used and that some model needs, then those of the CPU.

    Raises SettingsError where the settings name what there is not, or leave nothing to start.
    """
    cards = _served(settings, catalog)
    wanted = _wanted(settings, _visible(settings, found))
    why_not = _why_no_gpu(settings, found, wanted, cards)
    if why_not and wanted:
        log.info("GPU %s: no lane, %s", ", ".join(str(gpu.id) for gpu in wanted), why_not)
    slots = [] if why_not else [_gpu_slot(settings, gpu) for gpu in wanted]
    if any(not card.vram_mib or card.cpu_capable for card in cards):
        largest_mib = 0 if why_not else max(gpu.memory_total for gpu in wanted)
        largest_mib = max(0, largest_mib - settings.vram_reserve_mib)
        slots += [_cpu_slot(index, largest_mib) for index in range(settings.cpu_lanes)]
        nothing_else = "MESHKILN_CPU_LANES is 0"
    else:
        nothing_else = "no model that is served here runs on a CPU"
    if not slots:
        raise SettingsError(f"There is nothing to start: {nothing_else}, and {why_not}")
    return slots


def _served(settings: Settings, catalog: Catalog) -> list[ModelCard]:
    """The cards of the features that are served here."""
    wanted = settings.served_features
    if unknown := sorted(wanted - set(catalog.features)):
        there_are = ", ".join(sorted(catalog.features))
        raise _bad(
            "FEATURES", settings.features, f"no feature {unknown[0]!r}; there are {there_are}"
        )
    return [card for card in catalog.cards.values() if not wanted or card.feature in wanted]


def _visible(settings: Settings, gpus: list[Gpu]) -> list[Gpu]:
    """The GPUs that CUDA_VISIBLE_DEVICES leaves. As with CUDA, its list ends at the first that there is not."""
    named = settings.cuda_visible_devices
    if named is None or settings.rehearsed_gpus_mib:
        return gpus
    left: list[Gpu] = []
    for name in (part.strip() for part in named.split(",")):
        gpu = _called(name, gpus)
        if gpu is None:
            if name not in ("", "-1"):
                log.warning("%s names %r, which is no GPU here: it ends the list", _PIN, name)
            break
        left.append(gpu)
    return sorted(set(left), key=lambda gpu: gpu.id)


def _called(name: str, gpus: list[Gpu]) -> Gpu | None:
    """The GPU of that number or UUID, or the only one whose UUID begins so."""
    if name.isdigit():
        return next((gpu for gpu in gpus if gpu.id == int(name)), None)
    alike = [gpu for gpu in gpus if name and gpu.uuid.startswith(name)]
    return alike[0] if len(alike) == 1 else None


def _wanted(settings: Settings, gpus: list[Gpu]) -> list[Gpu]:
    """Those that MESHKILN_GPUS names. Raises SettingsError for a number that there is not."""
    if settings.gpus in ("all", "none"):
        return gpus
    numbers = {int(number) for number in settings.gpus.split(",")}
    if unknown := sorted(numbers - {gpu.id for gpu in gpus}):
        raise _bad("GPUS", settings.gpus, f"no GPU {unknown[0]}; {_there_are(settings, gpus)}")
    return [gpu for gpu in gpus if gpu.id in numbers]


def _there_are(settings: Settings, gpus: Sequence[Gpu]) -> str:
    hiding = settings.cuda_visible_devices is not None and not settings.rehearsed_gpus_mib
    return f"there are {_listed(gpus)}" + (
        f" with {_PIN}={settings.cuda_visible_devices}" if hiding else ""
    )


def _listed(gpus: Sequence[Gpu]) -> str:
    return ", ".join(f"{gpu.id} ({gpu.name}, {gpu.memory_total:,} MiB)" for gpu in gpus) or "none"


def _why_no_gpu(
    settings: Settings, found: list[Gpu], wanted: list[Gpu], cards: Iterable[ModelCard]
) -> str:
    """Why no GPU gets a lane; "" when some do."""
    if not found:
        return "MESHKILN_GPUS is none" if settings.gpus == "none" else "no GPU was found"
    if not wanted:
        return f"{_PIN} is {settings.cuda_visible_devices!r}"
    if not any(card.vram_mib for card in cards):
        return f"no model {'of the features served ' if settings.features else ''}here needs a GPU"
    return ""


def _gpu_slot(settings: Settings, gpu: Gpu) -> Slot:
    if settings.rehearsed_gpus_mib:
        environment = {_PIN: "", LEDGER_VARIABLE: str(ledger(settings, gpu.id))}
    else:
        # By its UUID: the numbers that CUDA gives to GPUs are others than the driver's, unless told.
        environment = {_PIN: gpu.uuid, "CUDA_DEVICE_ORDER": "PCI_BUS_ID"}
    return Slot(f"gpu{gpu.id}", "cuda", gpu.uuid, gpu.id, environment)


def _cpu_slot(index: int, largest_gpu_mib: int) -> Slot:
    """A model of the CPU never touches a GPU: it would take memory there that nobody has counted."""
    return Slot(f"cpu{index}", "cpu", largest_gpu_mib=largest_gpu_mib, environment={_PIN: ""})


def _bad(name: str, value: str, why: str) -> SettingsError:
    return SettingsError(f"Bad setting: MESHKILN_{name} is {value!r}: there is {why}")
