"""What a process computes with, in one line."""

import platform
from functools import cache
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_info

CPU_INFO = Path("/proc/cpuinfo")


@cache
def environment() -> str:
    """Return versions and machine of this process, for example "Python 3.11.7, NumPy 2.4.6 with openblas ..."."""
    blas = next((info for info in threadpool_info() if info["user_api"] == "blas" and "numpy" in info["filepath"]), {})
    library = f"{blas.get('internal_api', 'unknown BLAS')} {blas.get('version', '')}".strip()
    return (
        f"Python {platform.python_version()}, NumPy {np.__version__} with {library} "
        f"({blas.get('architecture', 'unknown')} kernels), on {_processor()}, {platform.system()} {platform.machine()}"
    )


def _processor() -> str:
    """Return the processor's name, as far as the system tells it."""
    if CPU_INFO.exists():
        for line in CPU_INFO.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.processor() or platform.machine()
