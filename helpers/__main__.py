"""`python -m helpers`: train what is not stored yet, run the notebooks and write the report's PDF."""

import os
import sys
import time
from pathlib import Path

from joblib.externals.loky.process_executor import TerminatedWorkerError

from .experiments import run_experiments
from .report import ReportError, build_report
from .statistics import SEEDS_FOR_A_VERDICT

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = ("assignment1_report.ipynb", "task2.ipynb", "task3.ipynb", "task4.ipynb")


def main() -> int:
    """Return the exit status: 0 if the PDF was written, 1 if not; the reason stands on stderr."""
    start = time.perf_counter()
    try:
        results = run_experiments()
        trained = time.perf_counter() - start
        count = len(next(iter(results.values())))
        preview = f"Preview: {count} seed{'s' * (count != 1)}" if count < SEEDS_FOR_A_VERDICT else None
        report = build_report(
            [ROOT / name for name in NOTEBOOKS],
            ROOT / "assignment1_report.pdf",
            code=os.environ.get("CODE") == "1",
            preview=preview,
        )
    except KeyboardInterrupt:
        print("interrupted; finished trainings are stored, the next run goes on from there", file=sys.stderr)
        return 130
    except (ReportError, TerminatedWorkerError, ValueError, OSError) as error:
        print(f"no report was written: {error}", file=sys.stderr)
        return 1
    export = report.execution_seconds + report.export_seconds
    print(f"{report.path}: {report.pages} pages; training took {trained:.0f} s, notebooks and export {export:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
