"""The one exception of the package."""


class ReportError(Exception):
    """The report cannot be built; the message names notebook and cell, what is wrong and what to do.

    `problems` is the list of everything found wrong, one sentence each.
    """

    def __init__(self, *problems):
        super().__init__("\n".join(problems))
        self.problems = list(problems)
