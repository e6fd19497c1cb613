"""An experiment: a network and how it is trained."""

from collections.abc import Sequence
from dataclasses import dataclass, field, fields, replace
from pathlib import Path

from ..common.checks import check, check_choice, check_count, is_integer
from ..data.mnist import Dataset, load_mnist
from ..data.mnist_files import IMAGE_SHAPE, NUM_CLASSES
from ..network.activations import ACTIVATIONS
from ..network.arguments import num_weights
from ..network.config import OF_THE_RULE, TrainingConfig
from ..network.initial_weights import WEIGHT_INITS
from ..network.mlp import MLP
from .own_code import OwnCode, packed, unpacked
from .wording import changes_in_words

TABLES = {"activation": ACTIVATIONS, "weight_init": WEIGHT_INITS}  # of what an experiment takes by name
UNSAID = {"hidden_layers": (), "activation": "", "weight_init": "", "train_size": None, "validation_size": None}
DEFAULT_SEEDS = 10
NUM_INPUTS = IMAGE_SHAPE[0] * IMAGE_SHAPE[1] + 1  # of MNIST: its pixels, and the 1 that carries the bias


@dataclass(frozen=True)
class Experiment:
    """A network and how it is trained; one made in a notebook is as good as one of the table.

    name: what its results are called. title: what it is, in a few words; worked out from the settings unless given.
    hidden_layers: units of each. activation, weight_init: as of `MLP`. config: of the training.
    based_on: the experiment that it changes; then the title says what it changes.
    task: of the assignment, printed beside the name. seeds: how many it is trained with unless said otherwise.
    train_size, validation_size: images, as of `load_mnist`.

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
    train_size: int | None = None
    validation_size: int | None = None

    def __post_init__(self) -> None:
        """Check every setting."""
        named = isinstance(self.name, str) and self.name and not set(self.name) & set("/\\\0\n")
        check("name", self.name, bool(named), "a text without slashes, which names the results' files")
        layers = tuple(self.hidden_layers) if isinstance(self.hidden_layers, Sequence) else (None,)
        check(
            "hidden_layers", self.hidden_layers, all(map(is_integer, layers)), "the units of each layer, such as (64,)"
        )
        for name, table in TABLES.items():
            check_choice(name, getattr(self, name), tuple(table))
        check_count("seeds", self.seeds)
        for name, lowest in (("train_size", 1), ("validation_size", 0)):
            size = getattr(self, name)
            check(name, size, size is None or is_integer(size, lowest), f"an integer from {lowest}, or None")
        check("config", self.config, isinstance(self.config, TrainingConfig), "a TrainingConfig")
        object.__setattr__(self, "hidden_layers", layers)

    def model(self, num_inputs: int = NUM_INPUTS, num_classes: int = NUM_CLASSES, *, seed: int | None = None) -> MLP:
        """Return the untrained network, for as many inputs (bias included) and classes."""
        sizes = [num_inputs, *self.hidden_layers, num_classes]
        return MLP(sizes, activation=self.activation, weight_init=self.weight_init, seed=seed)

    def dataset(self, directory: Path, seed: int) -> Dataset:
        """Return the data of a folder in the split of a seed. Raises as `load_mnist`."""
        sizes = {"train_size": self.train_size, "validation_size": self.validation_size}
        return load_mnist(directory, **sizes, split_seed=seed)

    def variant(self, name: str, *, task: str = "", **changes: object) -> "Experiment":
        """Return this experiment with other settings, its own or those of its config, under another name.

        For example `EXPERIMENTS["momentum"].variant("mine", hidden_layers=(100,), learning_rate=0.05)`. With another
        optimizer, learning rate and momentum are those of the optimizer.
        """
        own = [one.name for one in fields(self) if one.name not in ("name", "title", "task", "config", "based_on")]
        settings = {key: changes.pop(key) for key in own if key in changes}
        if "optimizer" in changes:
            changes = {name: getattr(TrainingConfig, name) for name in OF_THE_RULE} | changes
        elif self.config.optimizer is not None and set(changes) & set(OF_THE_RULE):
            raise ValueError(f"changes are {', '.join(changes)}; give them to the optimizer: optimizer=...")
        try:
            config = replace(self.config, **changes)
        except TypeError:
            known = ", ".join([*own, *vars(self.config)])
            raise ValueError(f"changes are {', '.join(changes)}; allowed: {known}") from None
        return replace(self, name=name, title="", task=task, config=config, based_on=self, **settings)

    def settings(self) -> dict[str, object]:
        """Return everything that makes its numbers what they are, by name: its own settings, and its config's."""
        own = {one.name: getattr(self, one.name) for one in fields(self) if one.compare and one.name != "config"}
        return own | vars(self.config)

    def own_code(self) -> tuple[dict[str, object], set[str]]:
        """Return marks of everything that makes its numbers, for JSON, and the modules that hold code of one's own.

        Raises `ValueError` for what nothing can tell from its like.
        """
        code = OwnCode()
        tables = {name: table[getattr(self, name)] for name, table in TABLES.items()}
        return {name: code.mark(value) for name, value in (self.settings() | {"code": tables}).items()}, code.modules

    def __reduce__(self) -> tuple:
        """Let code of one's own go along to another process."""
        values = {one.name: getattr(self, one.name) for one in fields(self)}
        _, modules = self.own_code()
        if not modules:
            return _made, (values, {})
        used = {name: {getattr(self, name): table[getattr(self, name)]} for name, table in TABLES.items()}
        return unpacked, (packed({"values": values, "used": used}, modules), _made)

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
        usual = self.based_on.settings() if self.based_on else self.settings() | vars(TrainingConfig()) | UNSAID
        return self.title or changes_in_words(self.settings(), usual)


def _made(values: dict[str, object], used: dict[str, dict[str, object]]) -> Experiment:
    """Return an experiment in another process, with the code that it takes by name."""
    for name, table in used.items():
        TABLES[name].update(table)
    return Experiment(**values)


def num_parameters(hidden_layers: Sequence[int], num_inputs: int = NUM_INPUTS, num_classes: int = NUM_CLASSES) -> int:
    """Return the number of weights of a network with these hidden layers, bias included; on MNIST unless said."""
    return num_weights([num_inputs, *hidden_layers, num_classes])
