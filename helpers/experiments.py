"""The named experiments of Tasks 2 to 4, run over seeds, in parallel, each result stored as it arrives."""

import os
import sys
import time
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, fields, replace
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from threading import Thread

import numpy as np
from joblib import Parallel, cpu_count, delayed

from .cluster import run_on_cluster
from .environment import environment
from .interrupts import held_back
from .mnist import NUM_CLASSES, NUM_INPUTS, data_directory, read_files
from .progress import progress_bar
from .store import Store, result_key, source_hash
from .training import History, TrainingConfig
from .trials import Experiment, Result, run_trial

DEFAULT_SEEDS = 10
BAR = "{desc} |{bar}| {percentage:.0f} %, {elapsed} gone, {remaining} to go{postfix}"
CALLS_OF_A_LAYER = 10_000  # what a layer costs beside its products, in weights that would cost as much
RESULT_FORMAT = 2  # to be raised when the arrays that `_save` writes change

_PLAIN = TrainingConfig(learning_rate=0.1)
_MOMENTUM = TrainingConfig(learning_rate=0.02, momentum=0.9)
_SHORT = replace(_MOMENTUM, max_epochs=5, validations_per_epoch=1)
_TEN_LAYERS = (64,) * 10


def _task3(name: str, title: str, hidden_layers: tuple[int, ...], config: TrainingConfig = _MOMENTUM) -> Experiment:
    """Return an experiment with all the tricks of Task 3."""
    return Experiment(name, title, hidden_layers, "improved_sigmoid", "improved", config)


EXPERIMENTS = {
    experiment.name: experiment
    for experiment in (
        Experiment("2c", "baseline", (64,), "sigmoid", "uniform", _PLAIN),
        Experiment("3a", "+ improved weights", (64,), "sigmoid", "improved", _PLAIN),
        Experiment("3b", "+ improved sigmoid", (64,), "improved_sigmoid", "improved", _PLAIN),
        _task3("3c", "+ momentum", (64,)),
        _task3("4a", "32 units", (32,)),
        _task3("4b", "128 units", (128,)),
        _task3("4d", "60-60, matched parameters", (60, 60)),
        _task3("4d_32", "32-32, as first reported", (32, 32)),
        _task3("4e", "ten layers of 64", _TEN_LAYERS),
        _task3("4e_no_stopping", "ten layers, early stopping off", _TEN_LAYERS, replace(_MOMENTUM, patience=None)),
        # Only to show where the gradient goes, so five epochs are enough.
        Experiment("4e_sigmoid", "ten layers, plain sigmoid, 5 epochs", _TEN_LAYERS, "sigmoid", "improved", _SHORT),
        Experiment(
            "4e_uniform",
            "ten layers, plain sigmoid, uniform weights, 5 epochs",
            _TEN_LAYERS,
            "sigmoid",
            "uniform",
            _SHORT,
        ),
    )
}


class Results(dict[str, list[Result]]):
    """Results by experiment, one for each seed. interrupted: the user stopped the run, so that some are missing."""

    interrupted = False

    def __repr__(self) -> str:
        listed = ", ".join(f"{name}: {len(results)}" for name, results in self.items())
        return f"Results({listed}{', interrupted' if self.interrupted else ''})"


def run_experiments(
    names: Iterable[str] | str | None = None,
    seeds: int | Iterable[int] | None = None,
    *,
    workers: int | None = None,
    max_epochs: int | None = None,
    directory: str | os.PathLike | None = None,
    store: Store | None = None,
    progress: str | bool = "auto",
    scheduler: str | None = None,
) -> Results:
    """Return the results of the named experiments, one for each seed; train those that are not stored yet.

    names: of `EXPERIMENTS`; all of them unless given.
    seeds: how many, or which; `$SEEDS` or 10 unless given. Each draws its own split, initial weights and batch order.
    workers: processes that train at the same time; one for each core unless given. The results do not depend on it.
    max_epochs: a shorter training than the experiment's own, to try things out; `$EPOCHS` does the same.
    directory: of the data set, as for `load_mnist`. store: where results are kept.
    scheduler: address of a Dask cluster that trains instead of this machine, `tcp://host:port`; `$SCHEDULER` does the
        same. The numbers are the same too, given the same processors.

    What is finished is stored at once, so an interrupted run goes on where it was. An interrupt (Ctrl-C, a kernel's
    stop button) ends the run with `interrupted=True` and the results there are.
    Raises `ValueError` for unknown names or bad numbers, and what `load_mnist`, `Store.save` and `run_on_cluster`
    raise.
    """
    return run_over_seeds(
        [_experiment(name) for name in _chosen_names(names)],
        seeds,
        workers=workers,
        max_epochs=max_epochs,
        directory=directory,
        store=store,
        progress=progress,
        scheduler=scheduler,
    )


