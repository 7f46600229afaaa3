"""Changed programs: is one that is wrong in numbers proved by the prover alone?

``python tests/tracing/mutants.py 1000 --seed 1`` changes one place of a right pair of
the table at a time, 1000 times, and gives the numbers and the prover each their say.
"""

import argparse
import ast
import copy
import random
import sys
import types
from collections import Counter
from dataclasses import dataclass
from time import perf_counter

import styles

from mlp.tracing.programs import BadProgram, read_program
from mlp.tracing.prove import Findings, attempt, by_numbers, decide, result_of
from mlp.tracing.refusal import CantTell

SOURCE = open(styles.__file__, encoding="utf-8").read()
TREE = ast.parse(SOURCE)


def lines_reached(function):
    """Return the lines of a function and of those in the table that it reaches."""
    lines, todo, seen = set(), [function], set()
    while todo:
        one = getattr(todo.pop(), "__func__", None) or function
        todo_code = [one.__code__] if isinstance(one, types.FunctionType) else []
        while todo_code:
            code = todo_code.pop()
            if code in seen or code.co_filename != styles.__file__:
                continue
            seen.add(code)
            lines.update(line for *_, line in code.co_lines() if line)
            lines.discard(code.co_firstlineno if code.co_name != "<lambda>" else 0)
            todo_code += [c for c in code.co_consts if isinstance(c, types.CodeType)]
            for name in code.co_names:
                value = getattr(styles, name, None)
                if isinstance(value, types.FunctionType):
                    todo_code.append(value.__code__)
    return lines


OPERATORS = {
    ast.Add: [ast.Sub, ast.Mult],
    ast.Sub: [ast.Add],
    ast.Mult: [ast.Div, ast.Add],
    ast.Div: [ast.Mult],
    ast.Pow: [ast.Mult],
    ast.MatMult: [ast.Mult],
}
COMPARISONS = {
    ast.Gt: [ast.GtE, ast.Lt],
    ast.GtE: [ast.Gt, ast.LtE],
    ast.Lt: [ast.LtE, ast.Gt],
    ast.LtE: [ast.Lt, ast.GtE],
    ast.Eq: [ast.NotEq],
}
WORDS = {
    "sum": ["mean", "max"],
    "mean": ["sum"],
    "exp": ["tanh", "log"],
    "log": ["exp"],
    "maximum": ["minimum"],
    "tanh": ["exp"],
    "sqrt": ["square"],
    "square": ["abs"],
    "max": ["min", "mean"],
    "zeros": ["ones"],
    "zeros_like": ["ones_like"],
    "ones": ["zeros"],
    "abs": ["sign"],
    "var": ["std"],
}


def changes(node):
    """Yield functions that change a copy of a node in place, or return another one."""
    if isinstance(node, (ast.BinOp, ast.AugAssign)):
        for kind in OPERATORS.get(type(node.op), []):
            yield lambda n, kind=kind: setattr(n, "op", kind())
        if isinstance(node, ast.BinOp):
            yield lambda n: vars(n).update(left=n.right, right=n.left)
            yield lambda n: ast.UnaryOp(ast.USub(), n)
            yield lambda n: n.left
    if isinstance(node, ast.Compare):
        for kind in COMPARISONS.get(type(node.ops[0]), []):
            yield lambda n, kind=kind: setattr(n, "ops", [kind()])
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        yield lambda n: n.operand
    if isinstance(node, ast.Constant) and type(node.value) in (int, float):
        yield lambda n: setattr(n, "value", n.value + 1)
        yield lambda n: setattr(n, "value", n.value * 2)
        yield lambda n: setattr(n, "value", 1 - n.value)
    if isinstance(node, ast.Constant) and isinstance(node.value, bool):
        yield lambda n: setattr(n, "value", not n.value)
    if isinstance(node, ast.Attribute):
        for word in WORDS.get(node.attr, []):
            yield lambda n, word=word: setattr(n, "attr", word)
        if node.attr == "T":
            yield lambda n: n.value
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
        yield "another name"
    if isinstance(node, (ast.Assign, ast.AugAssign, ast.Expr)):
        yield lambda n: ast.Pass()


class Replace(ast.NodeTransformer):
    """Changes the node with a number, in the order of a walk."""

    def __init__(self, target, change):
        self.target, self.change = target, change

    def visit(self, node):
        """Change the target, and walk on elsewhere."""
        if node is self.target:
            result = self.change(node)
            return node if result is None else ast.copy_location(result, node)
        return super().generic_visit(node)


