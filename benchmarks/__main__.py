"""`python -m benchmarks network`: measure, print, and fill README.md; no file is touched before all is measured."""

import argparse
from importlib import import_module

from helpers.common.files import write_whole

from . import report, setting

PARTS = {  # `make bench`, `make bench-scaling` and so on
    "network": ("frameworks", "step_profile"),
    "scaling": ("scaling",),
    "export": ("export",),
    "images": ("images",),
    "sweep": ("sweep_costs",),
}


def main() -> None:
    """Measure one of the parts; with `--quick` on its smallest setting, and nothing is written."""
    parser = argparse.ArgumentParser("python -m benchmarks", description=__doc__)
    parser.add_argument("what", choices=PARTS)
    parser.add_argument("--quick", action="store_true", help="once, on few sizes, to see that it runs; writes nothing")
    given = parser.parse_args()
    setting.num_cores()  # before this process is held to one
    modules = [import_module(f".{name}", __package__) for name in PARTS[given.what]]
    sections = [module.measured(quick=given.quick) for module in modules]
    print(*[section.text for section in sections], sep="\n\n")
    files = report.filled(sections)
    for path, content in {} if given.quick else files.items():
        write_whole(path, content)


if __name__ == "__main__":
    main()
