"""Markdown tables, the sentence on the machine, and the sections of README.md that runs fill."""

import os
import platform
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure
from threadpoolctl import threadpool_info

DIRECTORY = Path(__file__).resolve().parent
README = DIRECTORY / "README.md"
PACKAGES = {"jax": "JAX", "torch": "PyTorch", "scikit-learn": "scikit-learn", "keras": "Keras"}

# Okabe and Ito's palette, which the colour-blind tell apart.
OURS_COLOUR, FLOOR_COLOUR, PEER_COLOUR = "#0072B2", "#D55E00", "#999999"


def markdown_table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a Markdown table: the first column to the left, the others to the right."""
    rule = ["---"] + ["---:"] * (len(header) - 1)
    return "\n".join("| " + " | ".join(row) + " |" for row in (header, rule, *rows))


def publish(name: str, text: str, figure: Figure | None = None, alt: str = "", *, save: bool = True) -> None:
    """Print a section; save it to README.md between `<!-- name -->` and `<!-- /name -->`, the figure to `name.png`."""
    print(f"\n{text}")
    if not save:
        return
    if figure is not None:
        figure.savefig(DIRECTORY / f"{name}.png", dpi=150, facecolor="white", metadata={"Software": None})
        text = f"![{alt}]({name}.png)\n\n{text}"
    start, end = f"<!-- {name} -->", f"<!-- /{name} -->"
    content = README.read_text(encoding="utf-8")
    if start not in content or end not in content:
        raise ValueError(f"{README}: no place for the results; add the lines {start} and {end}")
    before, after = content.split(start)[0], content.split(end)[1]
    README.write_text(f"{before}{start}\n{text}\n{end}{after}", encoding="utf-8", newline="\n")


def machine(cores: int) -> str:
    """Return a sentence on processor, matrix library and versions, of the process that calls. cores: in all."""
    blas = next((info for info in threadpool_info() if info["user_api"] == "blas" and "numpy" in info["filepath"]), {})
    library = f"{blas.get('internal_api', 'unknown BLAS')} {blas.get('version', '')}".strip()
    peers = ", ".join(f"{title} {found}" for name, title in PACKAGES.items() if (found := _version(name)))
    return (
        f"Measured on {_processor()} with {cores} core{'s' * (cores > 1)}, {platform.system()} {platform.machine()}; "
        f"Python {platform.python_version()}, NumPy {np.__version__} with {library} "
        f"({blas.get('architecture', 'unknown')} kernels), {peers}."
    )


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _processor() -> str:
    """Return the processor's name, as far as the system tells it."""
    if os.path.exists("/proc/cpuinfo"):
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.processor() or platform.machine()
