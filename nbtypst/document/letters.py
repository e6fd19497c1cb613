"""What letters a document has: none that neither XML nor a PDF can hold, and none that is a mark of ours."""

import re

FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
SURROGATE = re.compile("[\ud800-\udfff]")
LONE = re.compile("[\ud800-\udfff\ufdd0\ufdd1\ufdd3-\ufdef\ufffe\uffff]")  # U+FDD0 to U+FDEF are marks of ours


def clean(text: str) -> str:
    """`text` without control characters, and with U+FFFD for what is half a sign."""
    if SURROGATE.search(text):  # two halves that stand together are one sign
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return LONE.sub("\ufffd", FORBIDDEN.sub("", text))
