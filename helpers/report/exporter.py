"""nbconvert's way in: `jupyter nbconvert --to helpers.report.ReportPDFExporter notebook.ipynb`."""

from pathlib import Path

from nbconvert.exporters import Exporter
from traitlets import Bool, Float, List, Unicode

from .conversion import Document
from .execution import DEFAULT_TIMEOUT, execute
from .markdown import cells_of
from .notebooks import Notebook
from .typesetting import typeset


class ReportPDFExporter(Exporter):
    """One notebook as a report; a notebook that was never run is run first, as a copy.

    References to figures, tables or works of another notebook are printed in words.
    """

    export_from_notebook = "Report PDF"
    file_extension = ".pdf"
    output_mimetype = "application/pdf"

    code = Bool(False, help="Print the code cells as well.").tag(config=True)
    title = Unicode("", help="The title, instead of the notebook's own.").tag(config=True)
    subtitle = Unicode("", help="The line below the title, instead of the notebook's own.").tag(config=True)
    byline = List(Unicode(), help="Short strings below it, such as data and date.").tag(config=True)
    preview = Unicode("", help="A remark for every page, such as 'Preview: 2 seeds'.").tag(config=True)
    timeout = Float(DEFAULT_TIMEOUT, help="Seconds a cell may take.").tag(config=True)

    def from_notebook_node(self, nb, resources=None, **kwargs):
        """(PDF's bytes, resources); ReportError if anything would be lost."""
        node, resources = super().from_notebook_node(nb, resources, **kwargs)
        about = resources.get("metadata", {})
        folder = Path(about.get("path") or ".").resolve()
        notebook = Notebook(f"{about.get('name', 'notebook')}.ipynb", folder, node)
        if notebook.never_run():
            [notebook] = execute([notebook], self.timeout)
        options = {name: getattr(self, name) or None for name in ("title", "subtitle", "byline", "preview")}
        return typeset(document_of([notebook], code=self.code, strict=False, **options)), resources


def document_of(notebooks, *, code, preview, strict, title=None, subtitle=None, byline=None):
    """The document that executed `notebooks` make together, in order; the first one's metadata go for all.

    `title`, `subtitle` and `byline` (short strings) go before what stands there.
    """
    cells, files = [], {}
    for number, notebook in enumerate(notebooks, start=1):
        its_cells, its_files = cells_of(notebook, number, code=code)
        cells += its_cells
        files |= its_files
    first = notebooks[0]
    bibliography = first.metadata.get("bibliography")
    return Document(
        cells=cells,
        files=files,
        name=Path(first.name).stem,
        title=first.metadata.get("title"),
        new_title=title,
        subtitle=subtitle or first.metadata.get("subtitle"),
        byline=tuple(byline or first.metadata.get("byline", ())),
        lang=first.metadata.get("lang", "en"),
        bibliography=str(first.folder / bibliography) if bibliography else None,
        preview=preview,
        strict=strict,
    )
