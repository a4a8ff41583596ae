"""What a lane and a runner say to each other survives the way over the pipe."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.messages import (
    Cancel,
    Cancelled,
    Done,
    Failed,
    Message,
    Progress,
    Ready,
    Run,
    Warm,
    decode,
    encode,
)
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
    Done("a" * 32, OUTCOME, peak_mib=4_001, returned_mib=1_000),
    Failed("", "JOB_FAILED", "no\nway"),
    Failed("a" * 32, "JOB_FAILED", "too much", memory="gpu", while_loading=True),
    Failed("a" * 32, "JOB_FAILED", "what?", is_unforeseen=True),
    Cancel("a" * 32),
    Cancelled("a" * 32),
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


NO_MESSAGES = (
    b"",
    b"hello\n",
    b"{}\n",
    b"[]\n",
    b"5\n",
    b"\xff\n",
    b"[" * 100_000,
    b'{"kind":"dance"}\n',
    b'{"kind":["ready"]}\n',
    b'{"kind":"run"}\n',
    b'{"kind":"ready","load_s":"soon"}\n',
    b'{"kind":"ready"}\n',
    b'{"kind":"ready","load_s":1,"mood":"good"}\n',
    b'{"kind":"progress","job_id":"a","stage":null,"percent":1}\n',
    b'{"kind":"failed","job_id":"a","code":"c","message":"m","while_loading":"no"}\n',
    b'{"kind":"failed","job_id":"a","code":"c","message":"m","is_unforeseen":1}\n',
    b'{"kind":"done","job_id":"a","outcome":{"files":5},"peak_mib":0,"returned_mib":0}\n',
    b'{"kind":"done","job_id":"a","outcome":{"files":[],"info":5,"warnings":[],"stage_s":{}},"peak_mib":0,"returned_mib":0}\n',
)


@pytest.mark.parametrize("line", NO_MESSAGES, ids=lambda line: repr(line[:60]))
def test_anything_else_is_refused(line: bytes) -> None:
    with pytest.raises(ValueError):
        decode(line)
