"""The marks that a fair teacher gives to each program of the folder sixty, and why.

A program is a file `mlp.py`, or a notebook if it begins with a cell. Its marks stand in
the order of QUESTIONS; a pair is the lowest and the highest that would be fair. One
slip has one price: it is charged at the first question that it touches.
"""

from collections import namedtuple

QUESTIONS = ["Q2.1", "Q2.2", "Q2.3", "Q2.4", "Q2.5.1", "Q2.5.2"]
FULL = 5, 10, 5, 5, 10, 10
NONE = 0, 0, 0, 0, 0, 0
WORKS_NOT = (0, 0.5), (0, 1), (0, 0.5), 0, (0, 1), 0

Marks = namedtuple("Marks", "points why")


def but(whole, **changes):
    """Return marks with others for some questions, such as Q21=4 for Q2.1."""
    names = ["Q" + name[1:].replace(".", "") for name in QUESTIONS]
    assert set(changes) <= set(names), changes
    return tuple(changes.get(name, given) for name, given in zip(names, whole))


RIGHT = {
    "bias_as_a_row": "The four arrays are rows of two matrices, the biases on top.",
    "cells_with_a_decorator": "A notebook adds its methods in later cells.",
    "cells_with_setattr": "A notebook collects functions and sets them in its end.",
    "closures": "The object's methods are functions that share their variables.",
    "computation_graph": "It differentiates by a graph of its own.",
    "dataclass_of_arrays": "Data classes, match, and a named field for all.",
    "dictionaries_of_layers": "Layers are dictionaries, train takes any options.",
    "einsum_throughout": "Every contraction names its letters.",
    "float32_inside": "It computes in float32 and gives float64 back.",
    "functions_with_partial": "Functions of functions; nothing is changed in place.",
    "generators_of_minibatches": "Generators deal batches, coroutines go back.",
    "loops_over_examples": "A loop over the examples costs nothing: a remark.",
    "mixins": "The class is put together from five.",
    "namedtuples_and_stable_sorts": "Nothing is changed; examples are sorted.",
    "names_compared_with_is": "The template's `is` holds for a notebook's names.",
    "one_hot_rows_by_a_loop": "A loop fills one-hot rows: a remark.",
    "overloaded_operators": "Layers are joined by >> and fed by |.",
    "prints_a_lot": "What a program prints is no mistake.",
    "recursion_over_layers": "It goes up and down the layers in one recursion.",
    "registry_by_metaclass": "Activations are found by the names of classes.",
    "scipy_special": "SciPy has the sigmoid and the softmax.",
    "sparse_targets": "The targets are a sparse matrix, products are SciPy's.",
    "subtract_at_and_add_at": "ufunc.at, out= and windows of one vector.",
    "tensordot_and_jacobians": "It multiplies Jacobians of the softmax.",
    "transposed_storage": "It keeps W.T; its params only look like a dict.",
    "vectorized_scalars": "np.vectorize loops over numbers: a remark.",
    "windows_of_a_vector": "params are windows of a vector, to be set in place.",
}
PARTLY = {
    "a_loss_for_each_example": (
        but(FULL, Q21=3.5),
        "The mean is missing; all else is right, as its gradients show.",
    ),
    "a_small_number_in_the_logarithm": (
        but(FULL, Q21=3.5),
        "1e-8 in the logarithm changes the loss in the seventh digit, and is no shift.",
    ),
    "accuracy_before_the_update": (
        but(FULL, Q23=4),
        "One history of four is an update early.",
    ),
    "always_relu": (
        but(FULL, Q21=(2.5, 3.5)),
        "Its net is a ReLU net whatever is asked for; all else is right.",
    ),
    "biases_penalized": (
        but(FULL, Q21=4),
        "The penalty is not the one asked for; its gradients follow.",
    ),
    "decay_at_every_step": (
        but(FULL, Q23=4.5),
        "The rate decays at every step, where there are several an epoch.",
    ),
    "decay_of_the_weights_twice": (
        but(FULL, Q23=3.5),
        "train adds the penalty's gradient again.",
    ),
    "endless_loop": (
        but(FULL, Q23=(0, 0.5), Q24=(4, 5), Q251=(0, 1), Q252=0),
        "Training never ends: there is nothing of MNIST to be judged.",
    ),
    "exp_over_one_plus_exp": (
        but(FULL, Q21=(4, 4.5)),
        "exp(z) / (1 + exp(z)) is nan above 709.",
    ),
    "gradient_of_a_sum": (
        but(FULL, Q22=8),
        "1/N is missing from the gradients, once: the others follow.",
    ),
    "gradient_without_penalty": (
        but(FULL, Q22=9),
        "The penalty's gradient is missing from W1 and W2.",
    ),
    "hidden_bias_forgotten": (
        but(FULL, Q21=3.5),
        "b1 is not added, for either activation; its gradient is right where b1 is 0.",
    ),
    "hidden_bias_over_the_wrong_axis": (
        but(FULL, Q22=8),
        "b1's gradient is summed over the wrong axis; its train is right.",
    ),
    "histories_by_epoch": (
        but(FULL, Q23=4),
        "Loss and gradient are kept for an epoch, not for a minibatch.",
    ),
    "last_batch_included": (
        but(FULL, Q23=4),
        "It trains on the last partial batch, which MNIST has not.",
    ),
    "leaky_only_on_the_way_back": (
        but(FULL, Q24=3.5),
        "The gradient of a ReLU is that of a leaky one.",
    ),
    "linear_where_relu_is_asked_for": (
        but(FULL, Q24=3.5),
        "There is no ReLU: one slip, as always_relu's, and so is its price. Its "
        "gradients are right for the net that is there, as they are where tanh stands "
        "for the sigmoid, and a proof says so; but no ReLU is right far from 0. The "
        "run on MNIST is a right one of that net.",
    ),
    "lists_of_numbers": (
        but(FULL, Q251=(0, 1), Q252=0),
        "Right, in pure Python; on MNIST that takes hours, so it was not trained.",
    ),
    "magnitude_of_the_other_matrix": (
        but(FULL, Q23=4),
        "The magnitude kept is W2's.",
    ),
    "no_shift": (but(FULL, Q21=4), "Scores of 10000 overflow; all else is right."),
    "no_training": (
        but(FULL, Q23=(0, 0.5), Q24=(4, 5), Q251=(0, 1), Q252=0),
        "train is empty: work that is missing is no slip to follow from.",
    ),
    "no_verbose": (
        but(FULL, Q23=4.5),
        "train lacks the argument verbose of the assignment's calls.",
    ),
    "numeric_gradients": (
        but(FULL, Q22=(5, 10), Q24=(4, 5), Q251=(0, 1), Q252=0),
        "The numbers are right to rounding, but hours too slow for MNIST.",
    ),
    "output_bias_forgotten_in_the_loss": (
        but(FULL, Q21=3.5),
        "The scores in loss lack b2; all that is made of them is right, given those.",
    ),
    "overwrites_the_inputs": (
        but(FULL, Q21=4.5),
        "loss leaves a gradient in X; the batches of train are copies.",
    ),
    "own_order_of_the_batches": (
        but(FULL, Q23=4),
        "The order of the examples is not RandomState(1)'s.",
    ),
    "penalty_capped_at_50": (
        but(FULL, Q21=4),
        "A reg above 50 is taken for 50.",
    ),
    "penalty_over_2m": (but(FULL, Q21=4), "The penalty is divided by N, too."),
    "penalty_without_half": (but(FULL, Q21=4), "1/2 is missing from the penalty."),
    "predict_gives_floats": (
        but(FULL, Q23=4.5),
        "Labels are floats where integers are asked for.",
    ),
    "predict_gives_one_hot_rows": (
        but(FULL, Q23=4.5),
        "predict gives one-hot rows; its accuracies are right.",
    ),
    "raises_for_relu": (but(FULL, Q24=0, Q252=0), "There is no ReLU."),
    "random_gradients": (
        but(FULL, Q22=(0, 1), Q23=(3.5, 5), Q24=(2.5, 5), Q251=(0, 5), Q252=(0, 4)),
        "No backpropagation at all, so nothing was learned; the loop would be right.",
    ),
    "relu_mask_of_the_output": (
        but(FULL, Q24=3.5),
        "The mask is h >= 0, which always holds.",
    ),
    "second_matrix_drawn_first": (
        but(FULL, Q21=4.5),
        "W2 is drawn before W1.",
    ),
    "softmax_over_the_examples_on_the_way_back": (
        but(FULL, Q22=8),
        "On the way back the softmax is normalized over the examples. That is charged "
        "at b2; the other arrays are right given the gradient by the scores.",
    ),
    "squared_error_of_the_softmax": (
        but(FULL, Q21=(2, 3.5), Q22=(5, 10)),
        "Squared errors in place of cross-entropy; the gradients are its own.",
    ),
    "squares_of_the_weights_on_the_way_back": (
        but(FULL, Q22=8),
        "The error goes back through W2 ** 2, whatever the activation.",
    ),
    "sum_for_the_loss_mean_for_the_gradient": (
        but(FULL, Q21=3.5),
        "The loss is a sum; its gradients are those of the mean, as asked.",
    ),
    "sum_over_the_examples": (
        but(FULL, Q21=3.5),
        "Loss and gradients are of a sum, consistently.",
    ),
    "swapped_far_branches": (
        but(FULL, Q21=(3, 4)),
        "The sigmoid is 0 above 20 and 1 below -20.",
    ),
    "three_times_the_loss": (
        but(FULL, Q21=3.5),
        "The whole loss, with its penalty, is three times too large.",
    ),
    "transposed_outer_product": (
        but(FULL, Q21=(3.5, 5), Q22=8),
        "W2's gradient is transposed, and the penalty's is added to it: an error "
        "wherever H is not K, the toy net among them; all is right where H is K.",
    ),
    "weights_of_a_later_template": (
        but(FULL, Q251=9),
        "The default std is a later template's.",
    ),
    "wrong_above_300_examples": (
        but(FULL, Q21=3.5),
        "Only the first 300 examples count.",
    ),
    "wrong_for_17_inputs": (
        but(FULL, Q21=3.5),
        "The last input is left out where there are 17 or 33.",
    ),
}
BROKEN = {
    "all_zeros": (WORKS_NOT, "Zeros of the right shapes are not an answer."),
    "another_name_of_the_class": (NONE, "There is no TwoLayerMLP."),
    "imports_what_is_not_there": (NONE, "It imports files that were not handed in."),
    "np_float": (NONE, "np.float is gone: nothing runs."),
    "nothing_is_returned": (
        ((0, 1), (0, 1), (0, 3.5), (0, 1), (0, 5), (0, 4)),
        "loss, train and predict return None; the steps of train are right.",
    ),
    "penalty_alone": (
        ((1, 3), (0, 3), (0, 3.5), (0, 1), (0, 1), 0),
        "The loss does not look at the data, so nothing is there to follow from.",
    ),
    "python_2_prints": (NONE, "It is written for Python 2."),
    "reads_a_file_of_its_own": (NONE, "It reads weights that were not handed in."),
    "syntax_error": (NONE, "A parenthesis is missing: it does not load."),
}
PROGRAMS = {
    **{name: Marks(FULL, why) for name, why in RIGHT.items()},
    **{name: Marks(*marks) for name, marks in {**PARTLY, **BROKEN}.items()},
}
ON_MNIST = {  # what is marked on MNIST each time: for most, its two runs take seconds
    "all_zeros",
    "decay_at_every_step",
    "hidden_bias_over_the_wrong_axis",
    "linear_where_relu_is_asked_for",
    "names_compared_with_is",
    "no_training",
    "no_verbose",
    "penalty_alone",
    "penalty_without_half",
    "predict_gives_one_hot_rows",
    "raises_for_relu",
    "random_gradients",
    "softmax_over_the_examples_on_the_way_back",
    "weights_of_a_later_template",
}
NEVER_ENDING = {"endless_loop"}  # it is given less time than the others
