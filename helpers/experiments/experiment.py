"""An experiment: a network and how it is trained."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from ..common.checks import check, check_choice, check_count, is_integer
from ..data.mnist_files import IMAGE_SHAPE, NUM_CLASSES
from ..network.activations import ACTIVATIONS
from ..network.initial_weights import WEIGHT_INITS
from ..network.mlp import MLP
from ..network.training import TrainingConfig
from .wording import summary_of

DEFAULT_SEEDS = 10
NUM_INPUTS = IMAGE_SHAPE[0] * IMAGE_SHAPE[1] + 1  # of MNIST: its pixels, and the 1 that carries the bias


@dataclass(frozen=True)
class Experiment:
    """A network and how it is trained; one made in a notebook is as good as one of the table.

    name: what its results are called. title: what it is, in a few words; worked out from the settings unless given.
    hidden_layers: units of each. activation, weight_init: as of `MLP`. config: of the training.
    based_on: the experiment that it changes; then the title says what it changes.
    task: of the assignment, printed beside the name. seeds: how many it is trained with unless said otherwise.

    Raises `ValueError` for a name that is no name, and for settings that no network can have.
    """

    name: str
    title: str = field(default="", compare=False)
    hidden_layers: tuple[int, ...] = (64,)
    activation: str = "sigmoid"
    weight_init: str = "uniform"
    config: TrainingConfig = field(default_factory=TrainingConfig)
    based_on: "Experiment | None" = field(default=None, compare=False, repr=False)
    task: str = field(default="", compare=False)
    seeds: int = field(default=DEFAULT_SEEDS, compare=False)

    def __post_init__(self) -> None:
        named = isinstance(self.name, str) and self.name and not set(self.name) & set("/\\\0\n")
        check("name", self.name, bool(named), "a text without slashes, which names the results' files")
        layers = tuple(self.hidden_layers) if isinstance(self.hidden_layers, Sequence) else (None,)
        check(
            "hidden_layers", self.hidden_layers, all(map(is_integer, layers)), "the units of each layer, such as (64,)"
        )
        check_choice("activation", self.activation, tuple(ACTIVATIONS))
        check_choice("weight_init", self.weight_init, tuple(WEIGHT_INITS))
        check_count("seeds", self.seeds)
        check("config", self.config, isinstance(self.config, TrainingConfig), "a TrainingConfig")
        object.__setattr__(self, "hidden_layers", layers)

    def model(self, num_inputs: int = NUM_INPUTS, num_classes: int = NUM_CLASSES, *, seed: int | None = None) -> MLP:
        """Return the untrained network, for as many inputs (bias included) and classes."""
        sizes = [num_inputs, *self.hidden_layers, num_classes]
        return MLP(sizes, activation=self.activation, weight_init=self.weight_init, seed=seed)

    def variant(self, name: str, *, task: str = "", seeds: int | None = None, **changes: object) -> "Experiment":
        """Return this experiment with other settings, its own or those of its config, under another name.

        For example `EXPERIMENTS["momentum"].variant("mine", hidden_layers=(100,), learning_rate=0.05)`.
        """
        settings = {key: changes.pop(key) for key in ("hidden_layers", "activation", "weight_init") if key in changes}
        try:
            config = replace(self.config, **changes)
        except TypeError:
            known = ", ".join(["hidden_layers", "activation", "weight_init", *vars(self.config)])
            raise ValueError(f"changes are {', '.join(changes)}; allowed: {known}") from None
        settings |= {"task": task, "seeds": seeds or self.seeds}
        return replace(self, name=name, title="", config=config, based_on=self, **settings)

    def limited(self, max_epochs: int | None) -> "Experiment":
        """Return this experiment with at most so many epochs, under its own name."""
        if max_epochs is None or max_epochs >= self.config.max_epochs:
            return self
        return replace(self.variant(self.name, task=self.task, max_epochs=int(max_epochs)), title=self.summary)

    @property
    def shortened(self) -> bool:
        """Whether it is a shorter training of another one, by `limited`."""
        return self.based_on is not None and self.based_on.name == self.name

    @property
    def summary(self) -> str:
        """What it is, in a few words: its title, or what it changes, or all its settings."""
        return self.title or summary_of(self)


def num_parameters(hidden_layers: Sequence[int], num_inputs: int = NUM_INPUTS, num_classes: int = NUM_CLASSES) -> int:
    """Return the number of weights of a network with these hidden layers, bias included; on MNIST unless said."""
    return sum(a * b for a, b in pairwise([num_inputs, *hidden_layers, num_classes]))
