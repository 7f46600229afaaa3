"""The tables of the page that states the problem set.

Names, points and wording are those of the grader's questions. Where a question is
answered, its row on the page of the answers says.
"""

import re

from mlp.grader.questions import QUESTIONS

from . import ROOT
from .chapters import Chapter

ANSWERS = Chapter(ROOT / "book/reference/problem_set.md")
ROW = re.compile(
    r"^\* - \*\*(Q[\d.]+)\*\*\\\n    (\d+) points\n  - (.+?)(?=^\* - |^```)",
    re.MULTILINE | re.DOTALL,
)
SECTION = re.compile(r"\]\(\.\./(\w+/\w+\.ipynb)(#[\w-]+)\)")
SIGNS = {  # what the grader writes for a keyboard, as formulas
    r"J = L \+ lam \* \(sum of theta \*\* 2\)": r"$J = L + \\lambda \\sum \\theta^2$",
    r"J = L \+ lam \* \(sum of \|theta\|\)": r"$J = L + \\lambda \\sum |\\theta|$",
    r"(?<!\\)\btheta\b": r"$\\theta$",
    r"\b([abhW])([12])\b": r"$\1^\2$",
    r"\bJ by\b": "$J$ by",
}


def answers():
    """(question, points, text) of each row of the page of the answers."""
    return ROW.findall(ANSWERS.prose)


def in_signs(text):
    """The text of a question with formulas in place of names for a keyboard."""
    for pattern, formula in SIGNS.items():
        text = re.sub(pattern, formula, text)
    return text


def link(text):
    """The section that an answer names first: a link with its chapter's title."""
    file, anchor = SECTION.search(text).groups()
    return f"[{Chapter(ROOT / 'book' / file).title}]({file}{anchor})"


def row(name, text):
    question = QUESTIONS[name]
    return (
        f"* - **{name}**\\\n    {question.points} points\n"
        f"  - {in_signs(question.asks)}\n  - {link(text)}"
    )


def table(problem):
    """The questions of a problem, with links to where they are answered."""
    rows = [row(name, text) for name, _, text in answers() if name[1] == problem]
    return TABLE.format(rows="\n".join(rows))


TABLE = """\
```{{list-table}}
:header-rows: 1
:widths: 18 52 30
:width: 100%

* - Question
  - What is asked
  - Answered in
{rows}
```"""
