"""Markdown tables, the sentence on the machine, and the sections of README.md that runs fill."""

from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

from matplotlib.figure import Figure

from helpers.experiments.environment import environment

DIRECTORY = Path(__file__).resolve().parent
README = DIRECTORY / "README.md"
PACKAGES = {"jax": "JAX", "torch": "PyTorch", "scikit-learn": "scikit-learn", "keras": "Keras"}

# Okabe and Ito's palette, which the colour-blind tell apart.
OURS_COLOUR, FLOOR_COLOUR, PEER_COLOUR = "#0072B2", "#D55E00", "#999999"


class Section(NamedTuple):
    """What stands in README.md between `<!-- name -->` and `<!-- /name -->`, and in `name.png`."""

    name: str
    text: str
    figure: Figure | None = None
    alt: str = ""


def markdown_table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a Markdown table: the first column to the left, the others to the right."""
    rule = ["---"] + ["---:"] * (len(header) - 1)
    return "\n".join("| " + " | ".join(row) + " |" for row in (header, rule, *rows))


def filled(sections: Sequence[Section]) -> Mapping[Path, bytes]:
    """Return README.md with these sections in it, and their figures. Raises `ValueError` where one has no place."""
    content, pictures = README.read_text(encoding="utf-8"), {}
    for name, text, figure, alt in sections:
        start, end = f"<!-- {name} -->", f"<!-- /{name} -->"
        if start not in content or end not in content:
            raise ValueError(f"{README}: no place for the results; add the lines {start} and {end}")
        if figure is not None:
            drawn = BytesIO()
            figure.savefig(drawn, format="png", dpi=150, facecolor="white", metadata={"Software": None})
            pictures[DIRECTORY / f"{name}.png"] = drawn.getvalue()
        picture = "" if figure is None else f"![{alt}]({name}.png)\n\n"
        before, after = content.split(start)[0], content.split(end)[1]
        content = f"{before}{start}\n{picture}{text}\n{end}{after}"
    return pictures | {README: content.encode()}


def machine(cores: int) -> str:
    """Return a sentence on processor, matrix library and versions, of the process that calls. cores: in all."""
    peers = [f"{title} {found}" for name, title in PACKAGES.items() if (found := _version(name))]
    return f"Measured with {environment()}, {cores} core{'s' * (cores > 1)}{'; ' * bool(peers)}{', '.join(peers)}."


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None
