"""The experiments: their settings, and that a result depends on nothing but experiment, seed, data and code."""

import dataclasses
import functools
import shutil
import signal
import threading
from types import SimpleNamespace

import numpy as np
import pytest

import helpers.experiments
import helpers.trials
from helpers import EXPERIMENTS, MLP, TrainingConfig, load_mnist, run_experiments, train
from helpers.mnist import read_files
from helpers.store import Store
from helpers.trials import Experiment, gradient_rms, run_trial

pytestmark = pytest.mark.usefixtures("clean_environment")

CONFIG = TrainingConfig(learning_rate=0.1, momentum=0.5, batch_size=100, max_epochs=3, validations_per_epoch=5)


def small(name, hidden_layers=(6,), activation="improved_sigmoid", weight_init="improved", **changes):
    config = dataclasses.replace(CONFIG, **changes)
    return Experiment(name, name, hidden_layers, activation, weight_init, config)


SMALL = {
    experiment.name: experiment
    for experiment in (
        small("plain", activation="sigmoid"),
        small("restless", learning_rate=8, patience=None),
        small("restless_2", learning_rate=8, patience=2),
        small("restless_4", learning_rate=8, patience=4),
        small("deep", (6, 5, 4), max_epochs=2),
        small("explosive", learning_rate=1e38),
    )
}
FINITE = [name for name in SMALL if name != "explosive"]
TRAIN_SIZE, VALIDATION_SIZE = 2_000, 500


@pytest.fixture(scope="session")
def write_squares(tmp_path_factory, write_data, draw_images):
    """Function: a folder with a data set; a tenth of its training labels is wrong, so that validation loss can rise."""

    def write(count):
        (images, labels), test = draw_images(count), draw_images(300, seed=1)
        labels[::10] = (labels[::10] + 1) % 10
        return write_data(tmp_path_factory.mktemp("data") / "squares", (images, labels), test)

    return write


@pytest.fixture(scope="session")
def few_squares(write_squares):
    return write_squares(TRAIN_SIZE + VALIDATION_SIZE)


@pytest.fixture(scope="session")
def many_squares(write_squares):
    """As many images as the experiments ask for."""
    return write_squares(30_000)


@pytest.fixture
def squares(few_squares, monkeypatch):
    """A folder with little data, and experiments in this process that are content with it."""
    load = functools.partial(load_mnist, train_size=TRAIN_SIZE, validation_size=VALIDATION_SIZE)
    monkeypatch.setattr(helpers.trials, "load_mnist", load)
    return few_squares


@pytest.fixture
def run(squares, monkeypatch):
    """Function: `run_experiments` on the small experiments and data, in this process unless told otherwise."""
    monkeypatch.setattr(helpers.experiments, "EXPERIMENTS", SMALL)

    def run(names=None, seeds=1, **arguments):
        return run_experiments(names, seeds, **({"workers": 1, "directory": squares, "progress": False} | arguments))

    return run


@pytest.fixture
def trained(monkeypatch):
    """List of the (names, seed) trained in this process, in order."""
    calls = []

    def watched(experiments, seed, directory):
        calls.append(({experiment.name for experiment in experiments}, seed))
        return run_trial(experiments, seed, directory)

    monkeypatch.setattr(helpers.experiments, "run_trial", watched)
    return calls


def flat(result):
    """A result as plain arrays, without the times."""
    values = dataclasses.asdict(result)
    values |= {f"history.{name}": value for name, value in values.pop("history").items()}
    return {
        name: np.asarray(value)
        for name, value in values.items()
        if not name.endswith("_seconds") and name not in ("trained_at", "environment")
    }


def same(first, second):
    first, second = flat(first), flat(second)
    assert first.keys() == second.keys()
    for name in first:
        assert first[name].dtype == second[name].dtype, name
        assert first[name].tobytes() == second[name].tobytes(), name


def same_results(first, second):
    assert {name: [result.seed for result in runs] for name, runs in first.items()} == {
        name: [result.seed for result in runs] for name, runs in second.items()
    }
    for name in first:
        for one, other in zip(first[name], second[name], strict=True):
            same(one, other)


