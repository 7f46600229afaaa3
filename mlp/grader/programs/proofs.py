"""What a trace of a program proves or refutes of its gradients."""

from dataclasses import replace

from mlp.grader.child.requests import Request
from mlp.grader.hand_in.packing import MLP_PARENT
from mlp.grader.hand_in.process import run

PROOF_TIME = 10  # seconds, for one student's own check
LOADING = 5  # seconds of CPU time beside the proof: loading, and the check in numbers
LONGEST = 500  # characters of what a child says of a proof
PROVED = "Your gradients are proved to be those of your loss, {}."
REFUTED = "Your gradients are refuted, they are not those of your loss: {}."
UNSEEN = "No test network shows it, but your gradients are not those of your loss: {}."


def follows_from(source):
    """Say of a refutation that it follows from an earlier mistake."""
    costs = f"which follows from {source}, and costs nothing here"
    return f"Your gradients are not those of your loss, {costs}: {{}}."


def proof_of(activation, job, is_single, seconds, refuted=REFUTED):
    """Say what a trace of the hand-in proves or refutes; nothing where it can't tell.

    The trace runs in a process of its own. Whatever goes wrong, there is only no line.

    Parameters
    ----------
    activation : str
    job : Job
        Of the hand-in.
    is_single : callable
        Tells whether it computes in float32: its rounding is no mistake.
    seconds : float
    refuted : str
        How a refutation is told.
    """
    request = Request(ask="prove", seed=0, arguments=((), {"activation": activation}))
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
        says = {"proved": PROVED, "wrong": refuted}[verdict]
        text = says.format(words[:LONGEST])
        return "" if verdict != "proved" and is_single() else text
    except Exception:  # a proof is an extra
        return ""
