"""The report: its notebooks run as far as need be, their claims gathered, all of it printed."""

import json
import os
import platform
import re
import sys
import time
import warnings
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import nbformat

from nbtypst import Built, Notebook, NotebookError, NotebookWarning, Table, build, execute, read_notebook

from .common.files import write_whole
from .common.hashing import sha256
from .common.sealed import sealed, unsealed
from .data.mnist import data_directory, data_name
from .evidence import evidence_table as evidence
from .evidence import replication
from .evidence.claims import Claim, State, claims_in
from .evidence.evidence_table import claims_file, claims_record
from .evidence.numbers import counted, likelihood, seeds_text
from .evidence.provenance import commit, last_trained
from .evidence.statistics import ENOUGH_SEEDS
from .experiments.environment import environment
from .experiments.result import Results
from .experiments.store import Store
from .settings import ROOT, SETTINGS, build_directory, setting

FIRST, APPENDIX, BEYOND = "assignment1_report.ipynb", "appendix.ipynb", "beyond.ipynb"
FRONT = "front.json"
OF_PRINT = ("CODE", "STRICT", "FRESH", "AUTHORS", "TQDM_DISABLE")  # settings that no cell's output depends on
NOT_READ = (".git", "build", "results", "node_modules", "__pycache__")  # folders in which no cell's input lies
NAMES = re.compile(r"""[^\s"'(),;=]+|(?<=")[^"\n]+(?=")|(?<=')[^'\n]+(?=')""")  # what may be a file's, in code

Placed = tuple[Notebook, int, Claim]  # with the number of its cell, from 1


def kept_directory() -> Path:
    """Return the folder of executed notebooks and of what stood below the title."""
    return build_directory() / "executed"


def notebooks_of(root: Path) -> list[Path]:
    """Return the notebooks of the report in their order: the opening one, every `task*.ipynb`, the appendix."""
    tasks = sorted(root.glob("task*.ipynb"), key=lambda path: (len(path.stem), path.stem))
    return [path for path in (root / FIRST, *tasks, root / APPENDIX) if path.is_file()]


@dataclass
class Written:
    """What was written, claims that do not hold or are fragile, each with its place, and how long all took."""

    built: Built
    struck: list[str] = field(default_factory=list)
    fragile: list[str] = field(default_factory=list)
    notebooks_run: int = 0
    seconds: float = 0.0


def write_report(
    output: Path, about: dict[str, object], *, notebooks: Sequence[Path] = (), strict: bool = False, code: bool = False,
    pages: Path | None = None, fresh: bool = False, root: Path = ROOT,
) -> Written:  # fmt: skip
    """Write notebooks as one PDF or web page; only those run whose outputs could be other than before.

    about: what stands below the title, by `front`. notebooks: those of the report in `root`, unless given.
    strict: refuse what is shown less well, and claims that do not hold or are fragile. fresh: run all notebooks.
    Raises `NotebookError` for a cell that fails, or with `strict`.
    """
    start = time.perf_counter()
    inputs = inputs_of_cells(root)
    run, count = executed([read_notebook(path) for path in notebooks or notebooks_of(root)], inputs, fresh=fresh)
    claims = claims_of(run)
    made_with = {"code": commit(), "environment": environment()}
    record = claims_record(((notebook.name, cell, one) for notebook, cell, one in claims), made_with)
    write_whole(claims_file(), record, "BUILD_DIR")
    put_evidence(run, [one for *_, one in claims])
    struck, fragile = (lines_of(claims, state) for state in (State.STRUCK, State.FRAGILE))
    if strict and struck + fragile:
        raise NotebookError(*struck, *fragile)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NotebookWarning)  # they are listed by who called
        built = build(run, output, strict=strict, code=code, toc=len(run) > 1, pages=pages, **about, **authors())
    _keep(FRONT, sealed({"inputs": inputs, "front": about}, FRONT))
    return Written(built, struck, fragile, count, time.perf_counter() - start)


def claims_of(notebooks: Iterable[Notebook]) -> list[Placed]:
    """Return the claims that executed notebooks show, each with its notebook and the number of its cell."""
    return [(notebook, number, one) for notebook in notebooks for number, one in claims_in(notebook.node.cells)]


def put_evidence(notebooks: Iterable[Notebook], claims: Sequence[Claim]) -> None:
    """Make tables of evidence and of replication in the outputs anew, of these claims: no file lies between."""
    tables = {evidence.METADATA: evidence.evidence_table, replication.METADATA: replication.replication_table}
    for notebook in notebooks:
        for output in (output for cell in notebook.code_cells() for output in cell.outputs):
            for name in tables.keys() & output.get("metadata", {}).keys():
                table = tables[name](claims, output.metadata[name])
                if isinstance(table, Table):
                    output.data, output.metadata = table.shown()
                else:  # the line that there is none
                    output.data, output.metadata = {"text/markdown": table.data}, table.metadata


def front(results: Results) -> dict[str, object]:
    """Return what stands below the title and, on a preview, on every page."""
    runs = [run for of_one in results.values() for run in of_one]
    few = any(len(results[name]) < min(one.seeds, ENOUGH_SEEDS) for name, one in results.experiments.items())
    epochs = {run.experiment.config.max_epochs for run in runs if run.experiment.shortened}
    few = [seeds_text(results)] if few or not runs else []
    short = [f"trainings of at most {counted(max(epochs), 'epoch')}"] if epochs else []
    byline = [data_name(data_directory()), seeds_text(results), *([last_trained(results)] if runs else [])]
    return {"byline": byline, "preview": f"Preview: {', '.join(few + short)}" if few + short else None}


def authors() -> dict[str, object]:
    """Return the authors that `$AUTHORS` names; nothing where the first notebook's metadata are to say."""
    names = [name.strip() for name in str(setting("AUTHORS") or "").split(",") if name.strip()]
    return {"authors": names} if names else {}


