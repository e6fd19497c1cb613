"""The programs that convert and print: how long they may take, and their versions."""

import json
import shutil
import subprocess
import sys
from contextlib import suppress
from functools import cache
from importlib.util import find_spec
from pathlib import Path

SECONDS = 4.0  # of work that pandoc or Typst may take for a page; longer texts get more
PATIENCE = 30  # times as long may pass where the machine does other things meanwhile


@cache
def pandoc_program() -> str:
    """pandoc of its wheel, so that all print alike; else one that is installed. FileNotFoundError if there is none."""
    wheel = find_spec("pypandoc")
    name = "pandoc.exe" if sys.platform == "win32" else "pandoc"
    own = Path(wheel.origin).parent / "files" / name if wheel and wheel.origin else None
    found = str(own) if own and own.is_file() else shutil.which(name)
    if not found:
        raise FileNotFoundError("pandoc is not there; install pypandoc_binary")
    return found


def program_versions() -> dict[str, str]:
    """Versions of pandoc and Typst, by name; only of those that are installed, since a notebook shows without them."""
    found = {}
    with suppress(ImportError, OSError, IndexError):
        told = subprocess.run([pandoc_program(), "--version"], capture_output=True, text=True, check=False)  # noqa: S603
        found["pandoc"] = told.stdout.split()[1]
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