def run_over_seeds(
    experiments: Sequence[Experiment],
    seeds: int | Iterable[int] | None = None,
    *,
    workers: int | None = None,
    max_epochs: int | None = None,
    directory: str | os.PathLike | None = None,
    store: Store | None = None,
    progress: str | bool = "auto",
    scheduler: str | None = None,
    keep: Callable[[Result], object] = lambda result: result,
) -> Results:
    """Do what `run_experiments` says, for any experiments of different names.

    keep: of each result, what stays in memory and is returned.
    """
    chosen = [_limited(experiment, max_epochs) for experiment in experiments]
    if workers is not None and not _is_count(workers):
        raise ValueError(f"workers is {workers!r}; allowed: an integer from 1, or None for one for each core")
    if store is not None and not isinstance(store, Store):
        raise ValueError(f"store is {store!r}; allowed: a Store, for example Store({str(store)!r}), or None")
    scheduler = scheduler or os.environ.get("SCHEDULER")
    if scheduler and workers:
        raise ValueError(f"workers is {workers}, but the scheduler {scheduler} has its own; allowed: only one of them")
    seeds = _chosen_seeds(seeds)
    directory = data_directory(directory)
    store = store or Store()
    common = {
        "format": RESULT_FORMAT,
        "data": read_files(directory).fingerprint,
        "source": source_hash(),
        "numpy": np.__version__,
    }
    paths = {
        (experiment.name, seed): store.path(experiment.name, seed, _key(experiment, seed, common))
        for experiment in chosen
        for seed in seeds
    }
    loaded = {run: keep(stored) if (stored := _load(store, path)) else None for run, path in paths.items()}
    missing = [run for run, result in loaded.items() if result is None]
    jobs = _jobs([(experiment, seed) for experiment in chosen for seed in seeds if (experiment.name, seed) in missing])
    by_name = {experiment.name: experiment for experiment in chosen}
    if jobs:
        store.prepare()
    arriving, interrupted = None, False
    with progress_bar(sum(_cost(group) for group, _ in jobs), "training", progress, bar_format=BAR) as bar:
        try:
            with held_back():  # a terminal's Ctrl-C goes to the workers too; this process is the one that ends them
                arriving = _arriving(jobs, directory, workers, scheduler)
            for results in arriving:
                for result in results:
                    run = result.experiment, result.seed
                    _save(store, paths[run], result, common)
                    loaded[run] = keep(result)
                missing = [run for run in missing if loaded[run] is None]
                bar.set_postfix_str(f"{len(missing)} networks to go", refresh=False)
                bar.update(_cost([by_name[result.experiment] for result in results]))
        except KeyboardInterrupt:
            interrupted = True
        finally:
            if arriving is not None:
                with warnings.catch_warnings(action="ignore"):  # of trainings that are broken off, which is meant
                    arriving.close()
    finished = {name: [r for seed in seeds if (r := loaded[name, seed]) is not None] for name in by_name}
    results = Results(finished)
    results.interrupted = interrupted
    if interrupted:
        left = f"{len(missing)} of {len(paths)} results are missing"
        print(f"interrupted; {left}; the finished ones are stored, the next run goes on from there", file=sys.stderr)
    return results


def _arriving(
    jobs: Sequence[tuple], directory: Path, workers: int | None, scheduler: str | None
) -> Iterator[list[Result]]:
    """Yield the results of every training as it ends, on this machine or on a cluster."""
    if scheduler and jobs:
        return run_on_cluster(_train, jobs, directory, scheduler)
    parallel = Parallel(
        n_jobs=min(workers or cpu_count(), len(jobs) or 1),
        return_as="generator_unordered",
        initializer=_end_with_this_process,
        initargs=(os.getpid(), source_hash()),
    )
    return parallel(delayed(_train)(group, seed, directory) for group, seed in jobs)


def _end_with_this_process(main: int, source: str) -> None:
    """Let a worker end when the process that started it was killed; else it would wait for it for good.

    source: hash of the code. Where it changes joblib starts new workers; idle ones would go on with the old code.
    """

    def watch() -> None:
        while os.getppid() == main:
            time.sleep(1)
        os._exit(1)

    Thread(target=watch, daemon=True).start()


def _train(group: Sequence[Experiment], seed: int, directory: Path) -> list[Result]:
    """Run one training, in whatever process, and note when and with what it was done."""
    results = run_trial(group, seed, directory)
    now = datetime.now(UTC).isoformat(sep=" ", timespec="minutes").removesuffix("+00:00")
    return [replace(result, trained_at=now, environment=environment()) for result in results]


