"""What the fault tests share: the program as a real process of its own group, and small sweeps.

`make test-faults` runs them. They cause each fault for real, so they take minutes and want Linux.
"""

import os
import re
import secrets
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from helpers.experiments.keys import RESULT_FORMAT
from helpers.experiments.store import Store
from helpers.settings import SETTINGS

ROOT = Path(__file__).resolve().parents[2]
FAULTS = Path(__file__).resolve().parent
MARK = "FAULT_TEST"  # an environment variable that every process of a run inherits
UNSET = (*SETTINGS, "PYTEST_CURRENT_TEST")
PATIENCE = 120  # seconds until a test gives up on a condition

if sys.platform != "linux":
    collect_ignore_glob = ["test_*.py"]  # /proc, process groups and mounts: use a Linux machine


def processes_with(variable):
    """Return {process id: command line} of every living process in whose environment "NAME=value" stands."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if variable.encode() in (folder / "environ").read_bytes().split(b"\0"):
                found[int(folder.name)] = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:  # gone meanwhile, or another user's
            continue
    return found


class Run:
    """A command running in a process group of its own, with all that it starts.

    cwd: the project unless given. Variables that are `None` are not set.
    """

    def __init__(self, *command, cwd=ROOT, user=None, preexec_fn=None, **environment):
        self.mark = secrets.token_hex(8)
        variables = {name: value for name, value in os.environ.items() if name not in UNSET}
        variables |= {MARK: self.mark, "PYTHONPATH": os.pathsep.join((str(cwd), str(FAULTS)))} | environment

        def prepare():
            signal.signal(signal.SIGINT, signal.SIG_DFL)  # tests that run in the background inherit it ignored
            if preexec_fn:
                preexec_fn()

        as_user = ["setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups"] if user else []
        self.process = subprocess.Popen(  # noqa: S603
            [*as_user, sys.executable, *map(str, command)],
            cwd=cwd,
            env={name: str(value) for name, value in variables.items() if value is not None},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            start_new_session=True,
            preexec_fn=prepare,
        )

    def wait(self, timeout=PATIENCE):
        """Return (exit status, stdout, stderr) when all output has come."""
        output, errors = self.process.communicate(timeout=timeout)
        return self.process.returncode, output, errors

    def signal(self, number):
        """Send a signal to the whole group, as a terminal does."""
        os.killpg(self.process.pid, number)

    def family(self):
        """Return {process id: command line} of every living process that this run started, itself included."""
        return processes_with(f"{MARK}={self.mark}")

    def end(self):
        """Kill whatever is left of the run; return what it was."""
        left = self.family()
        for process in left:
            try:
                os.kill(process, signal.SIGKILL)
            except ProcessLookupError:
                continue
        if self.process.poll() is None:
            self.process.wait(PATIENCE)
        for stream in (self.process.stdout, self.process.stderr):
            stream.close()
        return left


@pytest.fixture
def start():
    """Function: start a `Run`; whatever is left of it is killed at the end of the test."""
    runs = []

    def start(*command, **options):
        runs.append(Run(*command, **options))
        return runs[-1]

    yield start
    for run in runs:
        run.end()


def wait_until(condition, what, timeout=PATIENCE):
    """Wait until a condition holds and return its value; fail if it takes too long."""
    end = time.monotonic() + timeout
    while not (value := condition()):
        assert time.monotonic() < end, f"waited {timeout} s in vain until {what}"
        time.sleep(0.01)
    return value


@pytest.fixture(scope="session")
def squares(tmp_path_factory, write_data, draw_images):
    """A folder with as many images of a simple data set as an experiment asks for."""
    return write_data(tmp_path_factory.mktemp("data") / "squares", draw_images(30_000), draw_images(300, seed=1))


def stored(directory):
    """Return what a folder of results holds, by file name, without times; only whole results may have their names."""
    store, found = Store(directory), {}
    for path in sorted(Path(directory).glob("[!.]*")):
        arrays, metadata = store.read(path)  # warns if the file is damaged, and a warning is an error here
        assert metadata["format"] == RESULT_FORMAT
        found[path.name] = {
            key: value for key, value in arrays.items() if not re.search("_seconds$|^trained_at$|^environment$", key)
        }
    return found


def same(first, second):
    """Two results, as arrays by name, are equal bit for bit."""
    assert first.keys() == second.keys()
    for name in first:
        one, other = np.asarray(first[name]), np.asarray(second[name])
        assert (one.dtype, one.shape) == (other.dtype, other.shape), name
        assert one.tobytes() == other.tobytes(), name


@pytest.fixture
def mount(tmp_path):
    """Function: mount something on a new folder until the end of the test; return the folder. Needs root."""
    if os.geteuid() != 0:
        pytest.skip("mounting needs root: sudo make test-faults")
    mounted = []

    def mount(name, *options):
        folder = tmp_path / name
        folder.mkdir()
        if subprocess.run((shutil.which("mount"), *options, folder), check=False, capture_output=True).returncode:  # noqa: S603
            pytest.skip("this machine allows no mounts: run in a container with --cap-add SYS_ADMIN")
        mounted.append(folder)
        return folder

    yield mount
    for folder in mounted:
        subprocess.run((shutil.which("umount"), folder), check=True)  # noqa: S603


@pytest.fixture
def reachable(squares):
    """Function: open a folder's parents, and the data's, to every user; return the folder. Needs root."""
    if os.geteuid() != 0:
        pytest.skip("running as another user needs root: sudo make test-faults")

    def reachable(folder):
        for path in (folder, *folder.parents, *squares.parents):
            if path.stat().st_mode & 0o055 != 0o055 and path.is_relative_to("/tmp"):  # noqa: S108
                path.chmod(0o755)
        return folder

    return reachable
