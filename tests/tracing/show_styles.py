"""Print the table of styles: ``python tests/tracing/show_styles.py``."""

import sys
from time import perf_counter

from styles import RIGHT, WRONG

from mlp.tracing import prove_backward, prove_gradient


def judged(row, **options):
    """Return the result for a row of the table."""
    _, kind, first, second, arguments = row
    prove = prove_backward if kind == "backward" else prove_gradient
    return prove(first, second, **{**arguments, **options})


def main():
    """Print each row's verdict and seconds."""
    for title, rows in (("right", RIGHT), ("wrong", WRONG)):
        print(f"{title}: {len(rows)}")
        for row in rows:
            if sys.argv[1:] and not any(word in row[0] for word in sys.argv[1:]):
                continue
            start = perf_counter()
            result = judged(row)
            print(
                f"  {row[0]:40} {result.verdict:10} {perf_counter() - start:6.2f} s",
                flush=True,
            )
            expected = "proved" if title == "right" else "wrong"
            if result.verdict != expected or sys.argv[1:]:
                print(result)


if __name__ == "__main__":
    main()
