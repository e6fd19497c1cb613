"""The look that figures share with the page: its fonts, its measure, print sizes."""

from functools import cache
from pathlib import Path

FONTS = Path(__file__).parent / "fonts"
TEXT_WIDTH_INCHES = 122 / 25.4  # the measure of the default page, see page.py
FAMILY = "Libertinus Serif"


@cache
def register_fonts() -> None:
    """Make the text font of the page known to matplotlib, once per process."""
    from matplotlib import font_manager  # only where there is a figure, since it takes long to import

    for file in sorted(FONTS.glob("LibertinusSerif-*.otf")):
        font_manager.fontManager.addfont(file)


def figure_style() -> dict[str, object]:
    """rcParams for a figure in print: text of 8-9 pt in the page's font, opaque white, full measure.

    Use it as `plt.rcParams.update(figure_style())` or `with plt.rc_context(figure_style()):`. Sizes are true
    when the figure is as wide as its place on the page: TEXT_WIDTH_INCHES at 100 %.
    """
    register_fonts()
    return {
        "font.family": FAMILY,
        "font.size": 9,
        "axes.titlesize": 9,
        "axes.labelsize": 9,
        "legend.fontsize": 8.5,
        "xtick.labelsize": 8.5,
        "ytick.labelsize": 8.5,
        "mathtext.fontset": "custom",
        "mathtext.rm": FAMILY,
        "mathtext.it": f"{FAMILY}:italic",
        "mathtext.bf": FAMILY,
        "mathtext.cal": FAMILY,
        "mathtext.fallback": "stix",
        "text.usetex": False,  # the page has no TeX
        "figure.figsize": (TEXT_WIDTH_INCHES, 0.5 * TEXT_WIDTH_INCHES),
        "figure.constrained_layout.use": True,
        "figure.facecolor": "white",
        "axes.facecolor": "white",
        "savefig.facecolor": "white",
        "savefig.transparent": False,
        "savefig.bbox": None,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.linewidth": 0.6,
        "lines.linewidth": 1.2,
        "legend.frameon": False,
        "svg.fonttype": "path",
        "svg.hashsalt": "nbtypst",
    }
