"""The claims of the tests of `mlp.proof` are judged here, too."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "proof"))
