"""Re-execute every chapter under other BLAS kernels, thread counts and SIMD instructions.

A printed number must survive all of them (`make test-portability`). Kernels that this CPU
cannot run are left out and named.
"""

import os
import subprocess
import sys

from modules import ROOT, notebooks

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
SETTINGS = [{"OPENBLAS_CORETYPE": kernel, "OPENBLAS_NUM_THREADS": "1"} for kernel in KERNELS]
SETTINGS += [
    {"OPENBLAS_NUM_THREADS": "2"},
    {"NPY_DISABLE_CPU_FEATURES": "X86_V3 X86_V4", "OPENBLAS_NUM_THREADS": "1"},
]


def kernel_of(environment):
    """What OpenBLAS calls the kernel it takes in this environment, "none" if it crashes."""
    run = subprocess.run(
        [sys.executable, "-c", TELL_KERNEL], env=environment, capture_output=True, text=True
    )
    return run.stdout.strip() or "none"


def main():
    failed = []
    for setting in SETTINGS:
        environment = os.environ | setting
        name = " ".join(f"{key}={value}" for key, value in setting.items())
        asked, got = KERNELS.get(setting.get("OPENBLAS_CORETYPE")), kernel_of(environment)
        if got == "none" or asked not in (None, got):
            print(f"left out: {name} (this machine cannot run it; it took {got})", flush=True)
            continue
        print(f"{name}: kernel {got}", flush=True)
        command = [sys.executable, "-m", "pytest", "-q", "-n", "2", "--dist", "loadfile"]
        command += ["--nbval", "--nbval-current-env", "--nbval-cell-timeout", "1800"]
        run = subprocess.run([*command, *map(str, notebooks())], env=environment, cwd=ROOT)
        failed += [name] if run.returncode else []
    sys.exit(f"printed numbers changed under: {'; '.join(failed)}" if failed else 0)


if __name__ == "__main__":
    main()