def stored(tmp_path):
    return sorted(path.name.rsplit("-", 1)[0] for path in (tmp_path / "results").glob("*.npz"))


# Settings -----------------------------------------------------------------------------------------------

ALL_TRICKS = ("improved", "improved_sigmoid", 0.02, 0.9)
TEN_LAYERS = (64,) * 10
TABLE = {  # hidden layers, weights, activation, learning rate, momentum, number of parameters
    "2c": ((64,), "uniform", "sigmoid", 0.1, 0.0, 50_880),
    "3a": ((64,), "improved", "sigmoid", 0.1, 0.0, 50_880),
    "3b": ((64,), "improved", "improved_sigmoid", 0.1, 0.0, 50_880),
    "3c": ((64,), *ALL_TRICKS, 50_880),
    "4a": ((32,), *ALL_TRICKS, 25_440),
    "4b": ((128,), *ALL_TRICKS, 101_760),
    "4d": ((60, 60), *ALL_TRICKS, 51_300),
    "4d_32": ((32, 32), *ALL_TRICKS, 26_464),
    "4e": (TEN_LAYERS, *ALL_TRICKS, 87_744),
    "4e_no_stopping": (TEN_LAYERS, *ALL_TRICKS, 87_744),
    "4e_sigmoid": (TEN_LAYERS, "improved", "sigmoid", 0.02, 0.9, 87_744),
    "4e_uniform": (TEN_LAYERS, "uniform", "sigmoid", 0.02, 0.9, 87_744),
}


def test_the_experiments_are_those_of_the_tasks():
    assert EXPERIMENTS.keys() >= TABLE.keys()
    assert all(name == experiment.name for name, experiment in EXPERIMENTS.items())


@pytest.mark.parametrize("name", TABLE)
def test_an_experiment_has_the_settings_and_parameters_of_the_assignment(name):
    experiment = EXPERIMENTS[name]
    data = SimpleNamespace(train=SimpleNamespace(images=np.empty((1, 785))))
    model, config = experiment.model(data, seed=0), experiment.config
    assert (
        experiment.hidden_layers,
        model.weight_init,
        model.activation,
        config.learning_rate,
        config.momentum,
        model.num_parameters,
    ) == TABLE[name]
    assert model.layer_sizes == (785, *experiment.hidden_layers, 10)
    patience = None if name == "4e_no_stopping" else 50
    epochs, validations = (5, 1) if name in ("4e_sigmoid", "4e_uniform") else (50, 5)
    assert (config.batch_size, config.max_epochs, config.validations_per_epoch, config.patience, config.shuffle) == (
        (32, epochs, validations, patience, True)
    )


# One training -------------------------------------------------------------------------------------------


def test_a_result_is_that_of_training_by_hand_on_the_seeds_own_split(many_squares):
    [result] = run_trial([SMALL["plain"]], 7, many_squares)
    dataset = load_mnist(many_squares, split_seed=7)
    model = MLP([785, 6, 10], activation="sigmoid", weight_init="improved", seed=7)
    before = gradient_rms(model, dataset)
    history = train(model, dataset, CONFIG, seed=7, progress=False)
    for name in ("train_loss", "validation_loss", "validation_accuracy", "train_accuracy", "validation_steps"):
        np.testing.assert_array_equal(getattr(result.history, name), getattr(history, name))
    np.testing.assert_array_equal(result.parameters, model.parameters)
    for name in ("train", "validation", "test"):
        assert getattr(result, name) == pytest.approx(model.evaluate(getattr(dataset, name)), rel=1e-6)
    np.testing.assert_allclose(result.gradient_rms, [before, gradient_rms(model, dataset)], rtol=1e-5)
    assert (result.experiment, result.seed, result.diverged) == ("plain", 7, False)


