"""Gradient checks over gradients whose truth is known: false alarms and misses.

Run by `make bench-verdicts SEED=1`. The cases are those of `mlp.gradient_cases`: random
networks in float64 and float32, and functions that are no networks. Every gradient is
checked as a right program computes it and with a slip in one entry; of some networks
also with larger faults. The contestants are

- the verdicts of `check_gradients` and `check_gradient`, and, on a part of the cases,
  the same by differences alone;
- the rule of CS231n: a relative error, of an entry and its centered difference with
  h = 1e-5, below 1e-7 is right, above 1e-4 wrong, between them undecided;
- `scipy.optimize.check_grad`, one number for the whole gradient and no rule to judge it
  by: here 1e-4 is the limit, as in scikit-learn's tests.

An entry at a kink has no gradient; it is counted apart, and a verdict on it fails when
the two slopes differ and it decides, or they are equal and it decides otherwise.
"""

import os
import sys
import time
from collections import Counter

import numpy as np
from scipy.optimize import check_grad

from mlp.gradient_cases import (
    NetworkCase,
    contest,
    function_cases,
    mutants,
    network_cases,
    relative_errors,
    slip,
    values_and_point,
    verdicts,
    verdicts_by_differences,
)

GROUPS = {  # name: the cases
    "networks, float64": lambda rng, n: network_cases(rng, n, [np.float64]),
    "networks, float32": lambda rng, n: network_cases(rng, n, [np.float32]),
    "functions, float64": lambda rng, n: function_cases(rng, n),
    "functions, float32": lambda rng, n: function_cases(rng, n, np.float32),
}
CONTESTANTS = {
    "verdict": verdicts,
    "verdict, differences": verdicts_by_differences,
    "CS231n": relative_errors,
}


def scipy_check_grad(case, given):
    """The rule for `scipy.optimize.check_grad`: all entries are right, or all wrong."""
    f, point = values_and_point(case)
    names, parts = list(point), [array.ravel() for array in point.values()]
    ends, dtype = np.cumsum([part.size for part in parts])[:-1], parts[0].dtype

    def value(x):
        pieces = np.split(x.astype(dtype), ends)
        return f(
            {n: p.reshape(point[n].shape) for n, p in zip(names, pieces, strict=True)}
        )

    flat = np.concatenate([given[name].ravel() for name in names]).astype(float)
    with np.errstate(all="ignore"):
        x = np.concatenate(parts).astype(float)
        error = check_grad(value, lambda _: flat, x)
    found = {} if error <= 1e-4 else {entry: "wrong" for entry in case.entries()}
    return found, flat.size + 1


CONTESTANTS["scipy check_grad"] = scipy_check_grad


def larger_faults(every):
    """Further faulty gradients: those of a part of the networks, and of functions."""
    count = Counter()

    def faults(case):
        if not isinstance(case, NetworkCase):
            return [case.faulty] if case.faulty else []
        count["networks"] += 1
        if count["networks"] % every:
            return []
        return [given for _, given in mutants(case)]

    return faults


def share(part, whole, digits=2):
    return f"{100 * part / max(whole, 1):.{digits}f} %"


def row(name, tally):
    """A line of the table."""
    c = tally.counts
    undecided = c["right called undecided"]
    reasons = ", ".join(
        f"{reason} {share(n, c['right'])}" for reason, n in tally.reasons.most_common()
    )
    kinks = f"{c['at a kink failed']}/{c['at a kink']}"
    per_entry = c["evaluations"] / max(c["entries"], 1)
    return (
        f"{name:21} {c['alarms']:5}/{c['right gradients']:<5} "
        f"{c['missed']:5}/{c['wrong gradients']:<5} "
        f"{c['right called wrong']:6}/{c['right']:<6} "
        f"{c['slips called right']:5}/{c['slips']:<5} {c['slips within rounding']:5} "
        f"{share(undecided, c['right']):>8} "
        f"{share(c['slips called undecided'], c['slips']):>8} {kinks:>11} "
        f"{per_entry:6.1f} {tally.seconds:6.1f}  {reasons}"
    )


HEADER = (
    f"{'':21} {'gradients':>23} {'':1}{'entries':>24}\n"
    f"{'':21} {'alarms':>11} {'missed':>11} {'alarms':>13} {'missed':>11} {'*':>5} "
    f"{'undec.':>8} {'slips u.':>8} {'kinks':>11} {'evals':>6} {'s':>6}  reasons"
)


def plantable(cases, rng):
    """The share of entries where a slip is more than rounding; none at a kink."""
    count = Counter()
    for case in cases:
        for _ in range(10):
            given, name, index = slip(case, rng)
            if not case.at_kink[name][index]:
                count["all"] += 1
                count["planted"] += given is not None
    return share(count["planted"], count["all"], 1)


def run(seed=0, nets=350, functions=200, names=tuple(CONTESTANTS), by_differences=4):
    """Yield for each group its name, its cases, and the tally of each contestant.

    Parameters
    ----------
    seed : int
    nets, functions : int
        How many of them, in float64 and again in float32.
    names : sequence of str
        Keys of CONTESTANTS.
    by_differences : int
        One network of so many is checked by differences alone, and every function.
    """
    contestants = {name: CONTESTANTS[name] for name in names}
    apart = contestants.pop("verdict, differences", None)
    for number, (group, draw) in enumerate(GROUPS.items()):
        rng = np.random.default_rng([seed, number])
        cases = list(draw(rng, nets if "networks" in group else functions))
        tallies = contest(cases, contestants, rng, larger_faults(every=10))
        if apart:
            part = cases if "functions" in group else cases[::by_differences]
            faults = larger_faults(every=10)
            tallies |= contest(part, {"verdict, differences": apart}, rng, faults)
        yield group, cases, tallies


def part(seed=0):
    """A small part for the verdicts and CS231n's rule, in less than 20 s."""
    runs = run(seed, 15, 60, ["verdict", "CS231n"])
    return {group: tallies for group, _, tallies in runs}


def describe(failure, cases):
    """One line on a verdict that is false, or undecided."""
    what, case, name, index, given, said = failure
    number = next(i for i, other in enumerate(cases) if other is case)
    left, right = (side[index] for side in case.sides[name])
    net = getattr(case, "net", None)
    kind = f"{case.kind}, {net.activation}" if net else case.kind
    return (
        f"  case {number} ({kind}) {name}{list(map(int, index))}: {what}; given "
        f"{given:.6g}, slopes {left:.6g} and {right:.6g}, scale "
        f"{case.scale[name][index]:.2g}: {said}"
    )


def main(seed=None, shown=5):
    seed = int(seed or os.environ.get("SEED") or 0)
    start, shown = time.process_time(), int(shown)
    print(f"seed {seed}\n{HEADER}")
    for group, cases, tallies in run(seed):
        share_planted = plantable(cases, np.random.default_rng(seed))
        print(f"\n{group} (a slip counts in {share_planted} of the entries)")
        for name, tally in tallies.items():
            print(row(name, tally), flush=True)
        for name in [name for name in tallies if name.startswith("verdict")]:
            false = [
                failure
                for failure in tallies[name].failures
                if not failure[0].endswith("undecided")
            ]
            print(*(describe(f, cases) for f in false[:shown]), sep="\n", end="")
            print(f"\n  {name}: {len(false)} false in all" if false else "")
    print(
        "\n* slips called right that are within 20 roundings of the function over a "
        "step as long as x"
    )
    print(f"{time.process_time() - start:.0f} s of CPU")


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
