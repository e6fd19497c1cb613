"""The programs that convert and print: how long they may take, and their versions."""

import json
from contextlib import suppress
from pathlib import Path

SECONDS = 4.0  # of work that pandoc or Typst may take for a page; longer texts get more
PATIENCE = 30  # times as long may pass where the machine does other things meanwhile


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


def worked(process: int) -> float:
    """Seconds that a process has computed, as Linux says; no end of them elsewhere, where only the clock is known."""
    with suppress(OSError, ValueError, IndexError):
        fields = Path(f"/proc/{process}/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / 100
    return float("inf")
