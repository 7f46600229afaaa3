"""Grade programs: they run in a process of their own, their numbers are judged here."""

import traceback
from dataclasses import replace

from mlp.checks import check_choice, check_number
from mlp.grader.objections import NotLoaded, Refused
from mlp.grader.programs.bounds import DOUBLE
from mlp.grader.programs.comparing import Missing
from mlp.grader.programs.dialogue import Dialogue
from mlp.grader.programs.pricing import Marking, is_error
from mlp.grader.programs.proofs import (
    PROOF_TIME,
    REFUTED,
    UNSEEN,
    follows_from,
    proof_of,
)
from mlp.grader.questions import PROGRAMS, QUESTIONS
from mlp.grader.result import graded, priced

__all__ = ["PROOF_TIME", "check_program", "check_programs"]


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
        Seconds of CPU time. By the clock it may take longer; but it is stopped if it
        hardly computes for three times as long, and 10 s.
    full : bool
        For Q2.5: train all 20 epochs of the published run, and compare the accuracies
        on the three sets. Otherwise it is the first epoch.
    proof_time : float
        Seconds for a try to prove the gradients, after they are judged; 0 for no try.
        The hand-in runs in one more process, which takes a second for most: as long as
        a few questions together, so that a class is marked without. Only the result's
        `proof` depends on it. (Code that means harm could forge it.)

    Returns
    -------
    Result
        Its hint has a line for each check that failed: what it cost, and the smallest
        example at hand that shows it. Its remarks say what costs nothing: what follows
        from a mistake in this question or an earlier one.

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

    As `check_program` for each; but the hand-in is loaded, and asked, only once.
    """
    proof_time = check_number("proof_time", proof_time, least=0)
    for question in questions:
        check_choice("question", question, PROGRAMS)
    time_limit = check_number("time_limit", time_limit, above=0)
    try:
        marking = marking_of(hand_in, time_limit, full)
        marking.ask(questions)
    except (NotLoaded, Refused) as refusal:
        return [refused(question, refusal) for question in questions]
    results = [result_of(marking, question) for question in questions]
    if proof_time:
        results = [with_proof(marking, result, proof_time) for result in results]
    return with_left_out(results, marking.dialogue.left_out)


def marking_of(hand_in, time_limit, full):
    """Return the marking of a hand-in, which is not asked yet."""
    records = {name: QUESTIONS[name] for name in PROGRAMS}
    return Marking(Dialogue(hand_in, time_limit), records, full)


def refused(question, refusal):
    """Return the result of a program that can't be asked anything."""
    return graded(question, False, refusal.counterexample, refusal.hint)


def result_of(marking, question):
    """Return the result of a question, with a line for each check that failed."""
    verdicts = marking.verdicts(question)
    failed = [verdict for verdict in verdicts if verdict.cost]
    shown = [v.refusal.counterexample for v in failed if v.refusal.counterexample]
    return priced(
        question,
        sum(verdict.cost for verdict in failed),
        shown[0] if shown else None,
        "\n".join(charge(group) for group in by_fault(failed)),
        remarks=tuple(remarks_on(verdicts)),
        is_carried=any(verdict.source for verdict in verdicts),
        error="".join(trace_behind(verdict.refusal) for verdict in failed[:1]),
    )


def by_fault(failed):
    """Return lists of verdicts: those that one fault failed together, others alone."""
    groups = {}
    for number, verdict in enumerate(failed):
        key = one_fault(verdict) or number
        groups.setdefault(key, []).append(verdict)
    return groups.values()


def one_fault(verdict):
    """Return what fails whole checks, whatever they look at; nothing of other slips."""
    refusal = verdict.refusal
    if isinstance(refusal, Missing):
        return refusal.hint
    return verdict.slip if is_error(verdict.slip) else ""


def charge(verdicts):
    """Say what checks cost that one mistake failed, and why."""
    first, cost = verdicts[0], sum(verdict.cost for verdict in verdicts)
    out_of = QUESTIONS[first.question].points
    names = ", ".join(verdict.check.name for verdict in verdicts)
    said = first.refusal.hint.rstrip()
    text = f"−{cost:g} of {out_of}: {names}. {said}"
    text = text if text.endswith((".", "?", "!")) else f"{text}."
    return text if one_fault(first) else f"{text} {first.check.remark}".strip()


def remarks_on(verdicts):
    """Yield what failed and costs nothing, and why: a line for each earlier mistake."""
    free = [verdict for verdict in verdicts if verdict.refusal and not verdict.cost]
    judged = [v for v in free if not v.source and type(v.refusal) is Refused]
    yield from (verdict.refusal.hint for verdict in judged)
    for source in dict.fromkeys(v.source for v in free if v.source):
        names = ", ".join(v.check.name for v in free if v.source == source)
        yield f"What fails of {names} follows from {source}, and costs nothing here."


def trace_behind(refusal):
    """Return the traceback of the error behind a refusal, if any."""
    cause = refusal.__cause__
    return "".join(traceback.format_exception(cause)) if cause else ""


def with_proof(marking, result, seconds):
    """Return the result with what a trace of the program says, where it is asked."""
    record = QUESTIONS[result.question]
    is_judged = result.correct or result.counterexample is not None
    if not (record.asks_gradients and is_judged):
        return result

    def is_single():
        return marking.precision(record.activation) != DOUBLE

    job, refuted = marking.dialogue.job, refutation(marking, result.question)
    text = proof_of(record.activation, job, is_single, seconds, refuted)
    return replace(result, proof=text)


def refutation(marking, question):
    """Say how a refutation of the gradients is told: as their marks are."""
    if any(v.cost and v.check.is_of_loss for v in marking.verdicts(question)):
        return REFUTED
    source = marking.source_of_gradients(question)
    return follows_from(source) if source else UNSEEN


def with_left_out(results, left_out):
    """Return the results; the first tells what of a notebook was left out."""
    if not left_out or not results:
        return results
    first = replace(results[0], remarks=(*left_out, *results[0].remarks))
    return [first, *results[1:]]
