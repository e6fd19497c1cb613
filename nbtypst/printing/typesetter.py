"""Typst in a process of its own, which serves one document after the other, and is ended where it takes too long."""

import atexit
import json
import os
import subprocess
import sys
import threading
import time
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from queue import Empty, Queue

from ..common.programs import PATIENCE, worked

SERVER = Path(__file__).parent / "process.py"
FONTS = Path(__file__).parent.parent / "fonts"

# A look may name packages: none is there, and a place at which nobody listens is asked for them.
NOBODY, NOWHERE = "http://127.0.0.1:0", os.path.join(os.devnull, "nothing")
ALONE = dict.fromkeys(("ALL_PROXY", "HTTPS_PROXY", "HTTP_PROXY"), NOBODY)
ALONE |= dict.fromkeys(("HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME"), NOWHERE)


class RefusedError(Exception):
    """Typst refuses a source: `message` says why, `diagnostic` where."""

    def __init__(self, message: str, diagnostic: str):
        super().__init__(message)
        self.message, self.diagnostic = message, diagnostic


class StoppedError(Exception):
    """Typst took too long, too much memory, or broke down."""


class _Server:
    """The process, and a thread that hears what it answers."""

    def __init__(self) -> None:
        self.owner = os.getpid()
        typst = Path(find_spec("typst").origin).parent.parent  # nowhere else Python looks, so that it starts at once
        self.process = subprocess.Popen(  # noqa: S603
            [sys.executable, "-I", "-S", str(SERVER), str(FONTS), str(typst)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            encoding="utf-8",
            env={name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")} | ALONE,
        )
        self.answers: Queue[str] = Queue()
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        with suppress(ValueError, OSError):
            for line in self.process.stdout:
                self.answers.put(line)
        self.answers.put("")

    def ask(self, request: str, seconds: float) -> str:
        self.process.stdin.write(request + "\n")
        self.process.stdin.flush()
        before, begun = worked(self.process.pid), time.monotonic()
        for _ in range(PATIENCE):
            with suppress(Empty):
                return self.answers.get(timeout=seconds)
            took = worked(self.process.pid) - before
            if not took < seconds or time.monotonic() - begun > PATIENCE * seconds:
                break
        raise StoppedError(f"the typesetter took longer than {seconds:.0f} s")

    def end(self) -> None:
        self.process.kill()
        for pipe in (self.process.stdin, self.process.stdout):
            with suppress(OSError):
                pipe.close()
        self.process.wait()


_lock = threading.RLock()
_servers: list[_Server] = []


def start() -> None:
    """Start the process, if there is none, so that it is ready when it is asked."""
    with _lock:
        if not (_servers and _servers[0].owner == os.getpid() and _servers[0].process.poll() is None):
            close()  # the pipes of one that has ended
            _servers.append(_Server())


def close() -> None:
    """End the process."""
    with _lock:
        for server in _servers:
            if server.owner == os.getpid():
                server.end()
        _servers.clear()


atexit.register(close)


def compiled(file: Path, seconds: float, *, fonts: list[str], standards: list[str]) -> tuple[bytes, list[dict]]:
    """(the PDF that Typst makes of `file`, its warnings); RefusedError, or StoppedError after `seconds` of work."""
    pdf = file.with_suffix(".pdf")
    answer = _asked(file, seconds, fonts=fonts, standards=standards, output=str(pdf))
    return pdf.read_bytes(), answer["warnings"]


def places(file: Path, seconds: float, *, fonts: list[str]) -> dict:
    """Where figures stand in `file`, as nbtypst.typ tells; raises as `compiled` does."""
    return json.loads(_asked(file, seconds, fonts=fonts)["value"])


def _asked(file: Path, seconds: float, **request: object) -> dict:
    with _lock:
        asked = json.dumps({"file": str(file), **request})
        for _ in range(2):
            start()
            try:
                answer = json.loads(_servers[0].ask(asked, seconds) or "null")
            except BrokenPipeError:  # it has ended for want of work
                continue
            except BaseException:
                close()
                raise
            if answer is None:
                close()
                raise StoppedError("the typesetter broke down")
            if "message" in answer:
                raise RefusedError(answer["message"], answer["diagnostic"])
            return answer
    raise StoppedError("the typesetter does not start")
