"""`python -m helpers [--html]`: train what is not stored yet, run the notebooks, write the PDF or the web pages."""

import os
import sys
import time
import warnings
from pathlib import Path

from joblib.externals.loky.process_executor import TerminatedWorkerError

from nbtypst import NotebookError, NotebookWarning
from nbtypst.files import check_writable

from . import interrupts
from .experiments import run_experiments
from .mnist import load_mnist
from .plots import seeds_text
from .provenance import last_trained
from .statistics import SEEDS_FOR_A_VERDICT

ROOT = Path(__file__).resolve().parent.parent
SWITCHES = {"CODE": "1 to print the notebooks' code too", "STRICT": "1 to refuse what is shown less well"}
NOTEBOOKS = ("assignment1_report.ipynb", "task2.ipynb", "task3.ipynb", "task4.ipynb")


def main() -> int:
    """Return the exit status: 0 if the report was written, 1 if not; the reason stands on stderr."""
    start = time.perf_counter()
    sys.modules.setdefault("rfc3987_syntax", None)  # a grammar of addresses that jsonschema takes seconds to import
    try:
        from nbtypst import build

        interrupts.raise_from_now_on()
        html, code, strict = "--html" in sys.argv[1:], _switch("CODE"), _switch("STRICT")
        output = ROOT / f"assignment1_report.{'html' if html else 'pdf'}"
        check_writable(output)
        results = run_experiments()
        if results.interrupted:
            return interrupts.EXIT_STATUS
        trained = time.perf_counter() - start
        count = len(next(iter(results.values())))
        preview = f"Preview: {seeds_text(results)}" if count < SEEDS_FOR_A_VERDICT else None
        notebooks = [ROOT / name for name in NOTEBOOKS]
        data = load_mnist().name
        options = {
            "title": f"Multi-layer networks on {data}",
            "byline": [data, seeds_text(results), last_trained(results)],
            "code": code,
            "preview": preview,
            "toc": True,
            "pages": ROOT / "build" / "html" if html else None,
        }
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", NotebookWarning)  # they are listed below
            report = build(notebooks, output, execute=True, strict=strict, **options)
    except KeyboardInterrupt:
        print("interrupted; no report was written", file=sys.stderr)
        return interrupts.EXIT_STATUS
    except (NotebookError, TerminatedWorkerError, ValueError, OSError) as error:
        print(f"no report was written: {error}", file=sys.stderr)
        return 1
    if report.remarks:
        print("shown less well than in Jupyter:", *report.remarks, sep="\n", file=sys.stderr)
    export = report.execution_seconds + report.export_seconds
    print(f"{report.path}: {report.pages} pages; training took {trained:.0f} s, notebooks and export {export:.0f} s")
    return 0


def _switch(name: str) -> bool:
    """Return whether an environment variable is 1; ValueError for other values than 0 and 1."""
    value = os.environ.get(name) or "0"
    if value not in ("0", "1"):
        raise ValueError(f"{name} is {value!r}; allowed: {SWITCHES[name]}, or 0")
    return value == "1"


if __name__ == "__main__":
    status = main()
    interrupts.ignore_from_now_on()
    sys.exit(status)
