"""Markdown tables, the sentence on the machine, and the sections of README.md that runs fill."""

from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from matplotlib.figure import Figure

from helpers.experiments.environment import environment

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
    peers = ", ".join(f"{title} {found}" for name, title in PACKAGES.items() if (found := _version(name)))
    return f"Measured with {environment()}, {cores} core{'s' * (cores > 1)}; {peers}."


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None
