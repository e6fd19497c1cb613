"""Experiments over seeds: what is stored is not trained again, a run that breaks off goes on, arguments are checked."""

import re
import shutil
from dataclasses import replace
from unittest.mock import MagicMock

import numpy as np
import pytest
from small_experiments import BASE, SMALL, in_this_process, same_results, stored

from helpers.data.mnist_files import read_files
from helpers.experiments import keys, runner
from helpers.experiments.runner import load_results
from helpers.experiments.store import Store
from helpers.experiments.trial import run_job

pytestmark = pytest.mark.usefixtures("clean_environment")


def kept():
    """Names and seeds of what is stored."""
    return stored(Store().directory)


def test_one_bar_counts_every_training_by_its_cost_and_says_how_many_are_left(run, monkeypatch):
    run(["plain"])
    progress_bar = MagicMock()
    monkeypatch.setattr(runner, "progress_bar", progress_bar)
    run(["plain", "deep", "restless", "restless_2"], 2)
    bar = progress_bar.return_value.__enter__.return_value
    gone = [call.args[0] for call in bar.update.call_args_list]
    [[total]] = [[*call.args, *call.kwargs.values()][:1] for call in progress_bar.call_args_list]
    assert sum(gone) == total
    assert len(gone) == 5  # "plain" of the first seed is stored; the restless ones are one training
    said = [call.args[0] for call in bar.set_postfix_str.call_args_list]
    assert (said[0], said[-1]) == ("6 networks to go", "0 networks to go")


def test_what_is_kept_of_a_result_is_what_is_returned_fresh_and_from_the_store(run):
    for _ in range(2):
        assert run("plain", 2, keep=lambda result: result.seed)["plain"] == [0, 1]


def test_a_callback_sees_the_results_so_far_and_nothing_if_all_are_stored(run):
    seen = []
    for _ in range(2):
        run(["plain", "deep"], 2, callback=lambda results: seen.append({name: len(r) for name, r in results.items()}))
    counts = ((0, 1), (1, 1), (1, 2), (2, 2))
    assert seen == [{"plain": plain, "deep": deep} for plain, deep in counts]


# The store ----------------------------------------------------------------------------------------------


def test_stored_results_are_not_trained_again_and_equal_fresh_ones(run, trained):
    first = run(["plain", "deep", "explosive"], 2)
    del trained[:]
    again = run(["plain", "deep", "explosive"], 2)
    same_results(again, first)
    assert trained == []
    assert again["plain"][0].history.wall_seconds == first["plain"][0].history.wall_seconds
    assert kept() == [f"{name}-seed{seed}" for name in ("deep", "explosive", "plain") for seed in (0, 1)]
    run(["plain"], 3)
    assert trained == [({"plain"}, 2)]


def test_numbers_truths_and_texts_come_from_the_store_as_pythons_own(run):
    for _ in range(2):
        [result] = run("plain")["plain"]
        values = (result.test[0], result.diverged, result.history.best_step, result.layer_sizes, result.trained_at)
        assert [type(value) for value in values] == [float, bool, int, tuple, str]


def test_load_results_gives_what_is_stored_says_what_is_missing_and_trains_nothing(run, squares, trained, capsys):
    run("plain", 2)
    del trained[:]
    found = load_results(["plain", "deep"], 3, directory=squares)
    assert {name: [result.seed for result in runs] for name, runs in found.items()} == {"plain": [0, 1], "deep": []}
    assert trained == []
    assert capsys.readouterr().out == "4 of 6 results are not trained yet, of plain, deep\n"
    load_results("plain", 2, directory=squares)
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("error", [KeyboardInterrupt, MemoryError, OSError])
def test_a_run_that_breaks_off_keeps_what_is_finished_and_resumes(run, error, monkeypatch, tmp_path, capsys):
    fresh = run(["plain", "deep"], 2, store=Store(tmp_path / "fresh"))
    calls = []

    def breaking(job, directory):
        calls.append(job.seed)
        if len(calls) == 3:
            raise error
        return run_job(job, directory)

    monkeypatch.setattr(runner, "run_on_this_machine", in_this_process(breaking))
    if error is KeyboardInterrupt:
        broken = run(["plain", "deep"], 2)
        assert broken.interrupted
        assert {name: len(results) for name, results in broken.items()} == {"plain": 1, "deep": 1}
        assert "2 of 4 results are missing" in capsys.readouterr().err
    else:
        with pytest.raises(error):
            run(["plain", "deep"], 2)
    assert kept() == ["deep-seed0", "plain-seed0"]
    resumed = run(["plain", "deep"], 2)
    assert not resumed.interrupted
    same_results(resumed, fresh)
    assert len(calls) == 5


def test_a_result_that_cannot_be_stored_ends_the_run(run, monkeypatch):
    monkeypatch.setattr(Store, "save", MagicMock(side_effect=OSError("no space left on device")))
    with pytest.raises(OSError, match="no space left"):
        run("plain")


