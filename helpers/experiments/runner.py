"""Experiments over seeds: what is stored is loaded, what is missing is trained and stored as it arrives."""

import os
import sys
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from ..common.checks import check, is_integer
from ..common.progress import progress_bar
from ..data.mnist import data_directory
from ..data.mnist_files import read_files
from ..settings import setting
from .cluster import run_on_cluster
from .experiment import Experiment
from .interrupts import held_back
from .jobs import Job, jobs_for
from .keys import common_determinants
from .result import Result, Results
from .store import Store
from .table import EXPERIMENTS, name_of
from .trial import run_job
from .workers import run_on_this_machine

BAR = "{desc} |{bar}| {percentage:.0f} %, {elapsed} gone, {remaining} to go{postfix}"

Wanted = Iterable[str | Experiment] | str | Experiment | None
Seeds = int | Iterable[int] | None
Run = tuple[Experiment, int]
Found = dict[tuple[str, int], Result]


def run_experiments(
    names: Wanted = None,
    seeds: Seeds = None,
    *,
    workers: int | None = None,
    max_epochs: int | None = None,
    directory: str | os.PathLike | None = None,
    store: Store | None = None,
    progress: str | bool = "auto",
    scheduler: str | None = None,
    keep: Callable[[Result], object] = lambda result: result,
    callback: Callable[[Results], object] | None = None,
) -> Results:
    """Return the results of experiments, one for each seed; train those that are not stored yet.

    names: of `EXPERIMENTS`, or experiments of your own; all of the table unless given.
    seeds: how many, or which; `$SEEDS`, or as many as each experiment asks for, unless given. Each draws its own
        split, initial weights and batch order.
    workers: processes that train at the same time; one for each core unless given. The results do not depend on it.
    max_epochs: a shorter training than the experiment's own, to try things out; `$EPOCHS` does the same.
    directory: of the data set, as for `load_mnist`. store: where results are kept.
    scheduler: address of a Dask cluster that trains instead of this machine, `tcp://host:port`; `$SCHEDULER` does the
        same. The numbers are the same too, given the same processors.
    keep: of each result, what stays in memory and is returned.
    callback: called with the results so far whenever a training has ended, seed by seed; never if all are stored.

    What is finished is stored at once, so an interrupted run goes on where it was. An interrupt (Ctrl-C, a kernel's
    stop button) ends the run with `interrupted=True` and the results there are.
    Raises `ValueError` for unknown names or bad numbers, and what `load_mnist`, `Store.save` and `run_on_cluster`
    raise.
    """
    experiments = chosen_experiments(names, max_epochs)
    runs = chosen_runs(experiments, seeds)
    scheduler = scheduler or setting("SCHEDULER")
    check(
        "workers", workers, workers is None or is_integer(workers), "an integer from 1, or None for one for each core"
    )
    if scheduler and workers:
        raise ValueError(f"workers is {workers}, but the scheduler {scheduler} has its own; allowed: only one of them")
    store, data = _store(store), data_directory(directory)
    common = common_determinants(read_files(data).fingerprint)
    stored = store.load_all(runs, common, data)
    found = {(result.experiment.name, result.seed): keep(result) for result in stored}
    missing = [(experiment, seed) for experiment, seed in runs if (experiment.name, seed) not in found]

    by_name = {experiment.name: experiment for experiment in experiments}

    def begin(jobs: Sequence[Job]) -> Iterator[list[Result]]:
        if scheduler:
            return run_on_cluster(run_job, jobs, data, scheduler)
        return run_on_this_machine(jobs, data, workers)

    def arrived(result: Result) -> None:
        asked = by_name[result.experiment.name]  # not the copy that another process worked on
        result = replace(result, experiment=asked, directory=data)  # on another machine the data may lie elsewhere
        store.save(result, common)
        found[result.experiment.name, result.seed] = keep(result)
        if callback is not None:
            callback(_by_experiment(experiments, runs, found))

    interrupted = bool(missing) and _train(missing, store, begin, arrived, progress)
    if interrupted:
        left = f"{len(runs) - len(found)} of {len(runs)} results are missing"
        print(f"interrupted; {left}; the finished ones are stored, the next run goes on from there", file=sys.stderr)
    return _by_experiment(experiments, runs, found, interrupted)


