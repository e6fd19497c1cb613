"""Several networks that answer together, by the mean of their probabilities.

U. Meier, D. Ciresan, L. Gambardella and J. Schmidhuber, "Better digit recognition with a committee of simple neural
nets", 2011: networks that were trained apart make different mistakes, of which the mean makes fewer.
"""

import math
import os
from collections.abc import Iterable
from functools import cached_property

import numpy as np

from ..common.checks import check
from ..data.mnist import data_directory, data_name, normalise
from ..data.mnist_files import RawData, read_files
from ..experiments.result import Runs, runs_of
from ..network.arguments import checked_pixels
from ..network.mlp import EVALUATION_BLOCK, MLP
from .judgement import Judgement, Verdict
from .measure import Quantity
from .measures import measure_of
from .numbers import NOT_TRAINED, counted, short_name
from .runs import diverged_in
from .statistics import ENOUGH_SEEDS


class Committee:
    """Networks that answer together; each sees an image under its own normalisation.

    networks: those that `train` trained, `MLP.load` loaded or a `Result` gave, for one size of images and one number
        of classes. directory: of the data whose test images are answered, as of `load_mnist`.
    name: what a figure calls its networks. why_not: why nothing can be claimed of it, if so.

    What it says of the test images is worked out when first asked for, and kept. Raises `ValueError` for no networks,
    for those that do not fit each other, and for those that do not know how their images were normalised; `MNISTError`
    for data that cannot be read.
    """

    def __init__(
        self,
        networks: Iterable[MLP],
        directory: str | os.PathLike | None = None,
        *,
        name: str = "",
        why_not: str = "",
    ) -> None:
        listed = tuple(networks) if isinstance(networks, Iterable) else (networks,)
        fits = isinstance(networks, Iterable) and bool(listed) and all(isinstance(one, MLP) for one in listed)
        check("networks", networks, fits, "at least one MLP, in a list")
        for what, place in (("inputs, the bias included", 0), ("classes", -1)):
            counts = sorted({one.layer_sizes[place] for one in listed})
            if len(counts) > 1:
                raise ValueError(f"networks have {' and '.join(map(str, counts))} {what}; allowed: the same number")
        unknown = [number for number, one in enumerate(listed) if one.normalisation is None]
        if unknown:
            raise ValueError(
                f"networks {', '.join(map(str, unknown))} of {len(listed)}, counted from 0, do not know how their "
                "images were normalised; allowed: those that were trained or loaded"
            )
        self.networks, self.name, self.why_not, self.directory = listed, name, why_not, data_directory(directory)

    def __len__(self) -> int:
        return len(self.networks)

    def __repr__(self) -> str:
        return f"Committee({self.title})"

    @property
    def title(self) -> str:
        """What it is, for a sentence: "6 networks (elastic)"."""
        return counted(len(self), "network") + (f" ({short_name(self.name)})" if self.name else "")

    def probabilities(self, pixels: np.ndarray) -> np.ndarray:
        """Return the mean of the networks' class probabilities, `(N, num_classes)`, for grey values 0..255.

        pixels: `(N, rows, columns)`, 255 = ink. Raises `ValueError` for other values, such as 0 to 1, and other sizes.
        """
        pixels, size = np.asarray(pixels), self.networks[0].layer_sizes[0] - 1
        fits = pixels.size > 0 and pixels.size % size == 0
        check("pixels' shape", pixels.shape, fits, f"at least one image, each of {size} pixels")
        checked_pixels(np.round([float(pixels.min()), float(pixels.max())], 3), 1)  # undone normalisation leaves traces
        return self._mean(pixels.reshape(-1, size))

    def misread(self, pixels: np.ndarray, labels: np.ndarray) -> np.ndarray:
        """Return for each network how many images `(N, rows, columns)` it reads as another class than `labels` say."""
        answers = [Committee([one]).probabilities(pixels).argmax(axis=1) for one in self.networks]
        return (np.array(answers) != labels).sum(axis=1)

    @cached_property
    def test_probabilities(self) -> np.ndarray:
        """The probabilities `(T, num_classes)` of the test images."""
        images, inputs, classes = self._data.test_images, self.networks[0].layer_sizes[0], len(self._data.label_names)
        there = math.prod(images.shape[1:]) + 1, classes
        if there != (inputs, self.networks[0].layer_sizes[-1]):
            raise ValueError(
                f"the test images of {data_name(self.directory)} have {there[0] - 1} pixels and {there[1]} classes; "
                f"these networks read {inputs - 1} pixels and know {self.networks[0].layer_sizes[-1]} classes"
            )
        return self._mean(images.reshape(len(images), -1))

    @property
    def labels(self) -> np.ndarray:
        """What the test images are, `(T,)` places among the classes."""
        return self._data.test_labels.astype(np.int64)

    @cached_property
    def answers(self) -> np.ndarray:
        """The most probable class of each test image, `(T,)`."""
        return self.test_probabilities.argmax(axis=1)

    @cached_property
    def wrong(self) -> np.ndarray:
        """The test images that are not recognised: where they are among all, ascending."""
        return np.flatnonzero(self.answers != self.labels)

    @property
    def test_error(self) -> Quantity:
        """The share of the test images that are not recognised, 0 to 1, written in %."""
        return Quantity(len(self.wrong) / len(self.answers), measure_of("test_error"))

    def below(self, limit: float) -> Judgement:
        """Judge that its test error lies below a limit, a share from 0 to 1."""
        verdict = Verdict.OPEN if self.why_not else Verdict.of(self.test_error < limit)
        what = f"test error below {limit:.2%}: committee of {self.title}"
        return Judgement(what, str(self.test_error), verdict, self.why_not)

    @property
    def _data(self) -> RawData:
        return read_files(self.directory)  # which keeps the last folder in memory

    def _mean(self, rows: np.ndarray) -> np.ndarray:
        """Return the mean probabilities of grey values `(N, num_pixels)`, a block of images at a time."""
        total = np.zeros((len(rows), self.networks[0].layer_sizes[-1]))
        for start in range(0, len(rows), EVALUATION_BLOCK):
            block = slice(start, start + EVALUATION_BLOCK)
            for network in self.networks:
                total[block] += network.forward(normalise(rows[block], *network.normalisation, network.dtype))
        return total / len(self.networks)


def committee(results: Runs, name: str) -> Committee:
    """Return the trained networks of all seeds of one experiment as a committee, on the data they were trained with.

    Those whose training diverged are not in it: `len` of it says how many are. Nothing is claimed of it then, nor of
    shortened trainings or fewer than six. Raises `ValueError` where there is none,
    where there are no results of that name, and where they come from several data sets.
    """
    runs = runs_of(results, name)
    trained = [run for run in runs if not run.diverged]
    if not trained:
        why = f"{counted(len(runs), 'training')}, all diverged" if runs else NOT_TRAINED
        raise ValueError(f"no networks of {name!r}: {why}; allowed: at least one that was trained")
    folders = sorted({str(run.directory) for run in trained})
    if len(folders) > 1:
        raise ValueError(f"the networks of {name!r} were trained on {' and '.join(folders)}; allowed: one data set")
    short = [run.experiment.config.max_epochs for run in trained if run.experiment.shortened]
    why_not = f"trainings of {counted(max(short), 'epoch')}" if short else ""
    if len(trained) < ENOUGH_SEEDS:
        why_not = counted(len(trained), "network")
    if len(trained) < len(runs):
        why_not = f"diverged trainings, {diverged_in(results, [name])}"
    networks = [run.model() for run in trained]
    return Committee(networks, trained[0].directory, name=trained[0].experiment.name, why_not=why_not)