def test_a_damaged_result_is_reported_and_trained_again_alone(run, trained, tmp_path):
    first = run(["plain", "deep"])
    [path] = (tmp_path / "results").glob("plain-*")
    path.write_bytes(path.read_bytes()[:-100])
    del trained[:]
    with pytest.warns(UserWarning, match="^damaged") as told:
        again = run(["plain", "deep"])
    assert told[0].filename == str(path)
    assert trained == [({"plain"}, 0)]
    same_results(again, first)


OTHERS = {  # what else may be another one
    "code": lambda patch: patch.setattr(keys, "source_hash", lambda: "another"),
    "NumPy": lambda patch: patch.setattr(np, "__version__", "1.0"),
    "format": lambda patch: patch.setattr(keys, "RESULT_FORMAT", 0),
    "number of epochs": lambda patch: patch.setenv("EPOCHS", "1"),
}


@pytest.mark.parametrize("other", OTHERS)
def test_results_of_other_code_versions_or_epochs_are_trained_anew_and_left_alone(run, trained, other, monkeypatch):
    run("plain")
    OTHERS[other](monkeypatch)
    run("plain")
    assert len(trained) == 2
    assert kept() == ["plain-seed0"] * 2


def test_data_count_by_their_content_and_not_by_their_place(run, trained, squares, tmp_path):
    run("plain")
    elsewhere = shutil.copytree(squares, tmp_path / "elsewhere")
    run("plain", directory=elsewhere)
    assert len(trained) == 1
    path = elsewhere / "t10k-labels-idx1-ubyte"
    content = path.read_bytes()
    path.write_bytes(content[:-1] + bytes([(content[-1] + 1) % 10]))
    read_files.cache_clear()
    run("plain", directory=elsewhere)
    assert len(trained) == 2


# Arguments ----------------------------------------------------------------------------------------------


def test_seeds_and_epochs_come_from_the_environment_unless_given(run, monkeypatch):
    asked = run(replace(SMALL["plain"], seeds=4), None)
    assert [result.seed for result in asked["plain"]] == [0, 1, 2, 3]
    monkeypatch.setenv("SEEDS", "3")
    monkeypatch.setenv("EPOCHS", "1")
    results = run("plain", None)["plain"]
    assert [result.seed for result in results] == [0, 1, 2]
    assert [len(result.history.train_loss) for result in results] == [20] * 3
    assert all(result.experiment.shortened for result in results)
    [given] = run("plain", [5], max_epochs=2)["plain"]
    assert (given.seed, len(given.history.train_loss)) == (5, 40)
    assert len(run("plain", max_epochs=100)["plain"][0].history.train_loss) == 60  # never longer than its own


def test_the_data_are_those_of_mnist_dir_unless_given(run, squares, trained, monkeypatch):
    given = run("plain")
    monkeypatch.setenv("MNIST_DIR", str(squares))
    same_results(run("plain", directory=None), given)
    assert len(trained) == 1


def test_seeds_can_be_numbers_of_numpy_and_count_once_each(run, trained):
    assert [result.seed for result in run("plain", np.array([1, 0, 1]))["plain"]] == [1, 0]
    assert sorted(seed for _, seed in trained) == [0, 1]
    assert len(run("plain", np.int64(2))["plain"]) == 2
    assert len(trained) == 2


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ("plain", ["plain"]),
        (["deep", "plain", "deep"], ["deep", "plain"]),
        (["plain", SMALL["plain"]], ["plain"]),
        (SMALL["deep"], ["deep"]),
        (iter(["deep"]), ["deep"]),
        (None, list(SMALL)),
    ],
)
def test_results_stand_by_name_in_the_order_asked_for(run, names, expected):
    assert list(run(names, max_epochs=1)) == expected


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"names": "5a"}, "no experiment is called '5a'; there are: plain, restless"),
        ({"names": ["plain", "3C"]}, "no experiment is called '3C'"),
        ({"names": [["plain"]]}, "no experiment is called ['plain']"),
        ({"names": 3}, "names is 3; allowed: some of plain"),
        ({"names": ["plain", BASE.variant("plain", momentum=0.9)]}, "two different experiments are called 'plain'"),
        *(({"seeds": value}, f"seeds is {value!r}; allowed") for value in (0, -1, [], [0, -1], [1.5], "12", True, 1.5)),
        *(
            ({"max_epochs": value}, f"max_epochs is {value!r}; allowed: an integer from 1")
            for value in ("2", 0, -3, 1.5)
        ),
        ({"store": "there"}, "store is 'there'; allowed: a Store, for example Store('there')"),
        ({"workers": True}, "workers is True; allowed"),
        ({"workers": 0}, "workers is 0; allowed"),
        ({"workers": 2, "scheduler": "tcp://127.0.0.1:1"}, "only one of them"),
    ],
)
def test_bad_arguments_are_refused_with_what_is_allowed_before_any_training(run, trained, arguments, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        run(**({"names": "plain"} | arguments))
    assert trained == []


@pytest.mark.parametrize("name", ["SEEDS", "EPOCHS"])
def test_a_bad_number_in_the_environment_is_refused_before_any_training(run, trained, monkeypatch, name):
    monkeypatch.setenv(name, "ten")
    with pytest.raises(ValueError, match=f"^{name} is 'ten'; allowed: (an integer from 1|how many [(]from 1[)], .*)$"):
        run("plain", None)
    assert trained == []
