"""What a hand-in is asked, and what it answers: each request only once."""

import re
from dataclasses import replace
from functools import cache

from mlp.grader.child.requests import CLASS_NAME, Job, Request
from mlp.grader.child.wire import decode, encode
from mlp.grader.hand_in.packing import MLP_PARENT, pack, pickled, search_path
from mlp.grader.hand_in.process import run
from mlp.grader.objections import NotLoaded
from mlp.grader.programs.comparing import Slip, Unanswered, key_of
from mlp.model import TwoLayerMLP

CALLS = {  # what else runs the method that a request runs
    "initial": {"initial"},
    "labels": {"labels", "train", "mnist"},
    "train": {"train"},
    "mnist": {"mnist"},
}
ALL_THAT_LEARN = {"loss", "cost", "penalty", "points", "train", "mnist"}
NOT_ASKED = "it is not asked, as an earlier call did not end well: {}"


class Dialogue:
    """A hand-in that can be asked.

    Parameters
    ----------
    hand_in : str, Path, class, module or object
        As for `check_program`.
    time_limit : float
        Seconds of CPU time of each process.

    Attributes
    ----------
    left_out : tuple of str
        What of a notebook was not run.
    """

    def __init__(self, hand_in, time_limit):
        self.job, self.time_limit = pack(hand_in), time_limit
        self.job = replace(self.job, time_limit=time_limit)
        self.known, self.left_out = {}, ()
        self.its_own = set()  # errors that the book's class does not meet
        self.endings = {}  # why calls have no answer, by `kind_of`

    def ask(self, requests):
        """Put requests to the hand-in that it was not asked before.

        A process that ends before its last request is followed by another one, without
        what would run into the same, which is not asked later either.

        Raises
        ------
        NotLoaded
            If there is no class to be asked.
        """
        waiting = {key_of(request): request for request in requests}
        waiting = {k: r for k, r in waiting.items() if k not in self.known}
        for key, request in list(waiting.items()):
            if ending := self.ending_of(request):
                self.known[key] = {"ended": NOT_ASKED.format(ending)}
                del waiting[key]
        while waiting:
            answered, outcome = self.answered(list(waiting.values()))
            for key, line in zip(list(waiting), answered):
                self.known[key] = line
                del waiting[key]
            if waiting:
                self.pass_over(waiting, outcome)

    def answered(self, requests):
        """Return the lines that came of the requests, and the outcome."""
        outcome = run(replace(self.job, requests=requests), self.time_limit)
        self.left_out = tuple(getattr(outcome, "left_out", self.left_out))
        if not outcome.lines:
            self.rule_out_a_fault([], outcome.trace)
            raise NotLoaded(f"loading the hand-in: {outcome.ending}")
        if not outcome.lines[0].get("loaded"):
            raise NotLoaded(f"the hand-in has no class {CLASS_NAME}")
        lines = outcome.lines[1:]
        new = {
            line["raised"]: request
            for request, line in reversed([*zip(requests, lines)])
            if line.get("raised", "") not in {"", *self.its_own}
        }
        self.rule_out_a_fault([*new.values()], bool(new))
        self.its_own |= set(new)
        return lines, outcome

    def pass_over(self, waiting, outcome):
        """Note why the next request has no answer, and drop what would end like it."""
        ended = next(iter(waiting.values()))
        self.rule_out_a_fault([ended], outcome.trace)
        dropped = CALLS.get(ended.ask, ALL_THAT_LEARN)
        for key, request in list(waiting.items()):
            if request.ask in dropped:
                told = "{}" if request is ended else NOT_ASKED
                self.known[key] = {"ended": told.format(outcome.ending)}
                del waiting[key]
                if (request.ask, request.helped_by) == (ended.ask, ended.helped_by):
                    self.endings[kind_of(request)] = outcome.ending

    def ending_of(self, request):
        """Return why a request is hopeless, if a call before it shows that.

        To lend a loss is no help to a small training that does not end, nor is a right
        walk to a loss.
        """
        kind = kind_of(request)
        without = {"a right loss": "train", "a walk over its loss": "loss"}
        alone = without.get(request.helped_by), None, kind[2]
        return self.endings.get(kind) or self.endings.get(alone)

    def rule_out_a_fault(self, requests, is_error):
        """Put the requests to the book's class, too, where the child met an error."""
        if is_error:
            asked = encode([vars(request) for request in requests])
            confirm(bool(self.job.pickled), asked, self.time_limit)

    def answer(self, case):
        """Return the answer to a case, or refuse."""
        self.ask([case.request])
        line = self.known[key_of(case.request)]
        if "answer" in line:
            return line["answer"]
        if "ended" in line:
            raise Unanswered(f"{case.text}: {line['ended']}")
        kind = re.sub(r"(?<!line )\b\d+\b", "", line["raised"])  # of all sizes
        raise Slip(f"{case.text}: {line['raised']}", slip=f"raises {kind}")

    def answers(self, requests):
        """Return the answers to requests, with None where there is none."""
        self.ask(requests)
        return [self.known[key_of(request)].get("answer") for request in requests]


def kind_of(request):
    """Return what is asked, with which help, and of which activation."""
    return request.ask, request.helped_by, request.arguments[1].get("activation")


@cache
def confirm(is_pickled, asked, time_limit):
    """Raise an error if the book's class meets one: the fault is the grader's."""
    job = Job(task="ask", path=[str(MLP_PARENT), *search_path()])
    job.requests = [Request(**request) for request in decode(asked)]
    if is_pickled:
        job.pickled = pickled(TwoLayerMLP)
    else:
        job.cells = [("mlp.py", f"from mlp.model import {CLASS_NAME}")]
    outcome = run(job, time_limit)
    raised = [line for line in outcome.lines if "raised" in line]
    trace = outcome.trace or (raised[0]["trace"] if raised else "")
    if trace:
        ending = raised[0]["raised"] if raised else outcome.ending
        raise RuntimeError(f"the book's own {CLASS_NAME} fails, too: {ending}\n{trace}")
