"""What the system routes answer: the documented fields, and a few more. A field with a default may be absent."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from serving.web.described import Answer
from serving.web.v1.lane_wire import LaneFacts

ModelStatus = Literal["loaded", "available", "unavailable"]
_LIMIT = "the longest that a run may take; a request may ask for less"


class Health(Answer):
    """This process answers and Redis does."""

    status: Literal["healthy"]
    timestamp: str
    uptime: float = Field(description="seconds since this web process started")
    lanes: int = Field(description="living workers; with 0, jobs wait")
    version: str


class SystemFacts(Answer):
    """The machine. Memory in bytes."""

    platform: str
    python_version: str
    cpu_count: int
    memory_total: int
    memory_available: int


class ApplicationFacts(Answer):
    """The program. It calls itself production when others than this machine may come."""

    version: str
    environment: Literal["development", "production"]
    debug: bool


class ServerFacts(Answer):
    """Where it listens, and with how many web processes."""

    host: str
    port: int
    workers: int


class GpuFacts(Answer):
    """How GPUs are found, and MiB of each that no model is given."""

    auto_detect: bool
    memory_buffer: int


class StorageFacts(Answer):
    """Folders within the data folder."""

    input_dir: str
    output_dir: str


class Configuration(Answer):
    """Some settings."""

    server: ServerFacts
    gpu: GpuFacts
    storage: StorageFacts


class SystemInfo(Answer):
    """The machine, the program, its settings."""

    system: SystemFacts
    application: ApplicationFacts
    configuration: Configuration


class Memory(Answer):
    """Bytes, and percent that is taken."""

    total: int
    available: int
    used: int
    percent: float


class Disk(Answer):
    """Bytes of the file system that holds inputs and outputs, and percent that is taken."""

    total: int
    free: int
    used: int
    percent: float


class SystemLoad(Answer):
    """How busy the machine is. `cpu_usage` is percent of all processors."""

    cpu_usage: float
    memory: Memory
    disk: Disk


class GpuStatus(Answer):
    """One GPU. Memory in MiB, shares 0 to 1, degrees Celsius; null where the driver does not say."""

    id: int
    name: str
    memory_total: int
    memory_used: int
    memory_free: int
    memory_utilization: float
    gpu_utilization: float | None
    temperature: int | None


class ModelCounts(Answer):
    """How many models are ready, how many can run, and MiB of GPU memory that the ready ones take."""

    loaded: int
    available: int
    total_vram_used: int


class QueueCounts(Answer):
    """Jobs of all clients. `completed_jobs` counts since the first one."""

    pending_jobs: int
    processing_jobs: int
    completed_jobs: int


class SystemStatus(Answer):
    """How the machine and the queue are."""

    timestamp: str
    system: SystemLoad
    gpu: list[GpuStatus]
    models: ModelCounts
    queue: QueueCounts


class AllModels(Answer):
    """The models that can run here, by feature, the best first."""

    available_models: dict[str, list[str]]
    total_features: int
    total_models: int


class FeatureModels(Answer):
    """The models of one feature that can run here, the best first."""

    feature: str
    models: list[str]


class FeatureInput(Answer):
    """A file that a feature takes. As JSON it is `<name>_file_id` and the like, in a form `<name>_file`."""

    name: str
    kind: Literal["image", "mesh"]
    required: bool
    description: str


class FeatureRow(Answer):
    """A feature that can be used here."""

    name: str
    model_count: int
    models: list[str]
    summary: str
    route: str
    inputs: list[FeatureInput]


class Features(Answer):
    """The features that can be used here."""

    features: list[FeatureRow]
    total_features: int


class ModelParameters(Answer):
    """What may be set for a model: JSON schemas of the request's own fields and of `model_parameters` in it."""

    model_id: str
    feature: str
    status: ModelStatus
    parameters: dict[str, Any]
    model_parameters: dict[str, Any]
    defaults: dict[str, dict[str, Any]]
    timeout_seconds: int = Field(description=_LIMIT)
    reason: str = Field("", description="why it is unavailable")