def load_results(
    names: Wanted = None,
    seeds: Seeds = None,
    *,
    max_epochs: int | None = None,
    directory: str | os.PathLike | None = None,
    store: Store | None = None,
) -> Results:
    """Return what is stored of experiments, and train nothing; the arguments are those of `run_experiments`.

    What is missing is said in one line.
    """
    experiments = chosen_experiments(names, max_epochs)
    runs = chosen_runs(experiments, seeds)
    store, data = _store(store), data_directory(directory)
    stored = store.load_all(runs, common_determinants(read_files(data).fingerprint), data)
    found = {(result.experiment.name, result.seed): result for result in stored}
    missing = dict.fromkeys(experiment.name for experiment, seed in runs if (experiment.name, seed) not in found)
    if missing:
        print(f"{len(runs) - len(found)} of {len(runs)} results are not trained yet, of {', '.join(missing)}")
    return _by_experiment(experiments, runs, found)


def chosen_experiments(names: Wanted, max_epochs: int | None = None) -> list[Experiment]:
    """Return the experiments that are named or given, each once, limited to `max_epochs` or `$EPOCHS`.

    Raises `ValueError` for unknown names, for two experiments of one name, and for what is neither.
    """
    if max_epochs is None:
        max_epochs = setting("EPOCHS")
    allowed = "an integer from 1, or None for each experiment's own"
    check("max_epochs", max_epochs, max_epochs is None or is_integer(max_epochs), allowed)
    wanted = EXPERIMENTS if names is None else [names] if isinstance(names, str | Experiment) else names
    listed = f"some of {', '.join(EXPERIMENTS)}, experiments of your own, or None for all of these names"
    check("names", names, isinstance(wanted, Iterable), listed)
    chosen: dict[str, Experiment] = {}
    for one in wanted:
        named = EXPERIMENTS.get(name_of(one)) if isinstance(one, str) else None
        experiment = one if isinstance(one, Experiment) else named
        if experiment is None:
            raise ValueError(f"no experiment is called {one!r}; there are: {', '.join(EXPERIMENTS)}")
        if chosen.setdefault(experiment.name, experiment) != experiment:
            raise ValueError(f"two different experiments are called {experiment.name!r}; give one another name")
    return [experiment.limited(max_epochs) for experiment in chosen.values()]


def chosen_runs(experiments: Sequence[Experiment], seeds: Seeds = None) -> list[Run]:
    """Return each experiment with each of its seeds: those that are meant, `$SEEDS`, or as many as it asks for.

    Raises `ValueError` for what is no number of seeds and no seeds.
    """
    if seeds is None:
        seeds = setting("SEEDS") or slice(0, None)
    if isinstance(seeds, slice):  # from a first one on, as many as each asks for
        return [(one, seed) for one in experiments for seed in range(seeds.start, seeds.start + one.seeds)]
    which = range(seeds) if is_integer(seeds) else tuple(seeds) if isinstance(seeds, Iterable) else ()
    fits = bool(which) and all(is_integer(seed, 0) for seed in which)
    check("seeds", seeds, fits, "how many (from 1), or which (integers from 0)")
    return [(experiment, int(seed)) for experiment in experiments for seed in dict.fromkeys(which)]


def _store(store: Store | None) -> Store:
    fits = store is None or isinstance(store, Store)
    check("store", store, fits, f"a Store, for example Store({str(store)!r}), or None")
    return store or Store()


def _train(
    missing: Sequence[Run],
    store: Store,
    begin: Callable[[Sequence[Job]], Iterator[list[Result]]],
    arrived: Callable[[Result], None],
    progress: str | bool,
) -> bool:
    """Train what is missing and hand over each result; return whether the user interrupted it."""
    store.prepare()
    jobs, left, arriving = jobs_for(missing), len(missing), None
    costs = {(experiment.name, job.seed): job.cost for job in jobs for experiment in job.experiments}
    with progress_bar(sum(job.cost for job in jobs), "training", progress, bar_format=BAR) as bar:
        try:
            with held_back():  # a terminal's Ctrl-C goes to the workers too; this process is the one that ends them
                arriving = begin(jobs)
            for results in arriving:
                for result in results:
                    arrived(result)
                left -= len(results)
                bar.set_postfix_str(f"{left} networks to go", refresh=False)
                bar.update(costs[results[0].experiment.name, results[0].seed])
        except KeyboardInterrupt:
            return True
        finally:
            if arriving is not None:
                with warnings.catch_warnings(action="ignore"):  # of trainings that are broken off, which is meant
                    arriving.close()
    return False


def _by_experiment(
    experiments: Sequence[Experiment], runs: Iterable[Run], found: Found, interrupted: bool = False
) -> Results:
    of: dict[str, list] = {experiment.name: [] for experiment in experiments}
    for experiment, seed in runs:
        if (experiment.name, seed) in found:
            of[experiment.name].append(found[experiment.name, seed])
    return Results(experiments, of, interrupted)
