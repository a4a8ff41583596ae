"""The vocabulary: features, model cards, and what crosses the pipe to a runner and back.

Light: knows pydantic and the standard library. Does not know how anything is computed, queued or shown.
Work and Outcome are frozen and have a JSON form, since they cross a process boundary.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal, Protocol

from pydantic import BaseModel, ConfigDict, ValidationError

from pipelines.checkpoints import Checkpoint
from pipelines.errors import InvalidValue

InputKind = Literal["image", "mesh"]


class Params(BaseModel):
    """What a client may set. An unknown name is an error: a field has an effect or is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


def validated(model: type[Params], values: Any) -> dict[str, Any]:
    """The values with defaults filled in. Raises InvalidValue naming the first bad field, its value and the rule."""
    try:
        return model.model_validate(values).model_dump()
    except ValidationError as error:
        raise InvalidValue(complaint(error)) from None


def complaint(error: ValidationError) -> str:
    """The first complaint of a validation as one sentence: field, value, rule."""
    row = error.errors()[0]
    name = ".".join(str(part) for part in row["loc"]) or "body"
    if row["type"] == "extra_forbidden":
        return f"{name} is not known here"
    if row["type"] == "missing":
        return f"{name} is missing"
    rule = row["msg"][0].lower() + row["msg"][1:]
    return f"{name} is {row['input']!r:.80}; {rule}"


@dataclass(frozen=True)
class Slot:
    """A named input of a feature: one file of one kind."""

    kind: InputKind
    required: bool = True
    description: str = ""


@dataclass(frozen=True)
class Stage:
    """A named part of a run. `share` is its usual share of the time; the shares of a feature sum to 1."""

    name: str
    share: float


@dataclass(frozen=True)
class OutputFile:
    """A file that a run left in the draft folder. `role` is "model", "labels", "preview", …"""

    name: str
    role: str
    media_type: str
    size_bytes: int


@dataclass(frozen=True)
class Notice:
    """Something the client should know though the job succeeded."""

    code: str
    message: str


@dataclass(frozen=True)
class Work:
    """Everything a runner needs for one job: no Redis, no HTTP, only paths and numbers.

    `inputs` maps slot names to readable files, `params` are the feature's and `options` the model's, both validated.
    Output files go into `out_dir`, which exists and is empty.
    """

    job_id: str
    feature: str
    model_id: str
    inputs: Mapping[str, Path]
    params: Mapping[str, Any]
    options: Mapping[str, Any]
    out_dir: Path

    def to_json(self) -> dict[str, Any]:
        row = asdict(self)
        row["inputs"] = {slot: str(path) for slot, path in self.inputs.items()}
        row["out_dir"] = str(self.out_dir)
        return row

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> Work:
        inputs = {slot: Path(path) for slot, path in row["inputs"].items()}
        return cls(**{**row, "inputs": inputs, "out_dir": Path(row["out_dir"])})


@dataclass(frozen=True)
class Outcome:
    """What a run made. `info` is shown to clients as generation_info; `stage_s` holds seconds by stage."""

    files: tuple[OutputFile, ...]
    info: Mapping[str, Any] = field(default_factory=dict)
    warnings: tuple[Notice, ...] = ()
    stage_s: Mapping[str, float] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> Outcome:
        return cls(
            files=tuple(OutputFile(**item) for item in row["files"]),
            info=dict(row["info"]),
            warnings=tuple(Notice(**item) for item in row["warnings"]),
            stage_s=dict(row["stage_s"]),
        )


class RunCancelled(BaseException):
    """Nobody wants this run any more. Not an Exception: a model's `except Exception` must not swallow it."""


class Report(Protocol):
    """How a run says where it is: the name of a stage of its feature, and how far into it, 0 to 1.

    Raises RunCancelled once the run is not wanted any more. A model lets it pass and stays fit for the next run.
    """

    def __call__(self, stage: str, fraction: float = 0.0) -> None: ...


