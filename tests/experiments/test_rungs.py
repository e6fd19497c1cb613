"""The ladder of `beyond.ipynb`: each rung is the one that it is based on, with one thing changed."""

import pytest

from helpers import EXPERIMENTS, LADDER
from helpers.evidence.families import FAMILIES
from helpers.evidence.statistics import ENOUGH_SEEDS
from helpers.experiments.jobs import jobs_for
from helpers.experiments.keys import result_key

TOGETHER = [
    {"train_size", "validation_size"},  # all images: what is not for validation is for training
    {"schedule", "max_epochs", "patience", "validations_per_epoch"},  # a schedule needs an end that is known
    {"activation", "weight_init"},  # weights to match
    {"augmentation", "max_epochs", "batch_size"},  # what is new in each epoch can be trained on for longer, and faster
    {"augmentation", "max_epochs"},
    {"hidden_layers", "max_epochs"},  # a second layer takes more than twice the time
]


@pytest.mark.parametrize("name", list(LADDER)[1:])
def test_a_rung_changes_one_thing(name):
    rung = LADDER[name]
    before, after = rung.based_on.settings(), rung.settings()
    changed = {key for key in after if before[key] != after[key]} - {"name"}
    assert len(changed) == 1 or changed in TOGETHER


def test_every_rung_is_compared_with_the_one_that_it_is_based_on_over_enough_seeds():
    pairs = [(rung.based_on.name, rung.name) for rung in list(LADDER.values())[1:]]
    assert {*pairs, ("momentum", "elastic")} == set(FAMILIES["ladder"])
    assert all(rung.seeds >= ENOUGH_SEEDS for rung in LADDER.values())
    assert set(LADDER) & set(EXPERIMENTS) == {"momentum"}


def test_the_first_rung_is_the_report_s_own_network_and_shares_its_results():
    keys = [result_key(one["momentum"], 0, {}) for one in (LADDER, EXPERIMENTS)]
    assert keys[0] == keys[1]


def test_what_takes_longest_is_begun_first():
    jobs = jobs_for((rung, 0) for rung in LADDER.values())
    assert jobs[0].experiments[0].name == "elastic"