def test_the_size_of_the_gradient_is_its_root_mean_square_over_a_thousand_images(squares):
    dataset = helpers.trials.load_mnist(squares, dtype=np.float64)
    model = MLP([785, 6, 10], seed=0, dtype=np.float64)
    _, gradients = model.loss_and_gradients(dataset.train.images[:1_000], dataset.train.labels[:1_000])
    expected = [np.linalg.norm(gradient) / np.sqrt(gradient.size) for gradient in gradients]
    np.testing.assert_allclose(gradient_rms(model, dataset), expected, rtol=1e-12)


def test_every_seed_draws_its_own_split_weights_and_order_shared_by_all_experiments(run):
    results = run(["plain", "deep"], 2)
    starts = {name: [run.history.train_loss[0] for run in runs] for name, runs in results.items()}
    for first, second in starts.values():
        assert first != second
    assert not np.array_equal(*(run.parameters for run in results["plain"]))


# Trainings that share their steps -----------------------------------------------------------------------


def test_runs_equal_but_for_patience_are_one_training_and_each_equals_its_own_bit_for_bit(squares):
    names = ["restless_4", "restless", "restless_2"]
    together = run_trial([SMALL[name] for name in names], 0, squares)
    assert [result.experiment for result in together] == names
    for result in together:
        [alone] = run_trial([SMALL[result.experiment]], 0, squares)
        same(result, alone)
    patient, endless, hasty = (result.history for result in together)
    assert hasty.stopped_early
    assert not endless.stopped_early
    assert len(hasty.validation_loss) < len(patient.validation_loss) <= len(endless.validation_loss) == 15
    assert hasty.wall_seconds < endless.wall_seconds


def test_a_patience_that_outlasts_the_training_still_gives_the_best_weights(squares):
    runs = [small("endless", learning_rate=8, patience=None), small("patient", learning_rate=8, patience=100)]
    endless, patient = run_trial(runs, 0, squares)
    same(patient, run_trial(runs[1:], 0, squares)[0])
    assert patient.validation[0] == patient.history.validation_loss.min() < endless.validation[0]


def test_one_training_serves_all_that_share_its_steps_and_the_longest_comes_first(run, trained):
    run(FINITE, 2)
    assert trained[0][0] == trained[1][0] == {"deep"}
    assert sorted((sorted(names), seed) for names, seed in trained) == [
        (names, seed) for names in (["deep"], ["plain"], ["restless", "restless_2", "restless_4"]) for seed in (0, 1)
    ]


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
    monkeypatch.setattr(helpers.experiments, "progress_bar", Bar)
    run(["plain", "deep", "restless", "restless_2"], 2)
    [bar] = bars
    assert sum(bar.gone) == bar.total
    assert len(bar.gone) == 5  # "plain" of the first seed is stored; the restless ones are one training
    assert bar.gone == sorted(bar.gone, reverse=True)
    assert bar.said[0] == "6 networks to go"
    assert bar.said[-1] == "0 networks to go"


# Workers, store, interruptions --------------------------------------------------------------------------


def test_neither_the_number_of_workers_nor_what_else_is_trained_changes_a_bit(many_squares, monkeypatch, tmp_path):
    monkeypatch.setattr(helpers.experiments, "EXPERIMENTS", SMALL)

    def run(names, seeds, workers):
        store = Store(tmp_path / f"{workers} workers, {len(names)} experiments")
        return run_experiments(
            names, seeds, workers=workers, max_epochs=1, directory=many_squares, store=store, progress=False
        )

    names = ["restless", "restless_2", "deep"]
    parallel = run(names, 2, workers=2)
    same_results(run(names, 2, workers=1), parallel)
    same(run(["restless_2"], [1], workers=1)["restless_2"][0], parallel["restless_2"][1])


def test_stored_results_are_not_trained_again_and_equal_fresh_ones(run, trained, tmp_path):
    first = run(["plain", "deep"], 2)
    del trained[:]
    again = run(["plain", "deep"], 2)
    same_results(again, first)
    assert trained == []
    for result in (first["plain"][0], again["plain"][0]):
        assert [type(value) for value in (result.test[0], result.diverged, result.history.best_step)] == [
            float,
            bool,
            int,
        ]
    assert again["plain"][0].history.wall_seconds == first["plain"][0].history.wall_seconds
    assert stored(tmp_path) == ["deep-seed0", "deep-seed1", "plain-seed0", "plain-seed1"]
    run(["plain"], 3)
    assert trained == [({"plain"}, 2)]


