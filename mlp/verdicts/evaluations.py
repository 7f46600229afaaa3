"""A function of arrays, called at points that are flat vectors."""

import warnings
from contextlib import contextmanager

import numpy as np

from mlp.checks import as_array
from mlp.verdicts.watching import doubts_about

FLOATS = (np.dtype(np.float64), np.dtype(np.float32))


def as_floats(name, values):
    """Return values as an array of float64 or float32.

    Raises
    ------
    TypeError
        For masked arrays, and numbers of another dtype.
    """
    array = as_array(name, values)
    if array.dtype.newbyteorder("=") in FLOATS and not array.dtype.isnative:
        array = array.astype(array.dtype.newbyteorder("="))
    if array.dtype not in FLOATS:
        cure = "; .astype(float) makes one" if array.dtype.kind in "iub" else ""
        raise TypeError(
            f"{name} must be an array of float64 or float32; got {array.dtype}{cure}"
        )
    return array


def by_name(name, x):
    """Return a dict of arrays of floats: x itself, or x under the name "x"."""
    if not isinstance(x, dict):
        return {"x": as_floats(name, x)}
    if not x:
        raise ValueError(f"{name} must hold an array; got an empty dict")
    return {key: as_floats(f"{name}[{key!r}]", array) for key, array in x.items()}


def one_number(value):
    """A value of f as a number of its own, real or complex.

    Raises
    ------
    TypeError
        When it is not one number.
    """
    number = value.item() if getattr(value, "size", None) == 1 else value
    is_one = hasattr(number, "__float__") or isinstance(number, complex)
    if not is_one or np.ndim(number) or isinstance(value, np.ma.MaskedArray):
        raise TypeError(
            "f must return one number, as lambda x: net.loss(X, y)[0] does; "
            f"got {value!r:.60}"
        )
    return number if isinstance(number, complex) else float(number)


