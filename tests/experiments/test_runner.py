"""Experiments over seeds: what is stored is not trained again, a run that breaks off goes on, arguments are checked."""

import shutil

import numpy as np
import pytest
from small_experiments import BASE, SMALL, in_this_process, same_results, stored

from helpers.experiments import keys, runner
from helpers.experiments.runner import load_results
from helpers.experiments.store import Store
from helpers.experiments.trial import run_job
from helpers.network.mnist_files import read_files

pytestmark = pytest.mark.usefixtures("clean_environment")


@pytest.fixture
def kept(tmp_path):
    """Function: names and seeds of what is stored."""
    return lambda: stored(tmp_path / "results")


def test_every_seed_draws_its_own_split_weights_and_order(run):
    first, second = run("plain", 2)["plain"]
    assert first.history.train_loss[0] != second.history.train_loss[0]
    assert not np.array_equal(first.parameters, second.parameters)


def test_an_experiment_of_ones_own_is_as_good_as_one_of_the_table(run, trained, kept):
    mine = BASE.variant("mine", hidden_layers=(5,), max_epochs=1)
    [result] = run([mine, "plain"], seeds=1)["mine"]
    assert result.experiment == mine
    assert result.model().layer_sizes == (785, 5, 10)
    assert kept() == ["mine-seed0", "plain-seed0"]
    del trained[:]
    run(mine)
    assert trained == []


def test_one_bar_counts_every_training_by_its_cost_and_says_how_many_are_left(run, monkeypatch):
    bars = []

    class Bar:
        def __init__(self, total, *_, **__):
            self.total, self.gone, self.said = total, [], []
            bars.append(self)

        def __enter__(self):
            return self

        def __exit__(self, *_):
            pass

        def update(self, amount):
            self.gone.append(amount)

        def set_postfix_str(self, text, **_):
            self.said.append(text)

    run(["plain"])
    monkeypatch.setattr(runner, "progress_bar", Bar)
    run(["plain", "deep", "restless", "restless_2"], 2)
    [bar] = bars
    assert sum(bar.gone) == bar.total
    assert len(bar.gone) == 5  # "plain" of the first seed is stored; the restless ones are one training
    assert bar.said[0] == "6 networks to go"
    assert bar.said[-1] == "0 networks to go"


def test_what_is_kept_of_a_result_is_what_is_returned_fresh_and_from_the_store(run):
    for _ in range(2):
        assert run("plain", 2, keep=lambda result: result.seed)["plain"] == [0, 1]


def test_a_callback_sees_the_results_so_far_seed_by_seed_and_nothing_if_all_are_stored(run):
    seen = []
    for _ in range(2):
        run(["plain", "deep"], 2, callback=lambda results: seen.append({name: len(r) for name, r in results.items()}))
    counts = ((0, 1), (1, 1), (1, 2), (2, 2))
    assert seen == [{"plain": plain, "deep": deep} for plain, deep in counts]


# The store ----------------------------------------------------------------------------------------------


def test_stored_results_are_not_trained_again_and_equal_fresh_ones(run, trained, kept):
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
def test_a_run_that_breaks_off_keeps_what_is_finished_and_resumes(run, error, monkeypatch, tmp_path, kept, capsys):
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
    def full(*arguments):
        raise OSError("no space left on device")

    monkeypatch.setattr(Store, "save", full)
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


@pytest.mark.parametrize(
    ("target", "name", "value"),
    [(keys, "source_hash", lambda: "another"), (np, "__version__", "1.0"), (keys, "RESULT_FORMAT", 0)],
    ids=["code", "NumPy", "format"],
)
def test_results_of_other_code_or_versions_are_trained_anew_and_left_alone(
    run, trained, kept, target, name, value, monkeypatch
):
    run("plain")
    monkeypatch.setattr(target, name, value)
    run("plain")
    assert len(trained) == 2
    assert kept() == ["plain-seed0"] * 2


def test_shorter_trainings_have_results_of_their_own(run, trained):
    run("plain")
    run("plain", max_epochs=1)
    assert len(trained) == 2


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
    assert len(run("plain", None)["plain"]) == runner.DEFAULT_SEEDS
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
        ({"names": [["plain"]]}, r"no experiment is called \['plain'\]"),
        ({"names": 3}, "names is 3; allowed: some of plain"),
        ({"names": ["plain", BASE.variant("plain", momentum=0.9)]}, "two different experiments are called 'plain'"),
        ({"seeds": 0}, "seeds is 0; allowed"),
        ({"seeds": -1}, "seeds is -1; allowed"),
        ({"seeds": []}, r"seeds is \[\]; allowed"),
        ({"seeds": [0, -1]}, r"seeds is \[0, -1\]; allowed"),
        ({"seeds": [1.5]}, r"seeds is \[1.5\]; allowed"),
        ({"seeds": "12"}, "seeds is '12'; allowed"),
        ({"seeds": True}, "seeds is True; allowed"),
        ({"seeds": 1.5}, "seeds is 1.5; allowed"),
        ({"max_epochs": "2"}, "max_epochs is '2'; allowed"),
        ({"max_epochs": 0}, "max_epochs is 0; allowed: an integer from 1"),
        ({"max_epochs": -3}, "max_epochs is -3; allowed"),
        ({"max_epochs": 1.5}, "max_epochs is 1.5; allowed"),
        ({"store": "there"}, r"store is 'there'; allowed: a Store, for example Store\('there'\)"),
        ({"workers": True}, "workers is True; allowed"),
        ({"workers": 0}, "workers is 0; allowed"),
        ({"workers": 2, "scheduler": "tcp://127.0.0.1:1"}, "only one of them"),
    ],
)
def test_bad_arguments_are_refused_with_what_is_allowed_before_any_training(run, trained, arguments, message):
    with pytest.raises(ValueError, match=message):
        run(**({"names": "plain"} | arguments))
    assert trained == []


@pytest.mark.parametrize("name", ["SEEDS", "EPOCHS"])
def test_a_bad_number_in_the_environment_is_refused_before_any_training(run, trained, monkeypatch, name):
    monkeypatch.setenv(name, "ten")
    with pytest.raises(ValueError, match=f"^{name} is 'ten'; allowed: an integer from 1$"):
        run("plain", None)
    assert trained == []
