"""With which numbers a program computes, from its own answers."""

from dataclasses import replace

from mlp.grader.programs import bounds
from mlp.grader.programs.bounds import DOUBLE, SINGLE
from mlp.grader.programs.checks import small_training
from mlp.grader.programs.comparing import STRANGE, reference
from mlp.grader.programs.inputs import SIZES, random_request


def precision_requests(activation):
    """Return lists of requests whose answers tell with which numbers a class computes.

    The first list asks for the loss of a net with the weights that the class draws; the
    second one for a small training.
    """
    request = random_request(SIZES[-1], activation, reg=0.1)
    drawn = replace(request, params=None)
    trained = small_training(SIZES[0], activation, None).request
    return [bounds.neighbors(request) for request in [drawn, trained]]


def precision(groups, answers):
    """Return the rounding of a program's numbers; float64's where nothing shows it.

    Parameters
    ----------
    groups : list of list of Request
    answers : iterator
        One for each request, in order; None where there is none.
    """
    for requests in groups:
        some = [answer for _, answer in zip(requests, answers)]
        try:
            if bounds.is_single(requests, some, reference):
                return SINGLE
        except STRANGE:
            pass
    return DOUBLE