class SchedulerQueue(Answer):
    """Jobs of all clients. `completed_jobs` counts since the first one."""

    queued_jobs: int
    processing_jobs: int
    completed_jobs: int


class GpuMemory(Answer):
    """One GPU's memory in MiB."""

    id: int
    memory_used: int
    memory_total: int


class ModelState(Answer):
    """Whether a model is ready, and MiB of GPU memory that it takes now."""

    status: ModelStatus
    vram_usage: int
    reason: str = Field("", description="why it is unavailable")


class Scheduler(Answer):
    """The workers, what they hold, and what waits for them."""

    running: bool = Field(description="at least one worker lives")
    queue_status: SchedulerQueue
    gpu_status: list[GpuMemory]
    models: dict[str, ModelState]
    lanes: list[LaneFacts]


class SchedulerStatus(Answer):
    """The scheduler, and its numbers once more."""

    scheduler: Scheduler
    adapters_registered: int
    active_jobs: int
    queued_jobs: int
    completed_jobs: int


class InputFormats(Answer):
    """What is read. `base64` holds media types."""

    text: list[str]
    image: list[str]
    mesh: list[str]
    base64: list[str]


class OutputFormats(Answer):
    """What is made. Textures come inside their mesh; `data` are results that are no mesh."""

    mesh: list[str]
    texture: list[str]
    data: list[str]


class AllOutputFormats(OutputFormats):
    """What is made, and how it is fetched."""

    download: list[str]


class SupportedFormats(Answer):
    """Formats that work on this installation."""

    input_formats: InputFormats
    output_formats: AllOutputFormats
    content_types: dict[str, dict[str, str]]


class UploadLimits(Answer):
    """The largest files, in MiB, and the largest sides of an image, in pixels."""

    image_max_size_mb: int
    mesh_max_size_mb: int
    image_max_resolution: tuple[int, int]


class GenerationFormats(Answer):
    """Formats of mesh generation that work on this installation."""

    input_formats: InputFormats
    output_formats: OutputFormats
    upload_limits: UploadLimits


class MeshFormats(Answer):
    """Formats of features that take a mesh; none while no model of them can run."""

    input_formats: list[str]
    output_formats: list[str]


class QualityPresetFacts(Answer):
    """Side of the texture in pixels, most vertices of the mesh."""

    description: str
    texture_resolution: int
    vertex_limit: int


class Presets(Answer):
    """What `preset` and `style` of a request may be here."""

    quality_presets: dict[str, QualityPresetFacts]
    style_presets: dict[str, str]


class AdapterFormats(Answer):
    """Formats of one model."""

    input: list[str]
    output: list[str]


class AdapterTerms(Answer):
    """What may be done with a model and with what it makes."""

    code: str = Field(description="licence of its code")
    weights: str = Field(description="licence of its weights")
    commercial_use: Literal["yes", "conditional", "no"]
    territory: str = Field(description="where it may not be used; empty: no such limit")
    note: str = Field(description="what commercial use depends on")


class AdapterFacts(Answer):
    """One model. `vram_requirement` is MiB of GPU memory that it needs, `weights_size_mb` what its weights come to."""

    model_id: str
    status: ModelStatus
    vram_requirement: int
    supported_formats: AdapterFormats
    summary: str
    licence: str
    version: str = Field(description="release or commit of its code; empty: this server's own")
    terms: AdapterTerms
    cpu_capable: bool = Field(description="whether it also runs without a GPU")
    weights_size_mb: int
    timeout_seconds: int = Field(description=_LIMIT)
    reason: str = Field("", description="why it is unavailable")


class Adapters(Answer):
    """Every model of this build, by feature, whether it can run here or not."""

    features: dict[str, list[AdapterFacts]]
    total_adapters: int
    total_features: int


class AuthStatus(Answer):
    """Whether keys are asked for, and whether the request came with one."""

    auth_enabled: bool
    authenticated: bool
    key_name: str | None
