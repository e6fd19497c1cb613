"""The explorer's form: a network and how it is trained."""

from dataclasses import replace
from math import prod

import ipywidgets as widgets
import traitlets

from ...common.checks import check, is_integer
from ...data.mnist import data_directory
from ...data.mnist_files import NUM_CLASSES, MNISTError, read_files
from ...experiments.experiment import NUM_INPUTS, Experiment, num_parameters
from ...network.activations import ACTIVATIONS
from ...network.initial_weights import WEIGHT_INITS
from .look import CARD, FIELD, no_wider, say

MAX_LAYERS, MAX_UNITS = 10, 512  # larger networks take seconds from one validation to the next
MAX_EPOCHS = 10_000  # of which training keeps the loss of each step
MAX_NAME = 40  # letters; a longer one leaves no room for the curves
MAX_QUOTED = 100  # letters of what was typed that an error repeats


def parse_layers(text: str) -> tuple[int, ...]:
    """Return the units of each hidden layer in a text such as "64, 64"; none for an empty text.

    Raises `ValueError` that says what is allowed.
    """
    parts = text.replace(",", " ").split()
    if len(parts) > MAX_LAYERS or not all(map(_is_a_layer, parts)):
        raise ValueError(
            f'hidden layers are "{_quoted(text)}"; allowed: the units of each, such as 64 or 60, 60, '
            f"in up to {MAX_LAYERS} layers of 1 to {MAX_UNITS} units"
        )
    return tuple(map(int, parts))


def _is_a_layer(part: str) -> bool:
    return part.isdecimal() and len(part) <= MAX_QUOTED and 1 <= int(part) <= MAX_UNITS


def _quoted(text: str) -> str:
    return text if len(text) <= MAX_QUOTED else f"{text[:MAX_QUOTED]}…"


def checked_name(text: str) -> str:
    """Return the name of a run without the spaces around it. Raises `ValueError` that says what is allowed."""
    name = text.strip()
    fits = len(name) <= MAX_NAME and name.isprintable()
    check("name", _quoted(name), fits, f"up to {MAX_NAME} letters that can be seen")
    return name


def units_text(hidden_layers: tuple[int, ...]) -> str:
    """Return for example "785–64–10"."""
    num_inputs, names = inputs_and_labels()
    return "–".join(map(str, (num_inputs, *hidden_layers, len(names))))


def inputs_and_labels() -> tuple[int, tuple[str, ...]]:
    """Return the data's inputs and the names of its classes; those of MNIST where it cannot be read: a run will say."""
    try:
        raw = read_files(data_directory())
    except MNISTError:
        return NUM_INPUTS, tuple(map(str, range(NUM_CLASSES)))
    return prod(raw.train_images.shape[1:]) + 1, raw.label_names


class Choice(widgets.Dropdown):
    """A list of which one is always chosen; of a `Dropdown` a message can choose none."""

    index = traitlets.Int(0).tag(sync=True)


class Settings(widgets.HBox):
    """Two cards with a field for each setting; what the fields do not show is as in the experiment shown last."""

    def __init__(self, experiment: Experiment):
        activations = [(name.replace("_", " "), name) for name in reversed(ACTIVATIONS)]
        self.hidden_layers = widgets.Text(description="Hidden layers", placeholder="none: only a softmax", **FIELD)
        self.activation = Choice(description="Activation", options=activations, **FIELD)
        self.weight_init = Choice(description="Initial weights", options=list(WEIGHT_INITS)[::-1], **FIELD)
        self.parameters = widgets.HTML()
        self.learning_rate = widgets.FloatText(description="Learning rate", step=0.01, **FIELD)
        self.momentum = widgets.FloatText(description="Momentum", step=0.1, **FIELD)
        self.batch_size = widgets.IntText(description="Batch size", **FIELD)
        self.max_epochs = widgets.IntText(description="Max. epochs", **FIELD)
        self.seed = widgets.IntText(description="Seed", **FIELD)
        for name in ("hidden_layers", "learning_rate", "parameters"):
            getattr(self, name).add_class(f"explorer-{name.replace('_', '-')}")
        network = [self.hidden_layers, self.activation, self.weight_init, self.parameters]
        training = [self.learning_rate, self.momentum, self.batch_size, self.max_epochs, self.seed]
        self.hidden_layers.observe(lambda _: self._count_parameters(), "value")
        self.show(experiment)
        super().__init__(
            [
                widgets.VBox([widgets.HTML(f"<b>{title}</b>"), *fields], layout=CARD)
                for title, fields in (("Network", network), ("Training", training))
            ],
            layout=no_wider(flex_flow="row wrap", grid_gap="0 8px"),
        )

    def show(self, experiment: Experiment) -> None:
        """Fill the fields from an experiment; the seed stays."""
        self._shown, config = experiment, experiment.config
        self.hidden_layers.value = ", ".join(map(str, experiment.hidden_layers))
        self.activation.value, self.weight_init.value = experiment.activation, experiment.weight_init
        self.learning_rate.value, self.momentum.value = config.learning_rate, config.momentum
        self.batch_size.value, self.max_epochs.value = config.batch_size, config.max_epochs
        self._count_parameters()

    def experiment(self, name: str) -> Experiment:
        """Return what the fields say, under a name. Raises `ValueError` that says what is allowed."""
        check("seed", self.seed.value, is_integer(self.seed.value, 0), "an integer from 0")
        epochs = self.max_epochs.value
        check("max_epochs", epochs, is_integer(epochs) and epochs <= MAX_EPOCHS, f"an integer from 1 to {MAX_EPOCHS:,}")
        config = replace(
            self._shown.config,
            learning_rate=self.learning_rate.value,
            momentum=self.momentum.value,
            batch_size=self.batch_size.value,
            max_epochs=epochs,
        )
        layers = parse_layers(self.hidden_layers.value)
        return Experiment(name, name, layers, self.activation.value, self.weight_init.value, config)

    def _count_parameters(self) -> None:
        try:
            layers = parse_layers(self.hidden_layers.value)
        except ValueError as error:
            say(self.parameters, str(error), wrong=True)
        else:
            num_inputs, names = inputs_and_labels()
            count = num_parameters(layers, num_inputs, len(names))
            say(self.parameters, f"{units_text(layers)}: {count:,} parameters")
