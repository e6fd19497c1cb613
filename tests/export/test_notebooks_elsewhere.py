"""The notebooks where nothing prints: `requirements-notebooks.txt` is all that they need."""

import subprocess

import nbformat

from helpers.report import notebooks_of

OF_PRINT = ("pypandoc", "typst", "lxml", "nbconvert", "tinycss2", "jupyterlab", "pytest")


def test_all_notebooks_run_and_show_in_an_environment_that_cannot_print(light, folder):
    question = f"from importlib.util import find_spec; print([name for name in {OF_PRINT} if find_spec(name)])"
    command = [light / "env" / "bin" / "python", "-c", question]
    assert subprocess.check_output(command, text=True, cwd=light).strip() == "[]"  # noqa: S603
    for path in notebooks_of(folder):
        outputs = [output for cell in nbformat.read(path, 4).cells for output in cell.get("outputs", [])]
        kinds = {output.get("metadata", {}).get("nbtypst", {}).get("kind") for output in outputs}
        assert kinds & {"figure", "table"}, path.name
        assert not [output for output in outputs if output.output_type == "error"], path.name