def kept_front(root: Path) -> dict[str, object] | None:
    """Return what stood below the title at the last build; `None` if anything that cells could read changed since.

    Where nothing did, the results are those of then too, and need not be looked for.
    """
    kept = _opened(FRONT, FRONT, "the results are looked for again")
    return kept["front"] if kept and kept["inputs"] == inputs_of_cells(root) else None


def executed(notebooks: Sequence[Notebook], inputs: str, *, fresh: bool = False) -> tuple[list[Notebook], int]:
    """Return the notebooks with outputs, kept ones where nothing that they depend on changed; and how many were run.

    inputs: hash of all that cells could read. Outputs are kept under the key of that and of the code cells, so
    Markdown alone never runs a kernel, and a changed cell runs its own notebook only.
    What is not as it was kept is run again. No output in the notebooks' own files is taken: it could be anything.
    """
    for cell in (cell for notebook in notebooks for cell in notebook.node.cells if cell.cell_type == "code"):
        cell.outputs, cell.execution_count = [], None  # a kernel leaves those of empty and of skipped cells
    keys = {notebook.name: _key(notebook, inputs) for notebook in notebooks}
    found = {notebook.name: None if fresh else _kept(notebook, keys[notebook.name]) for notebook in notebooks}
    missing = [notebook for notebook in notebooks if found[notebook.name] is None]
    for notebook in execute(missing) if missing else ():
        found[notebook.name] = notebook
        stem = Path(notebook.name).stem
        for old in kept_directory().glob(f"{stem}-*.ipynb"):
            old.unlink(missing_ok=True)
        _keep(f"{stem}-{keys[notebook.name]}.ipynb", sealed(notebook.node, keys[notebook.name]))
    return [found[notebook.name] for notebook in notebooks], len(missing)


def inputs_of_cells(root: Path) -> str:
    """Return the hash of all that a cell could read: sources, data, results, settings, library versions, own files.

    A file counts by its times and size; one that is named in code by its content too, wherever it lies (`_key`).
    """
    store, data = Store().directory, data_directory()
    files = [path for path in _files_below(root) if path.suffix not in (".ipynb", ".md", ".pdf", ".html")]
    stamps = [(str(path), *_stamp(path)) for path in files]
    for folder in (store, data):
        stamps += [(path.name, *_stamp(path)) for path in sorted(folder.glob("*"))]
    facts = {
        "files": sorted(stamps),
        "settings": {name: str(setting(name)) for name in SETTINGS if name not in OF_PRINT},
        "versions": installed(),
        "Python": platform.python_version(),
    }
    return sha256(json.dumps(facts).encode())


def installed() -> list[str]:
    """Return the installed libraries by the names of their folders of metadata, which hold the versions."""
    return sorted({path.name for entry in sys.path for path in Path(entry or ".").glob("*.dist-info")})


def _files_below(root: Path) -> Iterable[Path]:
    """Yield the files of a folder that a cell may read: not what was built, nor what is hidden."""
    built = build_directory().resolve()
    for path in sorted(root.iterdir()):
        if path.name.startswith(".") or path.name in NOT_READ or path.suffix == ".egg-info" or path.resolve() == built:
            continue
        if path.is_dir():
            yield from _files_below(path)
        elif path.is_file():
            yield path


def _stamp(path: Path) -> tuple[int, int, int]:
    """Return when a file was written, when it was really changed where the system knows it, and its size."""
    found = path.stat()
    return found.st_mtime_ns, found.st_ctime_ns, found.st_size


def _key(notebook: Notebook, inputs: str) -> str:
    """Return the hash of what the outputs depend on: code, all inputs, and the content of files that the code names."""
    code = [[cell.source, cell.metadata] for cell in notebook.code_cells()]
    names = sorted({name for source, _ in code for name in NAMES.findall(source)})
    named = [(name, sha256(path.read_bytes())) for name in names if os.path.isfile(path := notebook.folder / name)]
    facts = [notebook.name, code, named, notebook.metadata.get("kernelspec", {}), inputs]
    return sha256(json.dumps(facts).encode())[:20]


def _opened(name: str, key: str, remedy: str) -> dict[str, object] | None:
    """Return what is kept in a file; `None` if there is none, or if it is not as it was written: one line says so."""
    path = kept_directory() / name
    try:
        return unsealed(path.read_bytes(), key)
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        print(f"{path}: {getattr(error, 'strerror', None) or error}; {remedy}", file=sys.stderr)
        return None


def _kept(notebook: Notebook, key: str) -> Notebook | None:
    """Return the notebook with the outputs that were kept of its code cells, if any were under this key."""
    kept = _opened(f"{Path(notebook.name).stem}-{key}.ipynb", key, f"{notebook.name} is run again")
    if kept is None:
        return None
    before = replace(notebook, node=nbformat.from_dict(kept))
    for cell, one in zip(notebook.code_cells(), before.code_cells(), strict=True):
        cell.outputs, cell.execution_count = one.outputs, one.execution_count
    return notebook


def _keep(name: str, content: bytes) -> None:
    write_whole(kept_directory() / name, content, "BUILD_DIR")


def lines_of(claims: Iterable[Placed], state: State) -> list[str]:
    """Return a line for each claim that does not hold, or is fragile: notebook and cell, the sentence, and why."""
    lines = []
    for notebook, number, one in claims:
        if one.state is state:
            why = {
                State.STRUCK: f"the claim does not hold: {one.text} ({one.wrong()})",
                State.FRAGILE: f"the claim is fragile, found again with a probability of {likelihood(one.again)}: "
                f"{one.text}",
            }[state]
            lines.append(f"{notebook.place(number - 1)}: {why}")
    return lines