@pytest.mark.parametrize("error", [KeyboardInterrupt, MemoryError, OSError])
def test_a_run_that_breaks_off_keeps_what_is_finished_and_resumes(run, error, monkeypatch, tmp_path, capsys):
    fresh = run(["plain", "deep"], 2, store=Store(tmp_path / "fresh"))
    calls = []

    def breaking(experiments, seed, directory):
        calls.append(seed)
        if len(calls) == 3:
            raise error
        return run_trial(experiments, seed, directory)

    monkeypatch.setattr(helpers.experiments, "run_trial", breaking)
    if error is KeyboardInterrupt:
        broken = run(["plain", "deep"], 2)
        assert broken.interrupted
        assert {name: len(results) for name, results in broken.items()} == {"plain": 0, "deep": 2}
        assert "2 of 4 results are missing" in capsys.readouterr().err
    else:
        with pytest.raises(error):
            run(["plain", "deep"], 2)
    assert stored(tmp_path) == ["deep-seed0", "deep-seed1"]
    resumed = run(["plain", "deep"], 2)
    assert not resumed.interrupted
    same_results(resumed, fresh)
    assert len(calls) == 5


def test_an_interrupted_training_ends_the_run_and_is_not_taken_for_a_result(run, monkeypatch, tmp_path):
    evaluate, calls = MLP.evaluation_pass, []

    def interrupted(model, *split):
        calls.append(split)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return evaluate(model, *split)

    monkeypatch.setattr(MLP, "evaluation_pass", interrupted)
    assert run("plain").interrupted
    assert stored(tmp_path) == []


@pytest.mark.skipif(not hasattr(signal, "pthread_kill"), reason="Windows has no signals for threads")
def test_an_interrupt_while_the_workers_start_ends_them(run, monkeypatch, tmp_path):
    start, started = helpers.experiments._arriving, []

    def interrupted(*arguments):
        started.append(start(*arguments))
        signal.pthread_kill(threading.get_ident(), signal.SIGINT)
        return started[0]

    monkeypatch.setattr(helpers.experiments, "_arriving", interrupted)
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # tests that run in the background ignore it
    try:
        assert run(["plain"], 2).interrupted
    finally:
        signal.signal(signal.SIGINT, before)
    assert list(started[0]) == []
    assert stored(tmp_path) == []


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
    with pytest.warns(UserWarning, match=r"plain-seed0.*: damaged"):
        again = run(["plain", "deep"])
    assert trained == [({"plain"}, 0)]
    same_results(again, first)


def test_other_settings_code_or_data_are_trained_anew_but_not_the_same_data_elsewhere(
    run, trained, squares, tmp_path, monkeypatch
):
    run("plain")
    run("plain", max_epochs=1)
    with monkeypatch.context() as patch:
        patch.setattr(helpers.experiments, "source_hash", lambda: "another")
        run("plain")
    with monkeypatch.context() as patch:
        patch.setattr(np, "__version__", "1.0")
        run("plain")
    elsewhere = tmp_path / "elsewhere"
    shutil.copytree(squares, elsewhere)
    assert len(trained) == 4
    run("plain", directory=elsewhere)
    assert len(trained) == 4
    path = elsewhere / "t10k-labels-idx1-ubyte"
    content = path.read_bytes()
    path.write_bytes(content[:-1] + bytes([(content[-1] + 1) % 10]))
    read_files.cache_clear()
    run("plain", directory=elsewhere)
    assert len(trained) == 5
    assert stored(tmp_path) == ["plain-seed0"] * 5


# Divergence ---------------------------------------------------------------------------------------------


def test_a_training_that_diverges_is_recorded_and_stored_as_diverged_beside_the_others(run, trained):
    results = run(["explosive", "plain"])
    [diverged] = results["explosive"]
    assert diverged.diverged
    assert not results["plain"][0].diverged
    assert np.isnan([*diverged.train, *diverged.validation, *diverged.test]).all()
    assert np.isfinite(diverged.gradient_rms[0]).all()
    assert np.isnan(diverged.gradient_rms[1]).all()
    assert np.isfinite(diverged.history.train_loss).all()
    del trained[:]
    same_results(run(["explosive", "plain"]), results)
    assert trained == []


