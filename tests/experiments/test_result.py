"""Results: the network that was trained, on the data it was trained with."""

import numpy as np
import pytest

from helpers.experiments import trial

pytestmark = pytest.mark.usefixtures("clean_environment")


@pytest.fixture
def results(run):
    return run(["plain", "explosive"], [3])


def test_the_trained_network_gives_the_accuracies_that_were_stored(results):
    [result] = results["plain"]
    for name in ("train", "validation", "test"):
        measured = result.model().evaluate(getattr(result.dataset(), name))
        assert measured == pytest.approx(getattr(result, name), rel=1e-6)


def test_the_weights_of_the_trained_network_are_its_own(results):
    [result] = results["plain"]
    result.model().parameters[:] = 0
    assert result.parameters.any()


def test_the_data_are_those_of_the_split_of_its_seed(results, squares):
    [result] = results["plain"]
    expected = trial.load_mnist(squares, split_seed=3)
    np.testing.assert_array_equal(result.dataset().validation.images, expected.validation.images)
    assert result.data_name == expected.name


def test_the_initial_network_is_that_of_its_seed(results):
    [result] = results["plain"]
    expected = result.experiment.model(seed=3)
    np.testing.assert_array_equal(result.initial_model().parameters, expected.parameters)


def test_a_training_that_diverged_left_no_network(results):
    with pytest.raises(ValueError, match="the training of explosive with seed 3 diverged; it left no network"):
        results["explosive"][0].model()


def test_results_that_are_not_there_are_a_key_error_that_names_those_that_are(results):
    assert repr(results) == "Results(plain: 1, explosive: 1)"
    assert list(results.experiments) == ["plain", "explosive"]
    with pytest.raises(KeyError, match="no results of '3c'; there are: plain, explosive"):
        results["3c"]
