"""Which attributes a program writes before it reads them: such state does no harm.

A layer that keeps ``self.cache`` changes its object; but what it computes does not
depend on what was there before. A counter reads first.
"""

from dataclasses import dataclass, field

HOOKS = "__getattribute__", "__getattr__", "__setattr__", "__delattr__"
BYPASSES = {"__getattribute__", "__dict__", "__get__", "__getstate__", "getattr_static"}
ALL_AT_ONCE = {"__dict__", "__getstate__", "__reduce__", "__reduce_ex__"}
MISSING = object()


@dataclass
class State:
    """The attributes of an object, and which were read and written so far."""

    owner: object
    read: set = field(default_factory=set)
    written: set = field(default_factory=set)

    def read_before(self, names):
        """Return which of the attributes that changed may have been read before."""
        if self.read & ALL_AT_ONCE:
            return set(names)
        return set(names) & self.read | set(names) - self.written


def watch_attributes(cls, states):
    """Let the objects of a copied class note what is read and written.

    Parameters
    ----------
    cls : type
    states : dict of State
        By the id of the object; others note nothing.
    """
    if type(cls) is not type or any(
        name in vars(base) for base in cls.__mro__[:-1] for name in HOOKS
    ):
        return

    def note_read(self, name):
        state = states.get(id(self))
        if state is not None and name not in state.written:
            state.read.add(name)
        return object.__getattribute__(self, name)

    def note_written(self, name, value):
        object.__setattr__(self, name, value)
        if id(self) in states:
            states[id(self)].written.add(name)

    def note_deleted(self, name):
        if id(self) in states:
            states[id(self)].read.add(name)
        object.__delattr__(self, name)

    cls.__getattribute__ = note_read
    cls.__setattr__ = note_written
    cls.__delattr__ = note_deleted


def names_that_differ(before, now):
    """Return the keys at which two dicts hold different values."""
    keys = before.keys() | now.keys()
    return {k for k in keys if before.get(k, MISSING) != now.get(k, MISSING)}
