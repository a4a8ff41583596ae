"""A server without the environments and weights of neural models: each is refused with what it lacks, by its name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from tests.serving.conftest import living
from tests.serving.house import until
from tests.serving.live import Client, Server
from tests.serving.second_api import CATALOG, V1, json_body, refused

ELSEWHERE = [card for card in CATALOG.cards.values() if card.environment]
ADAPTERS = f"{V1}/system/available-adapters"


def bare_server(folder: Path, **settings: object) -> Server:
    (folder / "none").mkdir()
    empty = {"environments_dir": folder / "none", "checkpoints_dir": folder / "none"}
    return Server(folder, **empty, **settings)


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with living(bare_server(tmp_path_factory.mktemp("bare"))) as started:
        yield started


def adapters(client: Client) -> dict[str, dict[str, object]]:
    """Facts on each model, once a lane has spoken."""
    until(lambda: client.get("/readyz").status_code == 200, 60, "a lane")
    features = client.get(ADAPTERS).json()["features"]
    return {row["model_id"]: row for rows in features.values() for row in rows}


def test_documented_ids_are_in_the_catalog():
    documented = {
        *(
            f"trellis_{kind}_to_{what}_mesh"
            for kind in ("text", "image")
            for what in ("raw", "textured")
        ),
        *("trellis_text_mesh_painting", "trellis_image_mesh_painting"),
        *("holopart_part_completion", "partfield_mesh_segmentation", "unirig_auto_rig"),
    }
    assert documented <= {card.model_id for card in ELSEWHERE}
    assert all(card.terms and card.version and card.setup_flags for card in ELSEWHERE)
    assert all(card.checkpoints and card.vram_mib for card in ELSEWHERE)


def test_each_id_is_refused_with_what_it_lacks_and_the_command(
    bare: Server, new_client: Callable[[Server], Client]
):
    client = new_client(bare)
    told = adapters(client)
    for card in ELSEWHERE:
        feature = CATALOG.feature(card.feature)
        answer = client.post(
            V1 + feature.route, json=json_body(feature, model_preference=card.model_id)
        )
        command = f"./setup.sh {card.setup_flags[0]} installs it"
        lacks = f"its environment {card.environment} is not installed here"
        refused(answer, 400, "MODEL_NOT_AVAILABLE", card.model_id, lacks, command)
        assert told[card.model_id]["status"] == "unavailable"
        assert command in str(told[card.model_id]["reason"])


def test_nobody_imports_torch_to_say_so(bare: Server, new_client: Callable[[Server], Client]):
    adapters(new_client(bare))
    mapped = 0
    for process in psutil.process_iter(["cmdline", "environ"]):
        if (process.info["environ"] or {}).get("MESHKILN_DATA_DIR") == str(bare.data_dir):
            files = {row.path for row in process.memory_maps()}
            mapped += any("python" in Path(name).name for name in files)
            assert not [name for name in files if "torch" in Path(name).name]
    assert mapped


def test_terms_are_told_and_can_hide_models(
    bare: Server, new_client: Callable[[Server], Client], tmp_path: Path
):
    told = adapters(new_client(bare))
    for card in ELSEWHERE:
        terms = told[card.model_id]["terms"]
        assert isinstance(terms, dict)
        assert terms["commercial_use"] == card.known_terms().commercial_use
    barred = {card.model_id for card in ELSEWHERE if card.known_terms().commercial_use == "no"}
    assert barred
    with living(bare_server(tmp_path, allow_noncommercial="false")) as server:
        client = new_client(server)
        assert adapters(client).keys() == told.keys() - barred
        card = CATALOG.cards[min(barred)]
        feature = CATALOG.feature(card.feature)
        answer = client.post(
            V1 + feature.route, json=json_body(feature, model_preference=card.model_id)
        )
        refused(answer, 400, "MODEL_NOT_AVAILABLE", f"{card.model_id} is not installed here")
