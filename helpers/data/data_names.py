"""Which file of a folder is which part of the data, and what the classes are called."""

import re
import string
from collections.abc import Sequence
from pathlib import Path

# Images or labels, for training or for test: `train-images-idx3-ubyte.gz`, `t10k-labels.idx1-ubyte`,
# `emnist-letters-test-images-idx3-ubyte`. The first group is what the data set is called, if it says so.
FILE_NAME = re.compile(r"(.*?[-_.])?(train|t10k|test)[-_.](images|labels)([-_.]idx[13])?([-_.]ubyte)?(\.gz)?", re.I)
STANDARD = {"images": "{}-images-idx3-ubyte", "labels": "{}-labels-idx1-ubyte"}
NPZ_NAMES = ("x_train", "y_train", "x_test", "y_test")  # of Keras's mnist.npz
EMNIST_CLASSES = {  # G. Cohen et al., "EMNIST" (2017): what each label is called, by a word of the file's name
    "letters": "0" + string.ascii_lowercase,  # begins at 1
    "balanced": string.digits + string.ascii_uppercase + "abdefghnqrt",  # the other small letters look like capitals
    "bymerge": string.digits + string.ascii_uppercase + "abdefghnqrt",
    "byclass": string.digits + string.ascii_uppercase + string.ascii_lowercase,
}


def candidates(directory: Path, part: str, kind: str) -> list[Path]:
    """Return the files that may hold one part of the data, those of the usual names first.

    part: "train" or "t10k"; kind: "images" or "labels".
    """
    usual = STANDARD[kind].format(part)
    standard = [path for path in (directory / f"{usual}.gz", directory / usual) if path.is_file()]
    others = []
    for path in sorted(directory.iterdir()) if directory.is_dir() else ():
        found = FILE_NAME.fullmatch(path.name)
        parts = ("train",) if part == "train" else ("t10k", "test")
        if found and found[2].lower() in parts and found[3].lower() == kind and path.is_file() and path not in standard:
            others.append(path)
    return standard + others


def prefixes(paths: Sequence[Path]) -> set[str]:
    """Return what the names of some files say before "train" or "test": one each where they belong together."""
    return {(FILE_NAME.fullmatch(path.name)[1] or "").lower() for path in paths}


def is_transposed(path: Path) -> bool:
    """Return whether a file's images are stored column by column, as all of EMNIST are."""
    return path.name.lower().startswith("emnist")


def label_names(directory: Path, labels_path: Path, labels: Sequence[int]) -> tuple[str, ...]:
    """Return what some labels are called: by a mapping file beside them, as EMNIST's, or by their numbers."""
    for path in sorted(directory.glob("*mapping.txt")):
        text = path.read_text(encoding="ascii", errors="replace") if path.is_file() else ""
        pairs = re.findall(r"^[ \t]*(\d{1,3})[ \t]+(\d{1,5})\b", text, re.M)
        names = {int(label): chr(int(code)) for label, code in pairs if chr(int(code)).isprintable()}
        if names.keys() >= set(labels):
            return tuple(names[label] for label in labels)
    for word, characters in EMNIST_CLASSES.items():
        if is_transposed(labels_path) and word in labels_path.name.lower() and max(labels) < len(characters):
            return tuple(characters[label] for label in labels)
    return tuple(map(str, labels))
