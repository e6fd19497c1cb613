"""The report's comparisons, in the families over which the tests are corrected."""

from collections.abc import Sequence

from ..experiments.table import name_of

Pair = tuple[str, str]
Family = tuple[str, tuple[Pair, ...]]  # its name, and its comparisons as (before, after)

FAMILIES: dict[str, tuple[Pair, ...]] = {
    "tricks": (
        ("baseline", "weights"),
        ("weights", "sigmoid"),
        ("sigmoid", "momentum"),
        ("baseline", "momentum"),
    ),
    "longer steps": (
        ("sigmoid", "long_step"),
        ("long_step", "momentum"),
        ("weights_long_step", "sigmoid"),
        ("weights", "weights_long_step"),
    ),
    "topology": (
        ("momentum", "narrow"),
        ("momentum", "wide"),
        ("momentum", "two_layers"),
        ("momentum", "two_thin_layers"),
        ("two_thin_layers", "two_layers"),
        ("momentum", "deep"),
        ("deep", "deep_short_step"),
        ("momentum", "deep_short_step"),
    ),
    "learning rates": (
        ("momentum", "one_layer_short_step"),
        ("two_layers", "two_layers_short_step"),
        ("one_layer_short_step", "two_layers_short_step"),
        ("one_layer_short_step", "deep_short_step"),
    ),
    "the best": tuple(
        (name, "wide")
        for name in (
            "baseline",
            "weights",
            "sigmoid",
            "long_step",
            "narrow",
            "two_layers",
            "two_thin_layers",
            "deep",
            "deep_short_step",
        )
    ),
    "early stopping": (("deep_to_the_end", "deep"),),
    "ladder": (
        ("momentum", "all_images"),
        ("all_images", "relu"),
        ("relu", "units_800"),
        ("units_800", "schedule"),
        ("schedule", "dropout"),
        ("schedule", "weight_decay"),
        ("schedule", "affine"),
        ("affine", "elastic"),
        ("affine", "affine_dropout"),
        ("elastic", "two_layers_elastic"),
        ("momentum", "elastic"),
    ),
}


def family_of(before: str, after: str, family: str | Sequence[Pair] | None = None) -> Family:
    """Return the family of a comparison: the one that lists it, or the one given, by name or as pairs of names.

    Raises `ValueError` where no family lists it and none is given, since a test must know how many were made.
    """
    pair = before, after
    if family is None:
        family = next((name for name, pairs in FAMILIES.items() if pair in pairs), None)
    if isinstance(family, str) and family in FAMILIES:
        name, pairs = family, FAMILIES[family]
        return name, pairs if pair in pairs else (*pairs, pair)
    if family is None or isinstance(family, str):
        raise ValueError(
            f"family is {family!r}, and no family lists the comparison of {before} with {after}; give the name of one "
            f"({', '.join(FAMILIES)}), or all pairs that you compare, such as family=[({before!r}, {after!r})]"
        )
    pairs = tuple(dict.fromkeys([*((name_of(a), name_of(b)) for a, b in family), pair]))
    return "own", pairs