def _jobs(runs: Sequence[tuple[Experiment, int]]) -> list[tuple[list[Experiment], int]]:
    """Group the runs that one training serves, equal but for patience and seed by seed; longest trainings first."""
    groups: dict[tuple, list[Experiment]] = {}
    for experiment, seed in runs:
        network = replace(experiment, name="", config=replace(experiment.config, patience=None))
        groups.setdefault((network, seed), []).append(experiment)

    jobs = [(group, seed) for (_, seed), group in groups.items()]
    return sorted(jobs, key=lambda job: _cost(job[0]), reverse=True)


def _cost(group: Sequence[Experiment]) -> int:
    """Return about how long a group's one training takes, in no unit; early stopping may make it shorter."""
    layers = group[0].hidden_layers
    return group[0].config.max_epochs * (num_parameters(layers) + CALLS_OF_A_LAYER * len(layers))


def num_parameters(hidden_layers: Sequence[int]) -> int:
    """Return the number of weights of a network with these hidden layers, bias column included, on MNIST."""
    return sum(a * b for a, b in pairwise([NUM_INPUTS, *hidden_layers, NUM_CLASSES]))


def _key(experiment: Experiment, seed: int, common: dict[str, object]) -> str:
    settings = asdict(experiment)
    del settings["title"]
    return result_key(experiment=settings, seed=seed, **common)


def _save(store: Store, path: Path, result: Result, common: dict[str, object]) -> None:
    arrays = {f.name: getattr(result, f.name) for f in fields(Result) if f.name != "history"}
    arrays |= {f"history.{f.name}": getattr(result.history, f.name) for f in fields(History)}
    store.save(path, arrays, common | {"experiment": result.experiment, "seed": result.seed})


def _load(store: Store, path: Path) -> Result | None:
    stored = store.load(path)
    if stored is None:
        return None
    arrays, _ = stored
    history = History(**{f.name: _value(arrays[f"history.{f.name}"]) for f in fields(History)})
    values = {f.name: _value(arrays[f.name]) for f in fields(Result) if f.name != "history"}
    pairs = {name: tuple(values[name].tolist()) for name in ("train", "validation", "test")}
    return Result(**(values | pairs), history=history)


def _value(array: np.ndarray) -> object:
    """Return arrays as they are and numbers, truths and texts as Python's own."""
    return array.item() if array.ndim == 0 else array


def _limited(experiment: Experiment, max_epochs: int | None) -> Experiment:
    if max_epochs is None and "EPOCHS" in os.environ:
        max_epochs = positive_integer("EPOCHS", os.environ["EPOCHS"])
    if max_epochs is None:
        return experiment
    if not _is_count(max_epochs):
        raise ValueError(f"max_epochs is {max_epochs!r}; allowed: an integer from 1, or None for each experiment's own")
    config = replace(experiment.config, max_epochs=min(max_epochs, experiment.config.max_epochs))
    return replace(experiment, config=config)


def _experiment(name: str) -> Experiment:
    if name not in EXPERIMENTS:
        raise ValueError(f"no experiment is called {name!r}; there are: {', '.join(EXPERIMENTS)}")
    return EXPERIMENTS[name]


def _chosen_names(names: Iterable[str] | str | None) -> list[str]:
    if names is None:
        return list(EXPERIMENTS)
    if isinstance(names, str):
        return [names]
    if not isinstance(names, Iterable):
        raise ValueError(f"names is {names!r}; allowed: some of {', '.join(EXPERIMENTS)}, or None for all")
    return list(dict.fromkeys(names))


def _chosen_seeds(seeds: int | Iterable[int] | None) -> list[int]:
    if seeds is None:
        seeds = positive_integer("SEEDS", os.environ.get("SEEDS", str(DEFAULT_SEEDS)))
    which = range(seeds) if _is_count(seeds) else tuple(seeds) if isinstance(seeds, Iterable) else ()
    if not which or not all(_is_count(seed) or (seed == 0 and not isinstance(seed, bool)) for seed in which):
        raise ValueError(f"seeds is {seeds!r}; allowed: how many (from 1), or which (integers from 0)")
    return [int(seed) for seed in dict.fromkeys(which)]


def _is_count(value: object) -> bool:
    return isinstance(value, int | np.integer) and not isinstance(value, bool) and value >= 1


def positive_integer(name: str, text: str) -> int:
    """Return the number that a setting's text holds. Raises `ValueError`, which names it, for any other."""
    if not text.isdecimal() or int(text) < 1:
        raise ValueError(f"{name} is {text!r}; allowed: an integer from 1")
    return int(text)