def test_a_shared_training_that_diverges_later_leaves_what_had_stopped_before_and_equals_each_alone(
    squares, monkeypatch
):
    runs = [small(name, patience=patience) for name, patience in (("endless", None), ("late", 50), ("early", 1))]
    evaluate = MLP.evaluation_pass

    def scripted(model, images, labels):
        """Validation losses 1, 2, nan; other splits as they are."""
        if len(labels) != VALIDATION_SIZE:
            return evaluate(model, images, labels)
        model.validations = getattr(model, "validations", 0) + 1
        return {1: 1.0, 2: 2.0}.get(model.validations, np.nan), 0.5

    monkeypatch.setattr(MLP, "evaluation_pass", scripted)
    together = run_trial(runs, 0, squares)
    assert [result.diverged for result in together] == [True, True, False]
    assert together[2].history.stopped_early
    for experiment, result in zip(runs, together, strict=True):
        same(result, run_trial([experiment], 0, squares)[0])


# Arguments ----------------------------------------------------------------------------------------------


def test_seeds_and_epochs_come_from_the_environment_unless_given(run, monkeypatch):
    assert len(run("plain", None)["plain"]) == helpers.experiments.DEFAULT_SEEDS
    monkeypatch.setenv("SEEDS", "3")
    monkeypatch.setenv("EPOCHS", "1")
    results = run("plain", None)["plain"]
    assert [result.seed for result in results] == [0, 1, 2]
    assert [len(result.history.train_loss) for result in results] == [20] * 3
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


def test_one_name_or_several_give_results_by_name_in_the_order_asked_for(run):
    assert list(run("plain")) == ["plain"]
    assert list(run(["deep", "plain", "deep"])) == ["deep", "plain"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"names": "5a"}, "no experiment is called '5a'; there are: plain, restless"),
        ({"names": ["plain", "3C"]}, "no experiment is called '3C'"),
        ({"seeds": 0}, "seeds is 0; allowed"),
        ({"seeds": -1}, "seeds is -1; allowed"),
        ({"seeds": []}, r"seeds is \[\]; allowed"),
        ({"seeds": [0, -1]}, r"seeds is \[0, -1\]; allowed"),
        ({"seeds": [1.5]}, r"seeds is \[1.5\]; allowed"),
        ({"seeds": "12"}, "seeds is '12'; allowed"),
        ({"seeds": True}, "seeds is True; allowed"),
        ({"seeds": 1.5}, "seeds is 1.5; allowed"),
        ({"names": 3}, "names is 3; allowed: some of plain"),
        ({"max_epochs": "2"}, "max_epochs is '2'; allowed"),
        ({"store": "there"}, r"store is 'there'; allowed: a Store, for example Store\('there'\)"),
        ({"workers": True}, "workers is True; allowed"),
        ({"max_epochs": 0}, "max_epochs is 0; allowed: an integer from 1"),
        ({"max_epochs": -3}, "max_epochs is -3; allowed"),
        ({"max_epochs": 1.5}, "max_epochs is 1.5; allowed"),
    ],
)
def test_bad_arguments_are_refused_with_what_is_allowed_before_any_training(run, trained, arguments, message):
    with pytest.raises(ValueError, match=message):
        run(**({"names": "plain"} | arguments))
    assert trained == []


@pytest.mark.parametrize("value", ["0", "-1", "2.5", "ten", ""])
@pytest.mark.parametrize("name", ["SEEDS", "EPOCHS"])
def test_a_bad_number_in_the_environment_is_refused_with_its_name(run, trained, monkeypatch, name, value):
    monkeypatch.setenv(name, value)
    with pytest.raises(ValueError, match=f"^{name} is {value!r}; allowed: an integer from 1$"):
        run("plain", None)
    assert trained == []
