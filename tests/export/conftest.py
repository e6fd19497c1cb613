"""The report's notebooks, run where nothing prints, as on Colab or Binder, and exported here."""

import json
import shutil
import subprocess
import sys

import nbformat
import pytest

from helpers.common.files import write_whole
from helpers.report import claims_of, notebooks_of, put_evidence
from helpers.settings import ROOT
from nbtypst import execute, read_notebook

LEFT_OUT = shutil.ignore_patterns(".*", "build", "results", "*.pdf", "*.html")


@pytest.fixture(scope="session")
def light(tmp_path_factory):
    """A folder with a fresh checkout, and an environment, `env`, as Binder makes it, whose kernel is called "light"."""
    folder = tmp_path_factory.mktemp("elsewhere")
    checkout = shutil.copytree(ROOT, folder / "checkout", ignore=LEFT_OUT)
    shutil.copytree(ROOT / ".binder", checkout / ".binder")
    subprocess.run([sys.executable, "-m", "venv", folder / "env"], check=True)  # noqa: S603
    python = folder / "env" / "bin" / "python"
    install = [python, "-m", "pip", "install", "-q", "--disable-pip-version-check", "-r", ".binder/requirements.txt"]
    subprocess.run(install, check=True, cwd=checkout, capture_output=True)  # noqa: S603
    argv = [str(python), "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    kernel = {"argv": argv, "display_name": "light", "language": "python"}
    write_whole(folder / "kernels" / "light" / "kernel.json", json.dumps(kernel).encode())
    return folder


@pytest.fixture(scope="session")
def folder(light):
    """The folder of that checkout, its notebooks run on one seed and one epoch."""
    checkout = light / "checkout"
    settings = {"SEEDS": "1", "EPOCHS": "1", "BUILD_DIR": str(checkout / "build"), "JUPYTER_PATH": str(light)}
    notebooks = [read_notebook(path) for path in notebooks_of(checkout)]
    for notebook in notebooks:
        notebook.metadata.kernelspec = {"name": "light", "display_name": "light", "language": "python"}
    with pytest.MonkeyPatch.context() as environment:
        for name in ("PYTHONPATH", "MNIST_DIR", "RESULTS_DIR"):
            environment.delenv(name, raising=False)
        for name, value in (settings | {"FIGURE_FORMATS": "all"}).items():  # all formats, as in Jupyter
            environment.setenv(name, value)
        train = [light / "env" / "bin" / "python", "-c", "import helpers; helpers.run_experiments(progress=False)"]
        subprocess.run(train, check=True, cwd=checkout)  # noqa: S603
        runs = execute(notebooks, timeout=600)
    put_evidence(runs, [one for *_, one in claims_of(runs)])  # else links to it lead nowhere
    for run in runs:
        nbformat.write(run.node, checkout / run.name)
    return checkout
