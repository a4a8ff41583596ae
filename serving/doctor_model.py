"""What the doctor finds of a model: what is here, what is not, whether it can run, and what to do next.

Decides from what was asked before: an interpreter's answer, the GPUs. Looks at folders of weights itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Literal

from pipelines import checkpoints
from pipelines.spec import ModelCard
from serving.doctor_environment import Asked, strayed
from serving.families import Extension, Family
from serving.fetch_checkpoint import verify
from serving.gpus import Gpu
from serving.settings import Settings

Verdict = Literal["ready", "not installed", "broken", "no room"]
State = Literal["ok", "missing", "broken", "note"]


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at, and how it is."""

    what: str
    state: State
    text: str


@dataclass(frozen=True)
class Report:
    """A model, what was found of it, and the command that goes on from there."""

    model_id: str
    feature: str
    family: str
    environment: str
    commercial_use: str
    vram_mib: int
    cpu_capable: bool
    verdict: Verdict
    findings: tuple[Finding, ...]
    next: str

    @property
    def is_fine(self) -> bool:
        """Nothing is wrong with what is installed of it."""
        return self.verdict in ("ready", "not installed")

    def to_json(self) -> dict[str, object]:
        return asdict(self)


def examine(
    card: ModelCard,
    family: Family | None,
    asked: Asked | None,
    gpus: Sequence[Gpu],
    settings: Settings,
    *,
    hashing: bool,
) -> Report:
    """All of a model. `asked` is what its environment answered, None where that is not there."""
    findings = [
        *_environment(card, family, asked, settings),
        *_torch(card, asked, gpus),
        *_weights(card, settings, hashing=hashing),
        _terms(card, settings),
        _memory(card, gpus, settings),
    ]
    verdict = _verdict(findings)
    return Report(
        model_id=card.model_id,
        feature=card.feature,
        family=card.family,
        environment=card.environment,
        commercial_use=card.known_terms().commercial_use,
        vram_mib=card.vram_mib,
        cpu_capable=card.cpu_capable or not card.vram_mib,
        verdict=verdict,
        findings=tuple(findings),
        next=_next(card, verdict, findings, settings),
    )


def modules_of(card: ModelCard, family: Family | None) -> list[str]:
    """What is imported to see whether it works: what the card requires, pydantic, and the compiled extensions."""
    extensions = [extension.module for extension in family.extensions] if family else []
    return list(dict.fromkeys(("pydantic", *card.requires, *extensions)))


def _environment(
    card: ModelCard, family: Family | None, asked: Asked | None, settings: Settings
) -> list[Finding]:
    if asked is None:
        folder = settings.environments_dir / card.environment
        return [Finding("environment", "missing", f"{folder} is not there")]
    found = [_imports(card, asked)]
    for extension in family.extensions if family else ():
        if extension.module not in card.requires:
            found.append(_extension(extension, asked))
    if family and family.sources:
        trouble = strayed(family, settings)
        commits = ", ".join(f"{one.repo}@{one.commit[:12]}" for one in family.sources)
        found.append(Finding("code", "broken" if trouble else "ok", trouble or commits))
    return found


def _torch(card: ModelCard, asked: Asked | None, gpus: Sequence[Gpu]) -> list[Finding]:
    """That torch does not reach the GPU that there is."""
    if not gpus or not card.vram_mib or asked is None or asked.cuda is None:
        return []
    text = (
        f"torch is built for CUDA {asked.cuda} and finds no GPU: NVIDIA's driver is too old for that, or in its way"
        if asked.cuda
        else "torch is built for CPUs alone, and there is a GPU"
    )
    return [Finding("torch", "broken", text)]


def _imports(card: ModelCard, asked: Asked) -> Finding:
    needed = modules_of(card, None)
    troubles = [f"{name}: {asked.troubles[name]}" for name in needed if asked.troubles.get(name)]
    name = card.environment or "the server's own"
    if troubles:
        return Finding("environment", "broken", f"{name}: {'; '.join(troubles)}")
    return Finding("environment", "ok", f"{name}, Python {asked.version}: {', '.join(needed)}")