def mutant(row, rng):
    """Return a row with one change, and the line where it is; None if none is there."""
    lines = lines_reached(row[2]) | lines_reached(row[3])
    tree = copy.deepcopy(TREE)
    nodes = [
        (node, change)
        for node in ast.walk(tree)
        if getattr(node, "lineno", None) in lines
        for change in changes(node)
    ]
    node, change = rng.choice(nodes)
    if change == "another name":
        near = [
            n.id
            for n in ast.walk(tree)
            if isinstance(n, ast.Name)
            and abs(n.lineno - node.lineno) < 9
            and n.lineno in lines
            and n.id not in ("np", node.id, "math")
        ]
        if not near:
            return None
        name = rng.choice(near)

        def change(n):
            n.id = name

    tree = ast.fix_missing_locations(Replace(node, change).visit(tree))
    space = {"__name__": "mutant"}
    module = types.ModuleType("mutant")
    sys.modules["mutant"] = module
    space = module.__dict__
    exec(compile(tree, styles.__file__, "exec"), space)
    same = [other for other in space["RIGHT"] if other[0] == row[0]]
    return same[0], node.lineno, ast.unparse(node)[:60]


@dataclass
class Judged:
    """What became of a mutant: an outcome, and the seconds of the prover."""

    outcome: str
    line: int
    seconds: float = 0.0
    text: str = ""


def by_the_prover(program, time_limit, named):
    """Return the result of the prover alone: as users get it, or only with names."""
    if named is None:
        return decide(program, time_limit, with_numbers=False)
    found = Findings(asked=program.asked)
    try:
        attempt(program, found, time_limit, named=named)
    except (BadProgram, CantTell) as error:
        found.reason = str(error)
    return result_of(program, found)


def judged(row, line, named=None, time_limit=5):
    """Compare what the numbers and the prover alone say."""
    _, kind, first, second, arguments = row
    arguments = dict(arguments)
    sizes = arguments.pop("sizes", {})
    try:
        program = read_program(first, second, kind == "gradient", arguments, sizes)
        numbers = Findings(asked=program.asked)
        by_numbers(program, numbers)
    except BadProgram:
        return Judged("does not run", line)
    start = perf_counter()
    result = by_the_prover(program, time_limit, named)
    seconds = perf_counter() - start
    proved = {name for name, one in result.arguments.items() if one}
    if proved & set(numbers.wrong):
        return Judged("WRONG AND PROVED", line, seconds, repr(result))
    if numbers.wrong:
        return Judged("wrong", line, seconds)
    if len(numbers.right) < len(numbers.asked):
        return Judged("undecided by numbers", line, seconds)
    reason = next((one.reason for one in result.arguments.values() if not one), "")
    return Judged(
        "right and proved" if result else "right, not proved", line, seconds, reason
    )


def attack(n, seed, report=print, only=None, named=None):
    """Judge n mutants of right rows; return how often each outcome came."""
    rng, count, slow = random.Random(seed), Counter(), 0.0
    rows = [row for row in styles.RIGHT if not only or only in row[0]]
    for k in range(n):
        row = rows[k % len(rows)]
        try:
            made = mutant(row, rng)
        except Exception:  # a change that does not even define the table
            made = None
        if made is None:
            count["does not run"] += 1
            continue
        changed, line, text = made
        result = judged(changed, line, named)
        count[result.outcome] += 1
        slow = max(slow, result.seconds)
        if result.outcome in ("WRONG AND PROVED", "right, not proved"):
            report(
                f"{result.outcome}: {row[0]}, line {line}, {text}: {result.text[:300]}"
            )
    return count, slow


def main():
    """Judge mutants, and print the outcomes."""
    parser = argparse.ArgumentParser()
    parser.add_argument("n", type=int)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", help="a part of the name of a row")
    parser.add_argument(
        "--names", choices=["on", "off"], help="as users get it without"
    )
    options = parser.parse_args()
    start = perf_counter()
    named = {"on": True, "off": False}.get(options.names)
    count, slow = attack(options.n, options.seed, only=options.only, named=named)
    for outcome, times in count.most_common():
        print(f"{times:5} {outcome}")
    print(f"{perf_counter() - start:.0f} s, the slowest proof {slow:.1f} s")


if __name__ == "__main__":
    main()