class Adapter(Protocol):
    """One loaded model family. Lives in one runner process; `load` is called once, before the first run.

    Beside `load`, an adapter has the methods that the features of its cards call, by the protocols that
    those features declare. It may have `peak_mib() -> int`, the most GPU memory that it held in the last run; without
    it, torch is asked.
    """

    def load(self, device: str) -> None:
        """Make ready to run. `device` is "cpu", or "cuda" for the one GPU that there is to see.

        Raises ModelLoadFailed with the reason.
        """


@dataclass(frozen=True)
class Feature:
    """A named capability of the API and the pipeline that fulfils it.

    `run` reads `work.inputs`, calls the adapter, writes files into `work.out_dir` and says what it made.
    `route` is the path of its endpoint below /api/v1.
    """

    name: str
    route: str
    summary: str
    inputs: Mapping[str, Slot]
    params: type[Params]
    stages: tuple[Stage, ...]
    run: Callable[[Work, Any, Report], Outcome]

    def percent(self, stage: str, fraction: float) -> float:
        """Where a run stands, 0 to 99. 100 is said by completion alone. Raises ValueError for an unknown stage."""
        done = 0.0
        for known in self.stages:
            if known.name == stage:
                return min(99.0, 100.0 * (done + known.share * min(1.0, max(0.0, fraction))))
            done += known.share
        raise ValueError(f"{self.name} has no stage {stage}")


@dataclass(frozen=True)
class Terms:
    """What may be done with a model and what it makes. `code` and `weights` are their licences; `territory` names where
    it may not be used, `note` what commercial use depends on."""

    code: str
    weights: str
    commercial_use: Literal["yes", "conditional", "no"]
    territory: str = ""
    note: str = ""


# The built-in models.
OWN_TERMS = Terms("as this project", "as this project", "yes")


@dataclass(frozen=True)
class ModelCard:
    """Facts on a model: what it does, what it costs, where it may run.

    Cards with equal `weights` share one loaded runner. `family` names the models that belong together.
    `vram_mib` 0 means that it runs on a CPU. `usual_s` is what a run takes until runs here have been measured.
    `requires` names the modules that its methods import; where one is not installed, the model is not offered.
    `environment` names the virtual environment of its family; "" is the server's own. `memory_params` are the params
    and options that its memory depends on; runs that are alike in these count as equally large. `lower` are params or
    options for a second try when the memory of the GPU did not suffice. `terms` say more than `licence` does, `version`
    is the release or commit of its code, `checkpoints` are its weights, and `setup_flags` the flags of setup.sh that
    install it. A card that is `cpu_capable` runs on a CPU too, where there is no GPU for it. Of a feature's models the
    one with the higher `standing` is taken first, among equals the one with the larger `vram_mib`. `aliases` are other
    ids by which clients ask for it, of models of other features too.
    """

    model_id: str
    feature: str
    family: str
    weights: str
    summary: str
    licence: str
    outputs: tuple[str, ...]
    options: type[Params]
    vram_mib: int = 0
    timeout_s: int = 600
    usual_s: float = 10.0
    requires: tuple[str, ...] = ()
    load_timeout_s: int = 600
    environment: str = ""
    memory_params: tuple[str, ...] = ()
    lower: Mapping[str, Any] = field(default_factory=dict)
    terms: Terms | None = None
    version: str = ""
    checkpoints: tuple[Checkpoint, ...] = ()
    setup_flags: tuple[str, ...] = ()
    cpu_capable: bool = False
    standing: int = 0
    aliases: tuple[str, ...] = ()

    def is_called(self, model_id: str) -> bool:
        """Whether clients mean this model by that id, where they ask for its feature."""
        return model_id == self.model_id or model_id in self.aliases

    def known_terms(self) -> Terms:
        """Its terms; of a card that has none, what its licence says, whatever that is."""
        unsaid = Terms(self.licence, self.licence, "conditional", note="see its licence")
        return self.terms or unsaid
