"""Whether a function is made of analytic operations: an array that looks at each."""

import numpy as np

ANALYTIC = set(
    "add subtract multiply divide negative positive power float_power matmul square "
    "reciprocal sqrt exp exp2 expm1 log log2 log10 log1p sin cos tan sinh cosh tanh "
    "arcsin arccos arctan arcsinh arccosh arctanh "
    "sum mean prod dot einsum outer inner tensordot trace cumsum where concatenate "
    "stack hstack vstack reshape ravel transpose swapaxes expand_dims squeeze take "
    "diag broadcast_to tile repeat roll flip det inv solve "
    "maximum minimum greater greater_equal less less_equal equal not_equal max amax "
    "min amin isfinite isnan shape size ndim iscomplexobj zeros_like ones_like copy "
    "empty_like full_like copyto atleast_1d atleast_2d moveaxis split array_split"
    "".split()
)
CHOICES = set(
    "greater greater_equal less less_equal equal not_equal sign isnan isfinite".split()
)


class Watched(np.ndarray):
    """Complex numbers that note each operation on them that may not be analytic.

    Comparisons choose a branch, and on each branch the function is analytic.
    """

    doubts = []  # set anew for each watched call

    def __array_ufunc__(self, ufunc, method, *inputs, out=None, **options):
        if ufunc is np.conjugate and out is None:
            return np.conjugate(np.asarray(inputs[0])).view(Conjugated)
        if ufunc.__name__ not in ANALYTIC or method not in ("__call__", "reduce"):
            self.doubts.append(ufunc.__name__)
        if any(isinstance(part, (Conjugated, RealPart)) for part in inputs):
            self.doubts.append("real parts or conjugates")
        plain = [np.asarray(part) for part in inputs]
        if out is not None:
            options["out"] = tuple(np.asarray(part) for part in out)
        result = getattr(ufunc, method)(*plain, **options)
        return out[0] if out is not None else _watched(result)

    def __array_function__(self, function, types, inputs, options):
        if function is np.vdot and isinstance(inputs[0], Conjugated):
            return _watched(function(*map(np.asarray, inputs)))
        if function.__name__ not in ANALYTIC or {Conjugated, RealPart} & set(types):
            self.doubts.append(function.__name__)
        return _watched(super().__array_function__(function, types, inputs, options))

    def __getitem__(self, index):
        return _watched(super().__getitem__(index))

    def item(self, *index):
        return _watched(np.asarray(super().item(*index)))

    def astype(self, dtype, *options, **more):
        if np.dtype(dtype).kind != "c":
            self.doubts.append("astype")
        return super().astype(dtype, *options, **more)

    def __float__(self):
        self.doubts.append("float")
        return float(np.asarray(self).real)

    @property
    def real(self):
        return np.asarray(self).real.view(RealPart)

    @property
    def imag(self):
        self.doubts.append("imag")
        return np.asarray(self).imag


class Conjugated(np.ndarray):
    """Conjugates, which `np.vdot` may conjugate again; all else is no analytic use."""

    def __array_ufunc__(self, ufunc, method, *inputs, **options):
        Watched.doubts.append("conjugate")
        plain = [np.asarray(part) for part in inputs]
        return getattr(ufunc, method)(*plain, **options)

    def __array_function__(self, function, types, inputs, options):
        if function is not np.vdot or not isinstance(inputs[0], Conjugated):
            Watched.doubts.append("conjugate")
        plain = [np.asarray(part) for part in inputs]
        return _watched(function(*plain, **options))


class RealPart(np.ndarray):
    """Real parts, which may choose a branch and do nothing else."""

    def __array_ufunc__(self, ufunc, method, *inputs, **options):
        if ufunc.__name__ not in CHOICES:
            Watched.doubts.append("real")
        plain = [np.asarray(part) for part in inputs]
        return getattr(ufunc, method)(*plain, **options)

    def __array_function__(self, function, types, inputs, options):
        Watched.doubts.append("real")
        return super().__array_function__(function, types, inputs, options)


def _watched(result):
    """A result of numbers as a Watched array, of no dimension for one number."""
    kind = getattr(getattr(result, "dtype", None), "kind", "")
    return np.asarray(result).view(Watched) if kind == "c" else result


def doubts_about(f, arrays):
    """Operations in f that may not be analytic.

    Parameters
    ----------
    f : callable
    arrays : ndarray of complex numbers, or a dict of them

    Returns
    -------
    doubts : list of str, or None
        Their names. None when it can't be known, as f leaves NumPy on its way.
    """
    Watched.doubts = []
    if isinstance(arrays, dict):
        watched = {name: array.view(Watched) for name, array in arrays.items()}
    else:
        watched = arrays.view(Watched)
    value = f(watched)
    known = isinstance(value, Watched) or Watched.doubts
    return Watched.doubts if known else None
