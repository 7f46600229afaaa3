"""Every chapter again, under other BLAS kernels, thread counts and SIMD instructions.

A printed number must survive all of them (`make test-portability`). Kernels that this
CPU cannot run are left out and named.
"""

import subprocess
import sys

from . import ROOT
from .chapters import notebooks
from .environment import environment

TELL_KERNEL = """
import numpy, threadpoolctl
assert ((numpy.ones((200, 300)) @ numpy.ones((300, 100))) == 300).all()
print(threadpoolctl.threadpool_info()[0]["architecture"])
"""
KERNELS = {  # OPENBLAS_CORETYPE: what OpenBLAS then calls itself
    "Prescott": "Katmai",
    "Nehalem": "Nehalem",
    "Sandybridge": "Sandybridge",
    "Haswell": "Haswell",
    "SkylakeX": "SkylakeX",
}
SETTINGS = [
    {"OPENBLAS_CORETYPE": kernel, "OPENBLAS_NUM_THREADS": "1"} for kernel in KERNELS
]
SETTINGS += [
    {"OPENBLAS_NUM_THREADS": "2"},
    {"NPY_DISABLE_CPU_FEATURES": "X86_V3 X86_V4", "OPENBLAS_NUM_THREADS": "1"},
]


def kernel_of(variables):
    """What OpenBLAS calls the kernel that it takes, "none" if it crashes."""
    run = subprocess.run(
        [sys.executable, "-c", TELL_KERNEL],
        env=variables,
        capture_output=True,
        text=True,
    )
    return run.stdout.strip() or "none"


def compare():
    """Execute and compare every chapter under each of the settings."""
    failed = []
    for setting in SETTINGS:
        variables = environment(**setting)
        name = " ".join(f"{key}={value}" for key, value in setting.items())
        asked, got = KERNELS.get(setting.get("OPENBLAS_CORETYPE")), kernel_of(variables)
        if got == "none" or asked not in (None, got):
            print(
                f"left out: {name} (this machine cannot run it; it took {got})",
                flush=True,
            )
            continue
        print(f"{name}: kernel {got}", flush=True)
        command = [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-n",
            "2",
            "--dist",
            "loadfile",
        ]
        command += ["--nbval-cell-timeout", "1800", *(c.file for c in notebooks())]
        run = subprocess.run(command, env=variables, cwd=ROOT)
        failed += [name] if run.returncode else []
    sys.exit(f"printed numbers changed under: {'; '.join(failed)}" if failed else 0)
