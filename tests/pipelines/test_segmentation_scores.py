"""The measures of the segmentation benchmark, on labels small enough to count by hand, and the benchmark itself."""

import json

import numpy as np
import pytest
import trimesh

from benchmarks import segmentation, segmentation_scores
from benchmarks.segmentation_scores import Score, score


@pytest.mark.parametrize(
    ("found", "truth", "rand_error", "iou"),
    [
        ([0, 0, 1, 1], [0, 0, 1, 1], 0.0, 1.0),
        ([7, 7, -2, -2], [0, 0, 1, 1], 0.0, 1.0),  # names of labels mean nothing
        # Of six pairs, the two that the truth keeps together are joined, and the other four too.
        ([0, 0, 0, 0], [0, 0, 1, 1], 4 / 6, 0.5),
        ([0, 1, 2, 3], [0, 0, 1, 1], 2 / 6, 0.5),
        # Pairs 0-2 and 1-2 are wrongly together, 2-3 wrongly apart; overlaps 2 of 3 and 1 of 2.
        ([0, 0, 0, 1], [0, 0, 1, 1], 3 / 6, (2 / 3 + 1 / 2) / 2),
        ([0], [5], 0.0, 1.0),
    ],
    ids=["same", "other names", "all one", "all apart", "one face wrong", "one face"],
)
def test_scores_are_those_counted_by_hand(found, truth, rand_error, iou):
    result = score(np.array(found), np.array(truth))
    assert result.rand_error == pytest.approx(rand_error)
    assert result.iou == pytest.approx(iou)


def test_the_rand_error_has_no_direction_and_the_overlap_has():
    found, truth = np.array([0, 0, 0, 0]), np.array([0, 0, 0, 1])
    there, back = score(found, truth), score(truth, found)
    assert there.rand_error == back.rand_error == pytest.approx(3 / 6)
    assert (there.iou, back.iou) == (pytest.approx((3 / 4 + 1 / 4) / 2), pytest.approx(3 / 4))


def test_the_mean_is_over_all_people():
    people = [np.array([0, 0, 1, 1]), np.array([0, 0, 0, 0])]
    result = segmentation_scores.against_all(np.array([0, 0, 1, 1]), people)
    assert result == Score(pytest.approx((0 + 4 / 6) / 2), pytest.approx((1 + 0.5) / 2))
    with pytest.raises(ValueError, match="no scores"):
        segmentation_scores.against_all(people[0], [])


def test_the_usual_count_is_that_of_most_people_the_smaller_of_two():
    rows = [[0, 0, 0, 0], [0, 1, 2, 2], [5, 6, 7, 7], [0, 1, 1, 1], [3, 3, 3, 4]]
    assert segmentation_scores.usual_count([np.array(row) for row in rows]) == 2
    assert segmentation_scores.usual_count([np.array(row) for row in rows[:4]]) == 3


@pytest.fixture
def folder(tmp_path):
    """Two pairs of cubes, each cut between its cubes by two people, and by a third not at all."""
    meshes = tmp_path / "meshes"
    meshes.mkdir()
    for number in (1, 2):
        cubes = [trimesh.creation.box().apply_translation((3 * i * number, 0, 0)) for i in range(2)]
        mesh = trimesh.util.concatenate(cubes)
        halves = np.repeat([0, 1], 12)
        np.savez(
            meshes / f"pair_{number}.npz",
            vertices=mesh.vertices.astype(np.float32),
            faces=mesh.faces.astype(np.int32),
            human_labels=np.stack([halves, halves, np.zeros(24, int)]),
        )
    return meshes


def test_a_run_measures_each_method_and_goes_on_where_it_ended(folder, tmp_path, monkeypatch):
    kept = tmp_path / "kept.jsonl"
    paths = sorted(folder.glob("*.npz"))
    first = segmentation.measured(paths[:1], kept)
    assert {row.method for row in first} == set(segmentation.METHODS)
    assert {row.count for row in first} == {2}
    by_method = {row.method: row for row in first}
    # Right twice; where a person sees one part, 144 of 276 pairs are apart.
    assert by_method["built-in"].rand_error == pytest.approx(144 / 276 / 3)
    assert by_method["k-means"].rand_error == pytest.approx(144 / 276 / 3)
    assert by_method["people"].rand_error == pytest.approx(144 / 276 * 4 / 6)
    assert by_method["built-in"].iou == pytest.approx((1 + 1 + 0.5) / 3)

    def never(mesh):
        raise AssertionError(f"{mesh.name} was cut again")

    monkeypatch.setitem(segmentation.CUTS, "built-in", never)
    assert segmentation.measured(paths[:1], kept) == first
    with pytest.raises(AssertionError, match="pair_2 was cut"):
        segmentation.measured(paths, kept)
    assert len(kept.read_text().splitlines()) == 3


def test_the_count_that_a_file_names_goes_before_that_of_most_people(folder):
    path = folder / "pair_1.npz"
    assert segmentation.read(path).count == 2
    np.savez(path, **{**np.load(path), "num_parts": 5})
    assert segmentation.read(path).count == 5


def test_a_file_without_people_is_named(tmp_path):
    np.savez(tmp_path / "cup_1.npz", vertices=np.zeros((3, 3)), faces=[[0, 1, 2]])
    with pytest.raises(ValueError, match=r"cup_1.npz has no human_labels"):
        segmentation.read(tmp_path / "cup_1.npz")


def test_the_table_has_a_row_for_each_category_and_one_for_all(capsys):
    rows = [
        segmentation.Row(name, method, 2, error, 0.5, 1.0)
        for name, error in (("cup_1", 0.1), ("cup_2", 0.3), ("big_ant_3", 0.5))
        for method in segmentation.METHODS
    ]
    segmentation.table(rows, lambda one: segmentation.category(one.name))
    lines = capsys.readouterr().out.splitlines()[2:]
    assert [line.split()[:3] for line in lines] == [
        ["big_ant", "1", "0.500"],
        ["cup", "2", "0.200"],
        ["all", "3", "0.300"],
    ]


def test_a_row_survives_being_kept(tmp_path):
    row = segmentation.Row("cup_1", "built-in", 2, 0.1, 0.9, 1.5)
    path = tmp_path / "kept.jsonl"
    path.write_text(json.dumps(segmentation.asdict(row)) + "\n")
    assert segmentation.kept(path) == {("cup_1", "built-in"): row}
