"""What makes, runs and compares the book: `python -m book.tools` lists the tasks."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HTML = ROOT / "_build" / "html"  # the built site