def _extension(extension: Extension, asked: Asked) -> Finding:
    """One that is installed must work: the model takes what it finds."""
    if asked.lacks(extension.module):
        return Finding(
            "extension", "note", f"{extension.name} is not installed ({extension.summary})"
        )
    if trouble := asked.troubles.get(extension.module):
        return Finding("extension", "broken", f"{extension.name}: {trouble}")
    return Finding("extension", "ok", extension.name)


def _weights(card: ModelCard, settings: Settings, *, hashing: bool) -> list[Finding]:
    return [_checkpoint(one, settings, hashing) for one in card.checkpoints]


def _checkpoint(one: checkpoints.Checkpoint, settings: Settings, hashing: bool) -> Finding:
    below = settings.checkpoints_dir
    manifest = checkpoints.read_manifest(below / one.folder)
    if manifest is None:
        return Finding("weights", "missing", f"{one.repo} ({one.size_mib:,} MiB) is not here")
    if trouble := verify(one, below) if hashing else checkpoints.lacking(one, below):
        return Finding("weights", "broken", trouble)
    how = "by hash" if hashing else "by size"
    text = f"{one.repo} at {manifest['revision'][:12]}, {checkpoints.weights_sha256(manifest)[:12]}, right {how}"
    return Finding("weights", "ok", text)


def _terms(card: ModelCard, settings: Settings) -> Finding:
    terms = card.known_terms()
    words = [f"code {terms.code}, weights {terms.weights}, commercial use: {terms.commercial_use}"]
    if terms.territory:
        words.append(f"not in {terms.territory}")
    if terms.note:
        words.append(terms.note)
    if terms.commercial_use == "no" and not settings.allow_noncommercial:
        words.append("not offered, by MESHKILN_ALLOW_NONCOMMERCIAL")
    return Finding("terms", "note", "; ".join(words))


def _memory(card: ModelCard, gpus: Sequence[Gpu], settings: Settings) -> Finding:
    if not card.vram_mib:
        return Finding("memory", "ok", "runs on a CPU")
    largest = max(gpus, key=lambda gpu: gpu.memory_total, default=None)
    there = (
        f"GPU {largest.id} has {largest.memory_total:,}, {largest.memory_free:,} of them free now"
        if largest
        else "there is no GPU here"
    )
    text = f"needs {card.vram_mib:,} MiB of GPU memory; {there}"
    room = largest.memory_total - settings.vram_reserve_mib if largest else 0
    if room >= card.vram_mib:
        return Finding("memory", "ok", text)
    if card.cpu_capable:
        return Finding("memory", "ok", f"{text}; runs on a CPU, slowly")
    return Finding("memory", "missing", text)


def _verdict(findings: Sequence[Finding]) -> Verdict:
    if any(one.state == "broken" for one in findings):
        return "broken"
    missing = {one.what for one in findings if one.state == "missing"}
    if missing - {"memory"}:
        return "not installed"
    return "no room" if missing else "ready"


def _next(
    card: ModelCard, verdict: Verdict, findings: Sequence[Finding], settings: Settings
) -> str:
    """The command that goes on from here; "" where there is none."""
    if verdict in ("ready", "no room"):
        return ""
    if not card.setup_flags:
        return "" if card.environment else "./setup.sh --basic"
    bad = {one.what: one.state for one in findings if one.state in ("missing", "broken")}
    flags = [flag for flag in card.setup_flags if flag != "--weights"]
    first = []
    if "torch" in bad:
        # It is installed again as it should be; a driver is the operator's.
        return f"update NVIDIA's driver, or SETUP_TORCH=cuda ./setup.sh {' '.join(flags)}"
    if bad.get("environment") == "broken" or "extension" in bad:
        # setup.sh knows what it has done, not what became of it.
        first.append(f"rm -r {settings.environments_dir / card.environment}")
    if "weights" in bad:
        flags += ["--weights"]
        flags += ["--accept-noncommercial"] * (card.known_terms().commercial_use == "no")
        if bad["weights"] == "broken":  # each file is hashed then, and what is wrong fetched again
            manifests = {
                one.folder: settings.checkpoints_dir / one.folder for one in card.checkpoints
            }
            first += [f"rm -f {folder / checkpoints.MANIFEST}" for folder in manifests.values()]
    return " && ".join([*first, f"./setup.sh {' '.join(flags)}"])
