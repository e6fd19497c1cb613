"""What can go wrong: errors that leave nothing to print, and warnings of what is shown less well than it could be."""


class NotebookError(Exception):
    """Nothing can be printed; the message says what is wrong, where, and what to do.

    `problems` is the list of everything found wrong, one sentence each.
    """

    def __init__(self, *problems: str):
        super().__init__("\n".join(problems))
        self.problems = list(problems)


class NotebookWarning(UserWarning):
    """Something is shown less well than it could be; the message names notebook and cell."""
