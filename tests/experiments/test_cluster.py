"""Trainings on a real Dask cluster of scheduler and workers on this machine; `make test-cluster` runs this."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from small_experiments import BASE, same_results

from helpers import run_experiments
from helpers.data.mnist_files import read_files
from helpers.experiments import cluster as cluster_module
from helpers.experiments import runner
from helpers.experiments.cluster import ClusterError
from helpers.experiments.store import Store

distributed = pytest.importorskip("distributed", reason="Dask is not installed: `make test-cluster` installs it")

pytestmark = pytest.mark.usefixtures("clean_environment")

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 60  # seconds until a test gives up on a condition
QUIET = ("--no-dashboard", "--dashboard-address", "127.0.0.1:0")  # what serves the dashboard is there all the same
SEEDS = 3
EXPERIMENTS = {
    experiment.name: experiment
    for experiment in (
        BASE.variant("wide", hidden_layers=(12,), patience=None),
        BASE.variant("deep", hidden_layers=(6, 5, 4), activation="sigmoid", max_epochs=2, patience=None),
        BASE.variant("restless", hidden_layers=(12,), patience=2),
    )
}


def wait_until(condition, what):
    """Wait until a condition holds and return its value; fail if it takes too long."""
    end = time.monotonic() + PATIENCE
    while not (value := condition()):
        assert time.monotonic() < end, f"waited {PATIENCE} s in vain until {what}"
        time.sleep(0.01)
    return value


class Cluster:
    """A scheduler on a free port of this machine and the workers that a test adds."""

    def __init__(self, folder):
        self.folder, self.processes = folder, []
        announcement = folder / "scheduler.json"
        options = ("--host", "127.0.0.1", "--port", "0", *QUIET, "--scheduler-file", announcement)
        self.scheduler = self._start("distributed.cli.dask_scheduler", *options)
        self.address = wait_until(lambda: self._announced(announcement), "the scheduler says where it is")

    def add_worker(self, code=ROOT, threads=1):
        """Start a worker with the package of a folder and wait until the scheduler knows it; return its process."""
        name = f"worker{len(self.processes)}"
        kind = ("--name", name, "--nthreads", threads, "--local-directory", self.folder)
        options = ("--host", "127.0.0.1", "--no-nanny", *QUIET, *kind)
        worker = self._start("distributed.cli.dask_worker", self.address, *options, PYTHONPATH=code)
        wait_until(lambda: name in self.names(), "the worker is there")
        return worker

    def names(self):
        with self.client() as client:
            return {worker["name"] for worker in client.scheduler_info(n_workers=-1)["workers"].values()}

    def client(self):
        return distributed.Client(self.address, set_as_default=False)

    def _start(self, module, *options, **environment):
        with open(self.folder / f"log{len(self.processes)}.txt", "w") as log:
            process = subprocess.Popen(  # noqa: S603
                [sys.executable, "-m", module, *map(str, options)],
                cwd=self.folder,
                env={key: str(value) for key, value in {**os.environ, **environment}.items()},
                stdout=log,
                stderr=log,
            )
        self.processes.append(process)
        return process

    def _announced(self, path):
        try:
            return json.loads(path.read_text())["address"]
        except (OSError, ValueError):  # not there yet, or not whole
            return None

    def end(self):
        for process in self.processes:
            process.kill()
            process.wait()


@pytest.fixture
def cluster(tmp_path):
    """A scheduler without workers."""
    folder = tmp_path / "cluster"
    folder.mkdir()
    cluster = Cluster(folder)
    yield cluster
    cluster.end()


@pytest.fixture
def run(many_squares, monkeypatch):
    """Function: `run_experiments` on the small experiments and data."""
    monkeypatch.setattr(runner, "EXPERIMENTS", EXPERIMENTS)

    def run(**options):
        return run_experiments(**({"seeds": SEEDS, "directory": many_squares, "progress": False} | options))

    return run


@pytest.fixture
def local(run, tmp_path):
    """What this machine computes."""
    return run(workers=1, store=Store(tmp_path / "local"))


@pytest.fixture
def altered(tmp_path):
    """Function: a copy of the package with some more code in one of its modules."""

    def altered(code="# changed\n", module="network/activations.py"):
        for name in ("helpers", "nbtypst"):
            shutil.copytree(ROOT / name, tmp_path / "copy" / name, ignore=shutil.ignore_patterns("__pycache__"))
        with open(tmp_path / "copy" / "helpers" / module, "a") as file:
            file.write(code)
        return tmp_path / "copy"

    return altered


class StoreThatDoes(Store):
    """A store that calls a function when it has saved its first result; counts what it saves."""

    def __init__(self, directory, action):
        super().__init__(directory)
        self.action, self.saved = action, []

    def save(self, result, common):
        super().save(result, common)
        self.saved.append((result.experiment.name, result.seed))
        if len(self.saved) == 1:
            self.action()


def transitions(cluster):
    """What became of every training on the cluster: (key, state before, state after)."""
    with cluster.client() as client:
        log = client.run_on_scheduler(lambda dask_scheduler: [entry[:3] for entry in dask_scheduler.transition_log])
    return [entry for entry in log if str(entry[0]).startswith("_checked")]


@pytest.mark.parametrize("workers", [1, 2])
def test_a_cluster_gives_the_bits_of_this_machine_and_trains_nothing_here(workers, cluster, run, local, monkeypatch):
    monkeypatch.setattr(runner, "run_on_this_machine", None)
    monkeypatch.setenv("SCHEDULER", cluster.address)
    for _ in range(workers):
        cluster.add_worker()
    same_results(run(), local)

    cluster.end()
    same_results(run(), local)  # from the store, which needs no cluster


def test_code_of_ones_own_goes_along_to_workers_that_do_not_have_it(cluster, run, tmp_path, monkeypatch):
    folder = tmp_path / "own"
    folder.mkdir()
    (folder / "own_tricks.py").write_text("def halved(progress):\n    return 0.5**progress\n")
    monkeypatch.syspath_prepend(folder)
    import own_tricks

    cluster.add_worker()
    own = BASE.variant("own", schedule=own_tricks.halved, activation="relu")
    there = run(names=[own], seeds=1, scheduler=cluster.address, store=Store(tmp_path / "there"))
    here = run(names=[own], seeds=1, store=Store(tmp_path / "here"))
    same_results(there, here)
    assert there["own"][0].experiment is own


def test_a_worker_killed_in_mid_run_costs_only_its_unfinished_trainings(cluster, run, local, tmp_path):
    workers = [cluster.add_worker() for _ in range(2)]
    unfinished, lost = set(), set()

    def kill_a_busy_worker():
        with cluster.client() as client:
            addresses = {process: address for address, process in client.run(os.getpid).items()}
            address = wait_until(lambda: next((w for w, k in client.processing().items() if k), None), "one trains")
            victim = next(worker for worker in workers if addresses[worker.pid] == address)
            victim.send_signal(signal.SIGSTOP)
            wait_until(lambda: Path(f"/proc/{victim.pid}/stat").read_text().split()[2] == "T", "it has stopped")
        with cluster.client() as client:
            unfinished.update(client.processing()[address])
            lost.update(unfinished, client.has_what()[address])
        victim.send_signal(signal.SIGKILL)
        victim.wait()

    store = StoreThatDoes(tmp_path / "results", kill_a_busy_worker)
    results = run(scheduler=cluster.address, store=store)
    same_results(results, local)
    assert len(store.saved) == len(set(store.saved)) == len(EXPERIMENTS) * SEEDS

    entries = transitions(cluster)
    begun = [key for key, _, after in entries if after == "processing"]
    again = {key for key in begun if begun.count(key) > 1}
    assert len(set(begun)) == 2 * SEEDS  # two of the three experiments share a training
    assert set() < unfinished <= again <= lost  # `lost` has also what was finished there, but not yet fetched


def test_results_are_stored_as_they_arrive_and_a_lost_scheduler_is_an_error(cluster, run, local, tmp_path):
    cluster.add_worker()
    store = StoreThatDoes(tmp_path / "results", cluster.scheduler.kill)
    with pytest.raises(ClusterError, match=r"scheduler at tcp://127.0.0.1:\d+ is gone; what arrived before is stored"):
        run(scheduler=cluster.address, store=store)
    assert 0 < len(store.saved) < len(EXPERIMENTS) * SEEDS
    same_results(run(workers=1), local)  # goes on with them


def test_an_interrupt_keeps_what_is_finished_and_leaves_the_cluster_idle(cluster, run, local, tmp_path):
    cluster.add_worker()

    def interrupt():
        raise KeyboardInterrupt

    results = run(scheduler=cluster.address, store=StoreThatDoes(tmp_path / "results", interrupt))
    assert results.interrupted
    with cluster.client() as client:
        wait_until(lambda: not any(client.processing().values()), "the cluster has nothing to do")
    same_results(run(scheduler=cluster.address), local)


def test_a_worker_with_other_code_is_named_before_anything_runs(cluster, run, altered, tmp_path):
    cluster.add_worker()
    copy = altered()
    cluster.add_worker(code=copy)
    with pytest.raises(ClusterError) as raised:
        run(scheduler=cluster.address)
    first, remedy = str(raised.value).splitlines()  # only one of the two differs
    assert first.startswith("worker tcp://127.0.0.1:")
    assert "source of the numeric modules: " in first
    assert "NumPy" not in first
    assert "start it anew" in remedy
    assert not list((tmp_path / "results").glob("*"))
    assert transitions(cluster) == []

    shutil.copy(ROOT / "helpers" / "network" / "activations.py", copy / "helpers" / "network")
    with pytest.raises(ClusterError, match="source of the numeric modules"):
        run(scheduler=cluster.address)  # the worker still has the old code in memory


def test_a_worker_with_other_code_that_comes_later_ends_the_run(cluster, run, altered, tmp_path):
    first = cluster.add_worker()

    def exchange_the_worker():
        first.kill()
        cluster.add_worker(code=altered())

    with pytest.raises(ClusterError, match=r"worker tcp://127.0.0.1:\d+ differs. source of the numeric modules: "):
        run(scheduler=cluster.address, store=StoreThatDoes(tmp_path / "results", exchange_the_worker))


def test_a_worker_without_this_package_is_named(cluster, run, tmp_path):
    (tmp_path / "other" / "helpers").mkdir(parents=True)
    (tmp_path / "other" / "helpers" / "__init__.py").write_text("raise ImportError('another helpers')")
    cluster.add_worker(code=tmp_path / "other")
    with pytest.raises(ClusterError, match=r"worker tcp://127.0.0.1:\d+ does not run this code: .*another helpers"):
        run(scheduler=cluster.address)


@pytest.mark.parametrize(
    ("what", "code"),
    [
        ("Python: 3.8", "\nplatform.python_version_tuple = lambda: ['3', '8']\n"),
        ("NumPy: 1.0.0", "\nimport types\n\nnp = types.SimpleNamespace(__version__='1.0.0')\n"),
    ],
)
def test_a_worker_with_other_versions_is_named(what, code, cluster, run, altered):
    cluster.add_worker(code=altered(code, "experiments/cluster.py"))
    with pytest.raises(ClusterError, match=rf"worker tcp://127.0.0.1:\d+ differs. {what} there, \d.* here"):
        run(scheduler=cluster.address)


def test_a_worker_that_sees_other_data_or_none_is_named(cluster, run, many_squares, tmp_path, write_data, draw_images):
    cluster.add_worker()
    data = shutil.copytree(many_squares, tmp_path / "data")
    read_files(data)
    shutil.rmtree(data)
    with pytest.raises(ClusterError, match=rf"data in {data}: not readable \(.*\) there, [0-9a-f]+ here"):
        run(scheduler=cluster.address, directory=data)

    shutil.copytree(many_squares, data)
    run(names="deep", seeds=1, scheduler=cluster.address, directory=data)  # the worker now has them in memory
    write_data(data, draw_images(30_000, seed=7), draw_images(300, seed=1))
    read_files.cache_clear()
    with pytest.raises(ClusterError, match=rf"data in {data}: [0-9a-f]+ there, [0-9a-f]+ here"):
        run(scheduler=cluster.address, directory=data)


def test_the_embedded_data_are_each_worker_s_own(cluster, run, altered, tmp_path, monkeypatch):
    copy = altered("")
    shutil.copytree(ROOT / "data", copy / "data")
    with monkeypatch.context() as patch:
        patch.setenv("MNIST_DIR", str(tmp_path))
        cluster.add_worker(code=copy)
    monkeypatch.setitem(EXPERIMENTS, "wide", EXPERIMENTS["wide"].limited(1))
    options = {"names": "wide", "seeds": 1, "directory": None}
    there = run(**options, scheduler=cluster.address)
    same_results(there, run(**options, workers=1, store=Store(tmp_path / "here")))


def test_a_worker_with_several_threads_is_named(cluster, run):
    cluster.add_worker(threads=2)
    with pytest.raises(ClusterError, match="threads of a worker: 2 there, 1 here"):
        run(scheduler=cluster.address)


def test_the_bytes_of_a_stranger_on_the_ports_stop_no_run(cluster, run, local):
    cluster.add_worker()
    with cluster.client() as client:
        addresses = [cluster.address, *client.scheduler_info(n_workers=-1)["workers"]]
    for junk in (b"", b"GET / HTTP/1.1\r\n\r\n", b"\xff" * 5000, (1 << 62).to_bytes(8, "little") + b"x"):
        for address in addresses:
            host, port = address.removeprefix("tcp://").split(":")
            with socket.create_connection((host, int(port))) as stranger:
                stranger.sendall(junk)
    same_results(run(scheduler=cluster.address), local)


def test_workers_listen_at_the_address_alone_by_which_they_reach_the_scheduler():
    command = ["make", "--dry-run", "--no-print-directory", "worker", "SCHEDULER=tcp://localhost:8786"]
    lines = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout  # noqa: S603
    given = re.search(r"--host \$\(\S+ (-c .*?)\)\s", lines)[1]
    found = subprocess.run(f"{sys.executable} {given}", shell=True, capture_output=True, text=True, check=True)  # noqa: S602
    assert found.stdout == "127.0.0.1\n"


def test_a_cluster_without_workers_is_an_error(cluster, run, monkeypatch):
    monkeypatch.setattr(cluster_module, "TIMEOUT", 1)
    with pytest.raises(ClusterError, match="has no worker; start one"):
        run(scheduler=cluster.address)


def test_an_unreachable_scheduler_is_an_error_and_nothing_is_trained_here(run, tmp_path):
    with socket.socket() as taken:  # a port at which nobody listens
        taken.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{taken.getsockname()[1]}"
        start = time.monotonic()
        with pytest.raises(ClusterError, match=f"no Dask scheduler answers at {address} .*; nothing was trained"):
            run(scheduler=address)
    assert time.monotonic() - start < 20
    assert not list((tmp_path / "results").glob("*"))


@pytest.mark.parametrize("address", ["127.0.0.1", "127.0.0.1:8786", "http://127.0.0.1:8786", "tcp://127.0.0.1"])
def test_what_is_no_address_is_an_error(address, run):
    with pytest.raises(ValueError, match="allowed: an address of the form tcp://host:8786"):
        run(scheduler=address)


def test_make_pdf_says_in_one_line_that_no_scheduler_answers(tmp_path):
    command = [sys.executable, "-m", "helpers"]
    environment = {**os.environ, "SCHEDULER": "tcp://127.0.0.1:1", "SEEDS": "1", "EPOCHS": "1"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=PATIENCE)  # noqa: S603
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.startswith("no report was written: no Dask scheduler answers at ")
    assert len(done.stderr.splitlines()) == 1
    assert not list((tmp_path / "results").glob("*"))


def test_without_dask_the_error_says_how_to_install_it(run, monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(ClusterError, match=r"not installed; .*requirements-cluster.txt"):
        run(scheduler="tcp://127.0.0.1:1")
