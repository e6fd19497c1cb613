"""What one sees: every figure and table of the report, each with its caption and alternative text.

A function `..._figure` or `..._table` returns what a notebook shows by naming it in the last line of a cell.
"""

from ..evidence.evidence_table import evidence_table
from ..evidence.provenance import provenance_table, trainings_table
from ..evidence.replication import replication_table
from .committees import committee_mistakes_figure, photos_figure
from .curves import curves_figure
from .data import digits_figure, sigmoids_figure
from .drawing import network_figure
from .formula_tables import (
    deltas_table,
    gradient_check_table,
    normalisation_table,
    shapes_table,
    slopes_table,
    tried_sizes_table,
)
from .gradients import gradient_ratio, gradients_figure
from .inside import confusion_figure, hidden_weights_figure, mistakes_figure
from .ladder import deformed_digits_figure, ladder_figure
from .losses import learning_rates_figure, loss_parts_figure
from .overviews import forest_figure, steps_to_loss_figure, tradeoff_figure
from .tables import glossary_table, measures_table, networks_table, reviews_table, signs_table

__all__ = [name for name in dir() if name.endswith(("_figure", "_table", "_ratio"))]
