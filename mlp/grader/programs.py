"""Grade programs: they run in a process of their own, their numbers are judged here."""

import traceback
from dataclasses import replace
from functools import cache
from itertools import chain

from mlp.checks import check_choice, check_number
from mlp.grader.bounds import DOUBLE
from mlp.grader.child_program import CLASS_NAME, Job, Request, decode, encode
from mlp.grader.hand_ins import MLP_PARENT, pack, pickled, run, search_path
from mlp.grader.objections import NotLoaded, Refused
from mlp.grader.program_checks import judge_answer, precision, precision_requests
from mlp.grader.questions import PROGRAMS, QUESTIONS
from mlp.grader.result import graded
from mlp.model import TwoLayerMLP

PROOF_TIME = 10  # seconds, for one student's own check
LOADING = 5  # seconds of CPU time beside the proof: loading, and the check in numbers
LONGEST = 500  # characters of what a child says of a proof
SAYS = {
    "proved": "Your gradients are proved to be those of your loss, {}.",
    "wrong": "Your gradients are refuted, they are not those of your loss: {}.",
}


def check_program(question, hand_in, time_limit=60, *, full=False, proof_time=0):
    """Grade a program.

    The hand-in runs in a process of its own, in a temporary folder, with limits on
    time, memory and file size, without input; what it prints is cut short. It returns
    numbers, which are judged in this process, out of its reach: whatever it does to
    NumPy, to the random generators or to itself, it does not do here. It must not write
    outside its folder (as far as Python notices) or start other programs.

    This protects from mistakes. It is no sandbox: code that means harm can read files,
    use the network, and get around the limits. Grade only people you know.

    Parameters
    ----------
    question : str
        A key of `QUESTIONS`, programming.
    hand_in : str, Path, class, module or object
        A file `mlp.py`, or a notebook, whose code cells are run in order as far as the
        class needs them, without IPython's magics. Or the class TwoLayerMLP itself; or
        a module or other object that has it.
    time_limit : float
        Seconds of CPU time; by the clock it may take three times as long, and 10 s.
    full : bool
        For Q2.5: train all 20 epochs of the published run, and compare the accuracies
        on the three sets. Otherwise it is the first two epochs.
    proof_time : float
        Seconds for a try to prove the gradients, after they are judged; 0 for no try.
        The hand-in runs in one more process, which takes a second for most: as long as
        a few questions together, so that a class is marked without. Only the result's
        `proof` depends on it. (Code that means harm could forge it.)

    Returns
    -------
    Result
        Its hint says what failed, with the smallest example at hand that shows it.

    Raises
    ------
    ValueError, TypeError, FileNotFoundError
        For another question, a hand_in that is none of these, a time limit that is not
        positive, or a negative proof_time.
    RuntimeError
        When the book's own class fails, too.
    """
    options = {"full": full, "proof_time": proof_time}
    return check_programs([question], hand_in, time_limit, **options)[0]


def check_programs(questions, hand_in, time_limit=60, *, full=False, proof_time=0):
    """Grade a hand-in for several questions, in order: a list of results.

    As `check_program` for each; but a hand-in that can't be loaded is tried only once.
    """
    proof_time = check_number("proof_time", proof_time, least=0)
    refusals, proofs = {}, {}
    for question in questions:
        try:
            asked = ask(question, hand_in, time_limit, full=full)
            judge_all(*asked)
        except NotLoaded as refusal:
            refusals = dict.fromkeys(questions, refusal)
            break
        except Refused as refusal:
            refusals[question] = refusal
            if refusal.counterexample is None:  # it was not judged by its numbers
                continue
        if proof_time and QUESTIONS[question].asks_gradients:
            proofs[question] = proof_of(question, *asked, proof_time)
    return [
        program_result(name, refusals.get(name), proofs.get(name, ""))
        for name in questions
    ]


def program_result(question, refusal, proof=""):
    """Make the result of a program; it keeps the traceback behind a refusal, if any."""
    if refusal is None:
        return replace(graded(question, True), proof=proof)
    cause = refusal.__cause__
    error = "".join(traceback.format_exception(cause)) if cause else ""
    result = graded(question, False, refusal.counterexample, refusal.hint)
    return replace(result, error=error, proof=proof)


def ask(question, hand_in, time_limit, *, full):
    """Let the hand-in do what the question asks; return what `judge_all` takes."""
    check_choice("question", question, PROGRAMS)
    time_limit = check_number("time_limit", time_limit, above=0)
    job = replace(pack(hand_in), time_limit=time_limit)
    checks = QUESTIONS[question].checks(full=full)
    job.requests = [check.request for check in checks]
    job.requests += chain.from_iterable(precision_requests(checks))
    return checks, job, run(job, time_limit)


def judge_all(checks, job, outcome):
    """Refuse for the first check that fails, or that the child did not come to.

    What fails in float64 is judged once more if the program computes with float32.
    """
    if not outcome.lines:
        rule_out_a_fault(job, outcome)
        raise NotLoaded(f"loading the hand-in: {outcome.ending}")
    if not outcome.lines[0].get("loaded"):
        raise NotLoaded(f"the hand-in has no class {CLASS_NAME}")
    answers = answers_of(outcome)
    try:
        judge_each(checks, answers, job, outcome)
    except Refused:
        eps = precision_of(checks, answers)
        if eps == DOUBLE:
            raise
        judge_each(checks, answers, job, outcome, eps)


def answers_of(outcome):
    """Return what the hand-in answered; the first line says that it is loaded."""
    return [line.get("answer") for line in outcome.lines[1:]]


def precision_of(checks, answers):
    """Return the rounding of a program's numbers, from its answers."""
    return precision(precision_requests(checks), answers[len(checks) :])


def judge_each(checks, answers, job, outcome, eps=DOUBLE):
    """Judge the answers in order, for a program of numbers with this rounding."""
    for number, check in enumerate(checks):
        if number == len(answers):
            rule_out_a_fault(job, outcome, check.request)
            raise Refused(f"{check.text}: {outcome.ending}")
        judge_answer(check, answers[number], eps)


def rule_out_a_fault(job, outcome, *requests):
    """Put the requests to the book's class, too, where the child met an error."""
    if outcome.trace:
        asked = encode([vars(request) for request in requests])
        confirm(bool(job.pickled), asked, job.time_limit)


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
    if outcome.trace:
        raise RuntimeError(
            f"the book's own {CLASS_NAME} fails, too: {outcome.ending}\n{outcome.trace}"
        )


# The proof


def proof_of(question, checks, job, outcome, seconds):
    """Say what a trace of the hand-in proves or refutes; nothing where it can't tell.

    The trace runs in a process of its own. Whatever goes wrong, there is only no line.
    """
    request = Request(
        ask="prove",
        seed=0,
        arguments=((), {"activation": QUESTIONS[question].activation}),
    )
    job = replace(
        job,
        task="prove",
        book=[str(MLP_PARENT)],
        requests=[request],
        proof_time=seconds,
    )
    try:
        lines = run(job, seconds + LOADING).lines
        verdict, words = (str(lines[0][name]) for name in ("verdict", "words"))
        text = SAYS[verdict].format(words[:LONGEST])
        single = precision_of(checks, answers_of(outcome)) != DOUBLE
    except Exception:  # a proof is an extra
        return ""
    return "" if single and verdict != "proved" else text  # its rounding is no mistake
