"""pandoc, for a limited time and in limited memory, without files, metadata or anything else that a text could name."""

import subprocess
from dataclasses import dataclass

from ..common.programs import PATIENCE, SECONDS, pandoc_program, worked

LETTERS_A_SECOND = 20_000
MEMORY = ["+RTS", "-M1g", "-RTS"]


@dataclass(frozen=True)
class Answer:
    """What pandoc wrote, all or as far as it came, and why it ended too early; "" if it did not."""

    text: str
    warnings: str
    problem: str = ""


def ask(arguments: list[str], text: str, seconds: float = SECONDS) -> Answer:
    """Run pandoc on `text`, for `seconds` of work, and more for more than a page."""
    seconds += len(text) / LETTERS_A_SECOND
    process = subprocess.Popen(  # noqa: S603
        [pandoc_program(), *arguments, *MEMORY],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        errors="replace",
    )
    try:
        for passed in range(PATIENCE):
            try:
                written, warnings = process.communicate(None if passed else text, timeout=seconds)
            except subprocess.TimeoutExpired:
                if worked(process.pid) >= seconds:
                    break
            else:
                problem = f"pandoc ended with status {process.returncode}" if process.returncode else ""
                return Answer(written, warnings, problem)
    finally:
        process.kill()
    written, warnings = process.communicate()
    return Answer(written, warnings, f"pandoc took longer than {seconds:.0f} s")
