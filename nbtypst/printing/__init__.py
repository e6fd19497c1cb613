"""The tree of a document -> Typst -> PDF."""

from typing import TYPE_CHECKING

from .typesetter import start

if TYPE_CHECKING:
    from ..document import Document
    from .source import Source


def typeset(document: "Document", stem: str = "main", folder: str | None = None) -> tuple[bytes, int, "Source"]:
    """(the PDF, its number of pages, the source that gave it, to be called `stem` with its files in `folder`).

    Raises NotebookError for what Typst refuses, or does not end with, in whatever way it is shown. Typst's process is
    ready sooner if it was asked to `start` before.
    """
    from .typesetting import Typesetting, page_count  # only now, since the process starts while this is imported
    from .with_look import TypesettingWithLook

    typesetting = (TypesettingWithLook if document.look else Typesetting)(document, stem, folder)
    pdf = typesetting.pdf()
    return pdf, page_count(pdf), typesetting.source
