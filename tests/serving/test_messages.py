"""What a lane and a runner say to each other survives the way over the pipe."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.messages import Done, Failed, Message, Progress, Ready, Run, Warm, decode, encode
from pipelines.spec import Notice, Outcome, OutputFile, Work

WORK = Work(
    job_id="a" * 32,
    feature="image_to_raw_mesh",
    model_id="some_model",
    inputs={"image": Path("/in puts/größe.png")},
    params={"ratio": 0.1, "text": 'line\nbreak "quoted" \u2028 ✓', "none": None},
    options={"deep": {"list": [1, 2.5, True]}},
    out_dir=Path("/out/.draft"),
)
OUTCOME = Outcome(
    files=(OutputFile("output.glb", "model", "model/gltf-binary", 7),),
    info={"faces": 12, "box": [0.1, -1e-9, 3.0]},
    warnings=(Notice("ROUGH", "it is rough"),),
    stage_s={"geometry": 1.5},
)
MESSAGES: tuple[Message, ...] = (
    Run(WORK),
    Warm("some_model"),
    Ready(1.25),
    Progress("a" * 32, "geometry", 12.5),
    Done("a" * 32, OUTCOME),
    Failed("", "JOB_FAILED", "no\nway"),
)


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: message.kind)
def test_message_comes_back_as_it_was_sent_in_one_line(message: Message) -> None:
    line = encode(message)
    assert line.endswith(b"\n")
    assert line.count(b"\n") == 1
    assert decode(line) == message


@pytest.mark.parametrize("info", [{"a": {1}}, {"a": float("nan")}, {"a": float("inf")}])
def test_outcome_that_is_no_json_is_refused(info: dict[str, object]) -> None:
    with pytest.raises((TypeError, ValueError)):
        encode(Done("a", Outcome(files=(), info=info)))


@pytest.mark.parametrize("line", [b"", b"hello\n", b"{}\n", b'{"kind":"dance"}\n', b"\xff\n"])
def test_anything_else_is_refused(line: bytes) -> None:
    with pytest.raises(ValueError):
        decode(line)
