"""`python -m helpers`: train what is not stored yet, run the notebooks, write the report; or run the sweep."""

import argparse
import os
import sys
import time
from concurrent.futures import BrokenExecutor

from .experiments import interrupts
from .settings import SETTINGS, build_directory, report_directory, setting

WHAT = {
    "pdf": "assignment1_report.pdf, the report (unless said otherwise)",
    "html": "assignment1_report.html, and a page a notebook in build/html",
    "beyond": "beyond.pdf: how far the same network goes",
    "replicate": "the report's claims on other seeds: trained, judged, kept",
    "sweep": "networks of many sizes: a picture, and accuracies",
    "check": "hold the notebooks against the reference report's rules",
    "clear": "empty the notebooks' outputs",
}


def main(arguments: list[str] | None = None) -> int:
    """Return the exit status: 0 if it was written, 1 if not; the reason stands on stderr."""
    interrupts.leave_at_once()  # nothing has begun yet that would have to be ended
    what = _parser().parse_args(arguments).what
    sys.modules.setdefault("rfc3987_syntax", None)  # a grammar of addresses that jsonschema takes seconds to import
    from nbtypst import NotebookError

    try:
        does = {"sweep": _sweep, "replicate": _replicate, "check": _check, "clear": _clear}
        return does[what]() if what in does else _report(what)
    except KeyboardInterrupt:
        print(f"interrupted; {_nothing(what)}", file=sys.stderr)
        return interrupts.EXIT_STATUS
    except MemoryError as error:
        print(f"{_nothing(what)}: not enough memory ({error}); choose fewer or smaller networks", file=sys.stderr)
    except (NotebookError, BrokenExecutor, ValueError, OSError) as error:
        print(f"{_nothing(what)}: {error}", file=sys.stderr)
    return 1


def _report(what: str) -> int:
    from nbtypst import read_notebook

    from .common.files import alone_in, check_folder
    from .experiments.ladder import LADDER
    from .experiments.table import EXPERIMENTS
    from .report import BEYOND, ROOT, front, kept_front, notebooks_of, write_report

    interrupts.raise_from_now_on()  # not while modules are imported: Python would end with the signal all the same
    start, build = time.perf_counter(), build_directory()
    options = {name.lower(): bool(setting(name)) for name in ("CODE", "STRICT", "FRESH")}
    output = report_directory() / f"assignment1_report.{what}"
    notebooks, experiments = notebooks_of(ROOT), EXPERIMENTS
    if what == "beyond":
        output, notebooks, experiments = report_directory() / "beyond.pdf", [ROOT / BEYOND], LADDER
        build /= "beyond"
        os.environ["BUILD_DIR"] = str(build)  # its claims and what is kept of it lie apart from the report's
    check_folder(output.parent, "BUILD_DIR")
    for path in notebooks:
        read_notebook(path)  # a broken one is told before the trainings, and read again after them
    with alone_in(build, "BUILD_DIR"):
        about = None if options["fresh"] else kept_front(ROOT)
        if about is None:
            from .experiments.runner import run_experiments

            results = run_experiments(experiments.values())
            if results.interrupted:
                return interrupts.EXIT_STATUS
            about = front(results)
        trained = time.perf_counter() - start
        pages = build / "html" if what == "html" else None
        written = write_report(output, about, notebooks=notebooks, pages=pages, root=ROOT, **options)
    _tell(written, trained)
    return 0


def _tell(written: object, trained: float) -> None:
    """Say what was written, how long it took, and what is not as it should be."""
    told = {
        "claims that do not hold:": written.struck,
        "claims that are fragile:": written.fragile,
        "shown less well:": written.built.remarks,
    }
    for heading, lines in told.items():
        if lines:
            print(heading, *lines, sep="\n", file=sys.stderr)
    print(
        f"{written.built.path}: {written.built.pages} pages; training took {trained:.0f} s, {written.notebooks_run} "
        f"notebooks and export {written.seconds:.0f} s"
    )


def _sweep() -> int:
    from .sweep import run_sweep

    interrupts.raise_from_now_on()
    return interrupts.EXIT_STATUS if run_sweep() is None else 0


def _replicate() -> int:
    from .replicate import replicate

    interrupts.raise_from_now_on()
    found = replicate()
    if found is not None:
        print(found)
    return interrupts.EXIT_STATUS if found is None else 0


def _check() -> int:
    from .check import problems
    from .common.files import alone_in
    from .experiments.runner import run_experiments

    interrupts.raise_from_now_on()
    with alone_in(build_directory(), "BUILD_DIR"):
        if run_experiments().interrupted:
            return interrupts.EXIT_STATUS
        found = problems()
    print(*found, f"{len(found) or 'no'} problem{'s' * (len(found) != 1)}", sep="\n")
    return int(bool(found))


def _clear() -> int:
    from .check import clear

    print(f"outputs emptied: {', '.join(clear()) or 'there were none'}")
    return 0


def _nothing(what: str) -> str:
    """Say what was not done."""
    said = {
        "sweep": "the sweep was not finished; what is trained is stored",
        "beyond": "beyond.pdf: how far the same network goes",
        "replicate": "nothing was replicated; what is trained is stored",
        "check": "the check was not finished",
        "clear": "not all was cleared",
    }
    return said.get(what, "no report was written")


def _parser() -> argparse.ArgumentParser:
    settings = "\n".join(f"  {name:<14}{meaning}" for name, (meaning, _) in SETTINGS.items())
    parser = argparse.ArgumentParser(
        "python -m helpers",
        description=__doc__.partition(": ")[2],
        epilog=f"settings, read from the environment; `make pdf SEEDS=2` sets them:\n{settings}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    help_text = "; ".join(f"{name}: {meaning}" for name, meaning in WHAT.items())
    parser.add_argument("what", nargs="?", choices=WHAT, default="pdf", help=help_text)
    return parser


if __name__ == "__main__":
    status = main()
    interrupts.ignore_from_now_on()
    sys.exit(status)
