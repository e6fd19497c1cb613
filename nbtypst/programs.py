"""The programs that print, and their versions."""

import json
from contextlib import suppress


def program_versions() -> dict[str, str]:
    """Versions of pandoc and Typst, by name; only of those that are installed, since a notebook shows without them."""
    found = {}
    with suppress(ImportError, OSError):  # OSError: the wheel without its program
        import pypandoc

        found["pandoc"] = str(pypandoc.get_pandoc_version())
    with suppress(ImportError):
        import typst

        version = typst.query(b"#metadata(str(sys.version)) <it>", "<it>", field="value", one=True)
        found["Typst"] = json.loads(version)  # of the compiler; the package around it counts on its own
    return found
