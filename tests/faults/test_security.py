"""No code comes from data or results, nothing is installed unchecked, nothing listens beyond this machine."""

import ast
import re
import subprocess
from contextlib import nullcontext, suppress

import pytest
from conftest import ROOT
from nbformat.v4 import new_markdown_cell, new_notebook

from nbtypst import NotebookError
from nbtypst.cells.notebooks import Notebook
from nbtypst.document import document_of
from nbtypst.printing import typesetting
from nbtypst.printing.writer import TypstWriter

MODULES = sorted(path for room in ("helpers", "nbtypst") for path in (ROOT / room).rglob("*.py"))
PICKLES = {"pickle", "cPickle", "dill", "cloudpickle", "shelve", "marshal", "joblib.dump", "joblib.load"}
CODE_FROM_DATA = {"eval", "exec", "compile", "__import__"}
ARCHIVES = {"np.load", "np.savez", "np.savez_compressed"}  # which must refuse pickles in so many words
SHELLS = {"os.system", "os.popen", "subprocess.getoutput", "subprocess.getstatusoutput", "os.execvp", "os.spawnlp"}


def dotted(node):
    """The name of what is called, such as "os.system"."""
    return ast.unparse(node.func)


def dangers(tree):
    """What a module's source does that it must not."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = [getattr(node, "module", None) or "", *(alias.name for alias in node.names)]
            yield from (f"imports {name}" for name in names if name.split(".")[0] in PICKLES)
        if isinstance(node, ast.Call):
            name = dotted(node)
            if name in CODE_FROM_DATA | PICKLES | SHELLS:
                yield f"calls {name}"
            if name in ARCHIVES and "allow_pickle" not in [keyword.arg for keyword in node.keywords]:
                yield f"calls {name} without allow_pickle"
            for keyword in node.keywords:
                allowed = isinstance(keyword.value, ast.Constant) and keyword.value.value is False
                if keyword.arg in ("allow_pickle", "shell") and not allowed:
                    yield f"calls {name} with {keyword.arg}"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_module_unpickles_evaluates_or_calls_a_shell(path):
    found = list(dangers(ast.parse(path.read_text(encoding="utf-8"))))
    if path.name == "own_code.py":  # code of one's own goes to this program's own processes, and comes from no file
        found = [danger for danger in found if "cloudpickle" not in danger]
    assert found == []


@pytest.mark.parametrize(
    "source",
    [
        "import pickle",
        "from pickle import loads",
        "import numpy as np\nnp.load(f, allow_pickle=True)",
        "np.load(f, allow_pickle=flag)",
        "np.load(f)",
        "eval(text)",
        "joblib.load(path)",
        "subprocess.run(text, shell=True)",
        "os.system(text)",
    ],
)
def test_the_search_finds_what_it_looks_for(source):
    assert list(dangers(ast.parse(source)))


@pytest.mark.parametrize("lock", ["requirements.txt", "requirements-cluster.txt"])
def test_every_requirement_is_pinned_and_hashed(lock):
    text = (ROOT / lock).read_text(encoding="utf-8").replace("\\\n", " ")
    requirements = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    assert requirements
    for line in requirements:
        assert re.match(r"[\w.\[\]-]+==[\w.+!]+ ", line), line
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", line), line


def test_packages_are_installed_only_with_their_hashes():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8").replace("\\\n", " ")
    installs = [line for line in makefile.splitlines() if "pip install" in line and "@$(@D)/" in line]
    assert len(installs) == 2  # what is locked, and the project itself
    assert all("--require-hashes" in line or "--no-index" in line for line in installs)


def test_the_notebook_server_listens_on_loopback_alone_and_keeps_its_token():
    command = subprocess.run(
        ["make", "--dry-run", "--no-print-directory", "notebook"],  # noqa: S607
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    [jupyter] = [line for line in command.splitlines() if "-m jupyterlab" in line]
    assert "--ServerApp.ip=127.0.0.1" in jupyter
    assert "token" not in jupyter.lower()
    assert "password" not in jupyter.lower()


@pytest.mark.parametrize("beyond", ["/etc/hostname", "../outside.txt"])
def test_typst_reads_nothing_outside_its_folder(beyond, tmp_path, monkeypatch):
    (tmp_path / "outside.txt").write_text("secret", encoding="utf-8")
    monkeypatch.setattr(typesetting, "TemporaryDirectory", lambda prefix: nullcontext(str(tmp_path / "inside")))
    monkeypatch.setattr(TypstWriter, "part", lambda self, part: f'#read("{beyond}")')
    node = new_notebook(cells=[new_markdown_cell("some words")])
    document = document_of([Notebook("lab.ipynb", tmp_path, node)])
    tried = typesetting.Typesetting(document)
    with suppress(NotebookError):  # each try is refused in the same way
        tried.pdf()
    assert any(re.search(r"outside|access denied|escape|not found", remark) for remark in tried.source.remarks)
