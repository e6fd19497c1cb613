"""Networks to play with: `explore()` sets one up, watches it learn beside the stored results, and draws digits for it.

    from helpers import explorer

    explorer.explore()

Nothing of the report depends on it.
"""

from .page import Explorer, explore

__all__ = ["Explorer", "explore"]
