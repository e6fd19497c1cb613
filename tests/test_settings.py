"""The settings of a run: read from the environment, or refused with the variable's name."""

import pytest

from helpers.settings import SETTINGS, setting

pytestmark = pytest.mark.usefixtures("clean_environment")


@pytest.mark.parametrize("name", [name for name in SETTINGS if not name.endswith(("RESULTS_DIR", "BUILD_DIR"))])
def test_a_variable_that_is_missing_or_empty_counts_as_not_set(name, monkeypatch):
    assert setting(name) is None
    monkeypatch.setenv(name, "")
    assert setting(name) is None


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("SEEDS", "3", 3),
        ("SEEDS", "100-119", range(100, 120)),
        ("SEEDS", "5-5", range(5, 6)),
        ("SEEDS", "100-", slice(100, None)),
        ("EPOCHS", "01", 1),
        ("CODE", "1", True),
        ("STRICT", "0", False),
        ("UNITS", "64 16 64", (64, 16)),
        ("DEPTHS", "2", (2,)),
        ("MNIST_DIR", "a folder", "a folder"),
    ],
)
def test_a_setting_has_the_value_of_its_text(name, text, value, monkeypatch):
    monkeypatch.setenv(name, text)
    assert setting(name) == value


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        *(("EPOCHS", text, f"EPOCHS is {text!r}; allowed: an integer from 1")
          for text in ("0", "-1", "2.5", "ten", "1 5")),
        *(("SEEDS", text, rf"SEEDS is {text!r}; allowed: how many \(from 1\), which \(such as 100-119\)")
          for text in ("0", "-1", "2.5", "ten", "1 5", "-", "1-2-3", "3 - 5", "1-x")),
        ("SEEDS", "119-100", "SEEDS is '119-100', a range that runs backwards; allowed: how many"),
        ("UNITS", "16 x", "UNITS is 'x'; allowed: an integer from 1"),
        ("DEPTHS", "0", "DEPTHS is '0'; allowed: an integer from 1"),
        ("CODE", "yes", r"CODE is 'yes'; allowed: 1 \(print the notebooks' code in the report too\) or 0"),
    ],
)  # fmt: skip
def test_a_value_that_is_not_allowed_is_refused_with_the_name_of_the_variable(name, text, message, monkeypatch):
    monkeypatch.setenv(name, text)
    with pytest.raises(ValueError, match=f"^{message}"):
        setting(name)
