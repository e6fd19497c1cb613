"""What a cell's outputs would lose on the way into the report, one sentence each."""

import re

from .text import MAX_COLUMNS, plain, too_wide

DISPLAY_PRIORITY = [
    "text/markdown",
    "image/svg+xml",
    "image/png",
    "image/jpeg",
    "text/latex",
    "text/plain",
]
WIDGET = "application/vnd.jupyter.widget-view+json"
BARE_NAME = re.compile(r"<.*>", re.DOTALL)  # "<IPython.core.display.HTML object>"


def cell_problems(cell):
    """Why `cell` cannot be printed in full; an empty list if it can."""
    if cell.cell_type == "raw" and cell.source.strip():
        return ["a raw cell belongs to another format; make it Markdown or tag it no-report"]
    if cell.cell_type != "code":
        return []
    found = [output_problem(output, cell.metadata.get("tags", [])) for output in cell.outputs]
    return [problem for problem in found if problem]


def output_problem(output, tags):
    """Why `output` cannot be printed in full, or None."""
    if output.output_type == "error":
        return None if "raises-exception" in tags else f"failed with {output.ename}: {plain(output.evalue)}"
    if output.output_type == "stream":
        return _width_problem(output.text) if output.name == "stdout" else None
    return _data_problem(output)


def chosen_type(data):
    """The MIME type that the report prints, or None if it can print none of them."""
    return next((mime for mime in DISPLAY_PRIORITY if mime in data), None)


def _data_problem(output):
    mime = chosen_type(output.data)
    if mime is None or (mime == "text/plain" and _is_stand_in(output.data)):
        others = ", ".join(sorted(set(output.data) - {"text/plain"}))
        return f"an output has only {others}; give it text/markdown or an image too, or tag it no-report"
    if mime == "text/plain":
        return _width_problem(output.data[mime])
    if mime.startswith("image/"):
        return _figure_problem(output.metadata.get("report", {}))
    return None


def _is_stand_in(data):
    """Whether text/plain only names an object whose content is in a type that the report cannot print."""
    richer = set(data) - {"text/plain"}
    return bool(richer) and (WIDGET in richer or bool(BARE_NAME.fullmatch(data["text/plain"].strip())))


def _figure_problem(report):
    lacking = [name for name in ("caption", "alt") if not str(report.get(name) or "").strip()]
    if not lacking:
        return None
    return f"a figure without {' and '.join(lacking)}; show it through helpers.report.Figure"


def _width_problem(text):
    line = too_wide(text)
    return line and f"an output line is wider than the page ({len(line)} > {MAX_COLUMNS} columns): {line[:60]}..."
