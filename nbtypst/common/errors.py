"""What can go wrong: errors that leave nothing to print, and warnings of what is shown less well than it could be."""

import re

CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def printable(text: str) -> str:
    """`text` in one line, with the codes of signs that would steer a terminal in their place."""
    return CONTROL.sub(lambda found: f"\\x{ord(found[0]):02x}", " ".join(text.split()) if "\n" in text else text)


class NotebookError(Exception):
    """Nothing can be printed; the message says what is wrong, where, and what to do.

    `problems` is the list of everything found wrong, one sentence each.
    """

    def __init__(self, *problems: str):
        self.problems = ["\n".join(map(printable, problem.split("\n"))) for problem in problems]
        super().__init__("\n".join(self.problems))


class NotebookWarning(UserWarning):
    """Something is shown less well than it could be; the message names notebook and cell."""
