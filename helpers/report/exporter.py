"""nbconvert's way in: `jupyter nbconvert --to helpers.report.ReportPDFExporter notebook.ipynb`."""

from pathlib import Path

from nbconvert.exporters import Exporter
from traitlets import Bool, Float, Unicode

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
        document = document_of([notebook], code=self.code, preview=self.preview or None, strict=False)
        return typeset(document), resources


def document_of(notebooks, *, code, preview, strict):
    """The document that executed `notebooks` make together, in order; the first one's metadata go for all."""
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
        subtitle=first.metadata.get("subtitle"),
        lang=first.metadata.get("lang", "en"),
        bibliography=str(first.folder / bibliography) if bibliography else None,
        preview=preview,
        strict=strict,
    )
