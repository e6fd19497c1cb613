"""The process behind typesetter.py: a request a line, an answer a line, until nothing is asked for a while.

It is run as a file, since all that it needs is Typst.
"""

import json
import select
import sys
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

sys.path.append(sys.argv[2])  # where Typst is

import typst

IDLE = 120  # seconds until it ends by itself
MEMORY = 8 << 30  # bytes of address space
FIRST = b'#raw(block: true, lang: "python", "x") $x$'  # brings up what takes long to, while the document is still read


@lru_cache(maxsize=8)
def _fonts(paths: tuple[str, ...]) -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, font_paths=list(paths))


def answer(request: dict) -> dict:
    """What Typst makes of a request, or why it refuses to."""
    file, paths = request["file"], tuple(request["fonts"])
    given = {"root": str(Path(file).parent), "font_paths": _fonts(paths)}
    try:
        if "output" not in request:
            return {"value": typst.query(file, "<places>", field="value", one=True, **given)}
        pdf, warnings = typst.compile_with_warnings(file, pdf_standards=request["standards"], **given)
        Path(request["output"]).write_bytes(pdf)
        return {"warnings": [{"message": one.message, "diagnostic": one.diagnostic} for one in warnings]}
    except typst.TypstError as error:
        return {"message": error.message, "diagnostic": "\n".join([error.diagnostic, *map(str, error.trace)])}
    except BaseException as error:  # a panic within Typst is no Exception
        return {"message": f"{type(error).__name__}: {error}"[:300], "diagnostic": ""}


def serve(fonts: str) -> None:
    """Answer until there is nothing more to answer."""
    with suppress(ImportError, OSError, ValueError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, resource.getrlimit(resource.RLIMIT_AS)[1]))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    typst.compile(FIRST, font_paths=_fonts((fonts,)))
    while True:
        if sys.platform != "win32" and not select.select([sys.stdin], [], [], IDLE)[0]:
            return
        line = sys.stdin.readline()
        if not line:
            return
        print(json.dumps(answer(json.loads(line))), flush=True)


if __name__ == "__main__":
    serve(sys.argv[1])
