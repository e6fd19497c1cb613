"""The house as it stands: imports run one way, modules and functions are short. Lint sees to types and docstrings."""

import ast
import re
from collections import defaultdict
from pathlib import Path

import nbtypst

ROOT = Path(__file__).resolve().parent.parent
GROUND = ("settings", "common")  # what all may use
FLOORS = (*GROUND, "data", "network", "experiments", "evidence", "figures", "interactive", "report")  # from below
PRINTER = (("common",), ("formulas", "pictures"), ("cells",), ("document", "tables"), ("printing", "web"), ("nbtypst",))
MOST_ARROWS = 45  # from modules of nbtypst to modules of other rooms of it, 22 of them to its common
MODULES = sorted(
    path for name in ("helpers", "nbtypst") for path in (ROOT / name).rglob("*.py")
    if path.relative_to(ROOT).parts[1] != "build"  # what `pip install ./nbtypst` leaves
)  # fmt: skip


def imports_of(path: Path) -> set[str]:
    """Return the modules that a module imports, anywhere in it, with their full names; not those for types alone."""
    tree, package = ast.parse(path.read_text(encoding="utf-8")), path.relative_to(ROOT).parent.parts
    for_types = {
        inner for node in ast.walk(tree) if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)
        for inner in ast.walk(node)
    }  # fmt: skip
    found = set()
    for node in ast.walk(tree):
        if node in for_types:
            continue
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(package[: len(package) - node.level + 1]) if node.level else ""
            module = ".".join(filter(None, [base, node.module or ""]))
            found |= {module} if node.module else {f"{module}.{alias.name}" for alias in node.names}
    return found


def room_of(module: str) -> str:
    """Return "network" for helpers.network.mlp, "report" for helpers.report, "nbtypst" for all of it."""
    package, *rest = module.split(".")
    room = rest[0] if package == "helpers" and rest else package
    return "report" if room in ("__main__", "check", "replicate", "sweep") else room  # the floor of the commands


def arrows() -> dict[tuple[str, str], set[str]]:
    """Return which modules make each arrow from one room to another."""
    found = defaultdict(set)
    for path in MODULES:
        module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for imported in imports_of(path):
            if imported.split(".")[0] in ("helpers", "nbtypst") and room_of(imported) != room_of(module):
                found[room_of(module), room_of(imported)].add(module)
    return found


def test_imports_run_one_way_and_no_arrow_points_up():
    up = {
        (start, end): sorted(modules)
        for (start, end), modules in arrows().items()
        if start in FLOORS and end in FLOORS and FLOORS.index(start) < FLOORS.index(end)
    }
    assert up == {}


def printer_room_of(module: str) -> str:
    """Return "web" for nbtypst.web and nbtypst.web.page, "nbtypst" for what stands in no room."""
    _, *rest = module.split(".")
    return rest[0] if rest and (ROOT / "nbtypst" / rest[0]).is_dir() else "nbtypst"


def test_a_room_of_nbtypst_knows_only_rooms_below_it_and_few_modules_of_them():
    floors = {room: floor for floor, rooms in enumerate(PRINTER) for room in rooms}
    between = set()
    for path in MODULES:
        module = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for imported in imports_of(path) if module.split(".")[0] == "nbtypst" else ():
            if imported.split(".")[0] == "nbtypst" and printer_room_of(imported) != printer_room_of(module):
                between.add((module, imported))
    up = [arrow for arrow in between if floors[printer_room_of(arrow[0])] <= floors[printer_room_of(arrow[1])]]
    assert up == []
    assert len(between) <= MOST_ARROWS, sorted(between)


def test_nbtypst_knows_nothing_of_helpers():
    assert [modules for (start, _), modules in arrows().items() if start == "nbtypst"] == []


def test_helpers_use_only_the_public_names_of_nbtypst():
    used = {
        (module.removeprefix("nbtypst"), name)
        for path in MODULES
        if path.is_relative_to(ROOT / "helpers")
        for module, name in re.findall(
            r"^ *from (nbtypst[\w.]*) import (.*)", path.read_text(encoding="utf-8"), re.MULTILINE
        )
    }
    assert {name for _, names in used for name in names.split(", ")} <= set(nbtypst.__all__)
    assert {module for module, _ in used} == {""}


def test_no_module_imports_itself_through_others():
    graph = {}
    for path in MODULES:
        module = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        graph[module] = {name for name in imports_of(path) if name != module}
    done: set[str] = set()

    def visit(module: str, above: tuple[str, ...]) -> None:
        assert module not in above, " -> ".join([*above[above.index(module) :], module])
        if module not in done:
            for name in graph.get(module, ()):
                visit(name, (*above, module))
            done.add(module)

    for module in graph:
        visit(module, ())


def test_modules_functions_and_files_of_tests_are_short():
    tests = sorted((ROOT / "tests").rglob("*.py"))
    lines = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in (*MODULES, *tests)}
    long = [f"{path}: {count}" for path, count in lines.items() if count > (400 if path in tests else 250)]
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                body = node.body[bool(ast.get_docstring(node)) :] or node.body
                count = body[-1].end_lineno - body[0].lineno + 1
                long += [f"{path}, {node.name}: {count}"] if count > 40 else []
    assert long == []


def test_make_test_reads_no_notebook_of_the_report_since_those_are_their_authors_own():
    others = ("reference", "recipes", "browser", "export", "faults")
    paths = [path for path in (ROOT / "tests").rglob("*.py") if path.relative_to(ROOT / "tests").parts[0] not in others]
    readers = re.compile(r"ROOT / .*[.]ipynb|notebooks_of[(]ROOT")
    assert [str(path) for path in paths if readers.search(path.read_text(encoding="utf-8"))] == []


def test_the_name_of_a_test_says_what_holds_in_at_most_80_letters():
    names = [
        name
        for path in (ROOT / "tests").rglob("*.py")
        for name in re.findall(r"def (test_\w+)", path.read_text(encoding="utf-8"))
    ]
    assert [name for name in names if len(name) > 80] == []
