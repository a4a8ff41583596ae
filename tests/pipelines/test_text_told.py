"""What a prompt's reader is told: poses that no object takes, and nothing of words that say once more what is made."""

import pytest

from pipelines.errors import InvalidValue
from pipelines.geometry.families import described
from tests.pipelines.classic_pictures import run


def ignored(text):
    made = described.make(text, seed=0, style="realistic", vertex_limit=None)
    return set(described.painted(made, "").ignored)


@pytest.mark.parametrize(
    ("text", "pose"), [("a sitting dog", "sitting"), ("a green bottle lying on its side", "lying")]
)
def test_a_pose_is_told(text, pose):
    assert pose in ignored(text)


@pytest.mark.parametrize(
    "text",
    [
        "kitty cat",
        "DNA double helix",
        "a pyramid and a cylinder side by side",
        "a cat sitting on a chair",
        "barrel for unity, pbr",
    ],
)
def test_what_was_done_is_not_told(text):
    assert ignored(text) == set()


@pytest.mark.parametrize("text", ["un chien rouge", "ein roter Stuhl", "una mesa de madera"])
def test_another_language_is_said_to_be_the_reason(text):
    with pytest.raises(InvalidValue, match="prompts are read in English"):
        described.make(text, seed=0, style="realistic", vertex_limit=None)


@pytest.mark.parametrize(("style", "told"), [("lowpoly", []), ("realistic", ["lowpoly"])])
def test_a_style_in_the_text_is_told_unless_the_request_asks_for_it_too(tmp_path, style, told):
    params = {"text_prompt": "a low poly pine tree", "style": style}

    assert run("text_to_raw_mesh", {}, tmp_path, params).info["ignored_words"] == told
