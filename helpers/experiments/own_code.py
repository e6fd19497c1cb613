"""Code of one's own in an experiment: what tells it from other code, and how it gets to other processes.

A function or class from a file beside the notebook, or from a cell, is known by what it computes as it was loaded: its
compiled code, and that of whatever it refers to. So a changed file that was not imported again is not taken for new,
and a result is never stored under code that did not make it. To other processes it is sent along, not named.
"""

import dis
import math
import sys
import sysconfig
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from types import CodeType, FunctionType, MethodType, ModuleType

import numpy as np

from ..common.checks import called
from ..common.hashing import sha256

PLAIN = (type(None), bool, int, str)
SAID = (bytes, complex, type(...), range, slice)  # by how Python writes them
COUNTED = ("helpers.data", "helpers.network")  # every byte of them is part of a key anyway
INSTALLED = tuple({sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")})


class OwnCode:
    """What values are made of. modules: names of those with code of one's own, which others may not have."""

    def __init__(self) -> None:
        self.modules: set[str] = set()
        self.seen: dict[int, str] = {}

    def mark(self, value: object) -> object:
        """Return what JSON can hold and what tells this value from others.

        Raises `ValueError` for what cannot be told, such as an open file.
        """
        if isinstance(value, PLAIN):
            return value
        if isinstance(value, SAID):
            return repr(value)
        if isinstance(value, float | np.generic):
            return value.item() if isinstance(value, np.generic) else value if math.isfinite(value) else repr(value)
        if isinstance(value, np.ndarray):
            return [str(value.dtype), value.shape, sha256(np.ascontiguousarray(value))]
        if isinstance(value, dict):
            return [
                "dict",
                [[str(key), self.mark(item)] for key, item in sorted(value.items(), key=lambda pair: str(pair[0]))],
            ]
        if isinstance(value, set | frozenset):
            return ["set", sorted((self.mark(item) for item in value), key=str)]
        if type(value) in (tuple, list):
            return [self.mark(item) for item in value]
        if id(value) in self.seen:
            return self.seen[id(value)]
        self.seen[id(value)] = f"{called(value)} again"
        return self._mark_of_code(value)

    def _mark_of_code(self, value: object) -> object:
        if isinstance(value, CodeType):
            return [value.co_code.hex(), list(value.co_names), list(value.co_varnames), list(value.co_freevars),
                    [self.mark(each) for each in value.co_consts]]  # fmt: skip
        if isinstance(value, ModuleType):
            return self._mark_of_module(value)
        if isinstance(value, np.ufunc):
            return value.__name__
        if isinstance(value, MethodType | staticmethod | classmethod | property | partial):
            parts = [getattr(value, name, None) for name in ("__self__", "__func__", "fget", "fset", "func", "args")]
            return [type(value).__name__, *map(self.mark, parts), self.mark(dict(getattr(value, "keywords", {})))]
        if (named := getattr(value, "__qualname__", None)) and not self._own(value.__module__):
            return f"{value.__module__}.{named}"
        if isinstance(value, type | FunctionType):
            return self._mark_of_class(value) if isinstance(value, type) else self._mark_of_function(value)
        try:
            return self.mark(value.__reduce_ex__(4)[:4])
        except TypeError as error:
            what = f"{value!r} of type {type(value).__name__} is used in an experiment"
            raise ValueError(f"{what}, and nothing tells it from its like at the next run; allowed: what is made of "
                             "numbers, texts, arrays, functions and classes") from error  # fmt: skip

    def _mark_of_function(self, function: FunctionType) -> object:
        cells = function.__closure__ or ()
        inside = [self.mark(cell.cell_contents) for cell in cells]
        named = {name: function.__globals__[name] for name in _names(function.__code__) if name in function.__globals__}
        return [self.mark(function.__code__), inside, self.mark(function.__defaults__ or ()),
                self.mark(function.__kwdefaults__ or {}), self.mark(named)]  # fmt: skip

    def _mark_of_class(self, kind: type) -> object:
        members = {name: member for name, member in vars(kind).items() if _computes(name, member)}
        return [kind.__qualname__, [self.mark(base) for base in kind.__bases__], self.mark(members)]

    def _mark_of_module(self, module: ModuleType) -> object:
        file = getattr(module, "__file__", None)
        if not self._own(module.__name__) or file is None:
            return module.__name__
        return [module.__name__, sha256(Path(file).read_bytes())]

    def _own(self, name: str | None) -> bool:
        """Return whether a module is one's own: neither installed, nor of what counts anyway; take note of it."""
        if name is None or name.startswith(COUNTED) or name in sys.builtin_module_names:
            return False
        file = getattr(sys.modules.get(name), "__file__", None) or ""
        if name != "__main__" and file.startswith(INSTALLED):
            return False
        self.modules.add(name)
        return True


def _names(code: CodeType) -> set[str]:
    """Return the global names that code, and code within it, refers to."""
    inner = [_names(each) for each in code.co_consts if isinstance(each, CodeType)]
    loaded = (step.argval for step in dis.get_instructions(code) if step.opname in ("LOAD_GLOBAL", "LOAD_NAME"))
    return set(loaded).union(*inner)


def _computes(name: str, member: object) -> bool:
    """Whether a member of a class is written there: not Python's own, and not made by `dataclass` and the like."""
    function = getattr(member, "__wrapped__", member)
    if isinstance(function, FunctionType):
        return not function.__code__.co_filename.startswith("<string>")
    return not name.startswith("__")


def packed(values: object, modules: set[str]) -> bytes:
    """Return values for another process, with the code of these modules in them."""
    import cloudpickle  # only here: it takes long to import

    with ExitStack() as stack:
        for name in modules & set(sys.modules) - {"__main__"}:
            cloudpickle.register_pickle_by_value(sys.modules[name])
            stack.callback(cloudpickle.unregister_pickle_by_value, sys.modules[name])
        return cloudpickle.dumps(values)


def unpacked(content: bytes, make: Callable) -> object:
    """Return `make(**values)` of what was packed."""
    import cloudpickle

    return make(**cloudpickle.loads(content))