class Evaluations:
    """f at points that are flat vectors of all entries of x, with a count of the calls.

    f gets fresh arrays, so that it may write into them. When it does not look at its
    argument, but at the very array that is x, as `lambda _: net.loss(X, y)[0]` does
    for `net.params["W1"]`, that array is moved in place and put back.

    Parameters
    ----------
    f : callable
    x : array or dict of arrays, of float64 or float32

    Raises
    ------
    TypeError, ValueError
        When x holds no float64 or float32 numbers, is empty, or not finite.

    Attributes
    ----------
    arrays : dict of ndarrays
    places : list of (name, index)
        Of each entry of the flat vector.
    x : ndarray of float64, (n,)
        The point.
    count : int
        How often f was called.
    in_place, is_moved : bool
        Whether f looks at x itself only, and whether its value changes at all.
    change : float
        By how much the value changes when x is moved by its own size.
    """

    def __init__(self, f, x):
        self.f, self.given, self.arrays = f, x, by_name("x", x)
        dtypes = {str(array.dtype) for array in self.arrays.values()}
        if len(dtypes) > 1:
            raise TypeError(f"x must hold arrays of one dtype; got {sorted(dtypes)}")
        self.places = [
            (name, index)
            for name, array in self.arrays.items()
            for index in np.ndindex(array.shape)
        ]
        parts = [array.ravel() for array in self.arrays.values()]
        self.x = np.concatenate(parts).astype(float)  # (n,)
        if not len(self.x) or not np.isfinite(self.x).all():
            bad = np.count_nonzero(~np.isfinite(self.x))
            what = f"NaN or infinite: {bad} of {len(self.x)}" if bad else "it is empty"
            raise ValueError(f"x must hold finite numbers; {what}")
        self.count, self.dtype, self.in_place, self.is_moved = 0, None, False, True
        self.change = 0.0

    def _parts_of(self, point):
        """Each array's name, the array, and its part of a flat vector in its shape."""
        ends = np.cumsum([array.size for array in self.arrays.values()])[:-1]
        for (name, array), part in zip(self.arrays.items(), np.split(point, ends)):
            yield name, array, part.reshape(array.shape)

    def _arrays_at(self, point):
        arrays = {
            name: part.astype(self.dtype or array.dtype)
            for name, array, part in self._parts_of(point)
        }
        return arrays if isinstance(self.given, dict) else arrays["x"]

    def _put(self, point):
        for _, array, part in self._parts_of(point):
            array[...] = part

    def _call(self, point):
        """The value of f at a point."""
        self.count += 1
        if not self.in_place:
            return one_number(self.f(self._arrays_at(point)))
        try:
            self._put(point)
            return one_number(self.f(self.given))
        finally:
            self._put(self.x)

    def doubts(self):
        """Operations that f does at x and that may not be analytic; None: not known."""
        with self.numbers(np.dtype(complex)):
            return doubts_about(self.f, self._arrays_at(self.x))

    def __call__(self, point):
        """f at a point (n,), as a float; nan where its arithmetic fails."""
        try:
            value = self._call(point)
        except ArithmeticError:
            return np.nan
        if isinstance(value, complex) and (
            self.dtype is None or self.dtype.kind != "c"
        ):
            raise TypeError(f"f must return a real number; got {value!r}")
        return value.real

    def complex(self, point):
        """f at a complex point (n,)."""
        with warnings.catch_warnings():
            warnings.simplefilter("error", np.exceptions.ComplexWarning)
            return self._call(point)

    @contextmanager
    def numbers(self, dtype):
        """Hand numbers of another dtype to f for a while."""
        before, self.dtype = self.dtype, dtype
        try:
            yield
        finally:
            self.dtype = before

    def naming(self, i, phi):
        """phi, which moves entry i; what it raises will say so."""
        name, index = self.places[i]

        def named(t):
            try:
                return phi(t)
            except Exception as error:
                error.add_note(f"This happened when {name}{list(index)} was moved.")
                raise

        return named

    def dtype_of(self, i):
        """The dtype of the array that holds entry i."""
        return self.arrays[self.places[i][0]].dtype

    def find_what_moves(self, value, step):
        """See whether f looks at its argument, or only at x itself.

        Parameters
        ----------
        value : float
            f(x).
        step : ndarray, (n,)
            The way to another point; a thousandth of it leads to one that is near.
        """
        draws = np.random.RandomState(3).uniform(-1, 1, (4, len(step)))
        draws[:2] /= 1024
        points = self.x + draws * step  # (4, n)
        writeable = all(array.flags.writeable for array in self.arrays.values())
        try:
            values = [self(point) for point in points]
            if writeable and set(values) == {value}:
                self.in_place = True
                values = [self(point) for point in points]
        except Exception:  # it will be raised again where one entry is moved
            return
        self.is_moved = set(values) != {value}
        self.in_place = self.in_place and self.is_moved
        self.change = float(np.nanmax(np.abs(np.subtract(values, value)), initial=0))

    def has_many_digits(self, points):
        """Whether values of f at some of the points have more digits than float32."""
        try:
            values = np.array([self(point) for point in points])
        except Exception:  # it will be raised again where one entry is moved
            return True
        return bool(np.any(values != values.astype(np.float32)))

    def find_wider_numbers(self, value, tolerance, points):
        """Take values of f with more digits, where it computes in float64, or complex.

        Parameters
        ----------
        value : float
            f(x) in float32.
        tolerance : float
            By how much a value with more digits may differ.
        points : ndarray, (m, n)
            Some points beside x.
        """
        for dtype in (np.dtype(float), np.dtype(complex)):
            self.dtype = dtype
            try:
                same = abs(self(self.x) - value) <= tolerance
            except Exception:
                continue
            if same and self.has_many_digits(points):
                return
        self.dtype = None

    def chosen(self, entries, rng):
        """Numbers of all entries, or of so many of each array, each drawn once."""
        chosen = []
        for _, _, numbers in self._parts_of(np.arange(len(self.x))):
            n = numbers.size
            some = range(n) if entries is None else rng.permutation(n)[:entries]
            chosen += numbers.ravel()[list(some)].tolist()
        return chosen
