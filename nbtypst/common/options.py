"""All that can be said of a document: the one list that `build`, nbconvert's options and the command line take up."""

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from functools import cached_property
from os import PathLike
from typing import Any

from .errors import NotebookError
from .page import Page, page_of
from .programs import SECONDS

KINDS = {str: (str, PathLike, list, tuple), list: (list, tuple, str), float: (float, int), bool: bool}
EXPECTED = {str: "a text", list: "a list of texts", float: "a number", bool: "True or False"}


def _option(default: object, words: str, kind: type = str, flag: str = "") -> Any:
    """An option of a `kind`: str, list (of texts), float or bool. `flag`: another name on the command line."""
    return field(default=default, metadata={"words": words, "kind": kind, "flag": flag})


@dataclass(frozen=True)
class Options:
    """What is printed beside the cells, what of them, and how. None: as the first notebook's metadata say, or nothing.

    Raises NotebookError for a page that is none.
    """

    title: str | None = _option(None, "the title, instead of the first notebook's own")
    subtitle: str | None = _option(None, "the line below the title")
    authors: Sequence[str] | None = _option(None, "their names", list, "--author")
    date: str | None = _option(None, "a date, as it shall stand there")
    byline: Sequence[str] | None = _option(None, "more short texts to stand there", list)
    abstract: str | None = _option(None, "a summary, before the text")
    lang: str | None = _option(None, "the language, such as en or nb-NO, in which words are parted and read aloud")
    bibliography: str | Sequence[str] | None = _option(None, "a file of works to cite")
    preview: str | None = _option(None, "a remark for every page, such as 'Draft'")
    look: str | PathLike | None = _option(
        None, "a file of Typst with a look of your own: fonts, colours, header, footer"
    )
    fonts: str | PathLike | None = _option(None, "a folder of fonts that the look may name, beside the system's")
    paper: str = _option("a4", "a4 or us-letter")
    margins: str = _option("", "one length for all sides, or two for ends and sides: '25mm', '1in 35mm'")
    font_size: float = _option(11.0, "size of the text in points, 6 to 24", float)
    toc: bool | None = _option(None, "a table of contents; unless given, where it is long", bool)
    numbered_headings: bool = _option(False, "number the headings", bool)
    code: bool = _option(True, "show the code cells' sources", bool, "--input")
    outputs: bool = _option(True, "show what code cells put out", bool)
    code_cells: bool = _option(True, "show code cells", bool)
    markdown: bool = _option(True, "show Markdown cells", bool)
    raw: bool = _option(True, "show raw cells", bool)
    stderr: bool = _option(False, "show what cells wrote to stderr, too", bool)
    root: str | PathLike | None = _option(None, "a folder in which pictures may lie, too, not in a notebook's alone")
    time_limit: float = _option(SECONDS, "seconds of work pandoc or Typst may take for a page", float)

    def __post_init__(self) -> None:
        for option in fields(self):
            value, kind = getattr(self, option.name), option.metadata["kind"]
            if value is None or (isinstance(value, KINDS[kind]) and (kind is bool or not isinstance(value, bool))):
                continue
            expected = f"{EXPECTED[kind]}: {option.metadata['words']}"
            raise NotebookError(f"{option.name} is {value!r}; expected {expected}")
        if not self.time_limit > 0:
            raise NotebookError(f"time_limit is {self.time_limit:g}; expected seconds above 0")
        assert self.page

    @cached_property
    def page(self) -> Page:
        """The page that paper, margins and size of letters make."""
        return page_of(self.paper, self.margins, self.font_size)
