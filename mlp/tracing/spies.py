"""What the code of a function names: attributes, globals, exceptions that it catches.

Some names look at the trace, or at what a program has no need of; they are refused.
"""

import dis
import re
import types

SPIES = {
    "__traced__",
    "__globals__",
    "__code__",
    "__closure__",
    "__subclasses__",
    "__builtins__",
    "__traceback__",
    "tb_frame",
    "f_back",
    "f_globals",
    "f_locals",
    "gi_frame",
    "__hash__",
    "__repr__",
    "__str__",
    "__format__",
    "__dir__",
    "__sizeof__",
    "__reduce__",
    "__reduce_ex__",
    "__annotations__",
    "__dataclass_fields__",
    "__array_priority__",
    "__mro__",
    "mro",
    "__base__",
    "__bases__",
    "__instancecheck__",
}
OF_ITSELF = {"self", "cls", "other"}
READ = {"LOAD_ATTR", "LOAD_METHOD", "LOAD_SUPER_ATTR", "LOAD_SUPER_METHOD"}
WRITTEN = {"STORE_ATTR", "DELETE_ATTR"}
DEFINED = {"__hash__", "__repr__", "__str__", "__format__", "__annotations__"}


def codes_in(code):
    """Yield the code of a function, and that of the functions inside it."""
    yield code
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from codes_in(constant)


def names_in_code(code):
    """Return the names in a function's code, and in that of the functions inside it."""
    return {name for one in codes_in(code) for name in one.co_names}


def words_in(constant):
    """Return the words in a constant, for which a pattern or a format may ask."""
    if isinstance(constant, str):
        return set(re.findall(r"\w+", constant))
    if isinstance(constant, (tuple, frozenset)):
        return set().union(*map(words_in, constant))
    return set()


def words_in_code(code):
    """Return the words in the texts of a function's code, without its docstring."""
    words = set()
    for one in codes_in(code):
        skipped = 1 if isinstance(one.co_consts[:1] and one.co_consts[0], str) else 0
        words = words.union(*map(words_in, one.co_consts[skipped:]))
    return words


def instructions(code):
    """Yield the steps of a function's code, each between its neighbors."""
    for one in codes_in(code):
        steps = list(dis.get_instructions(one))
        yield from zip([None, *steps], steps, [*steps[1:], None])


def spied(code):
    """Return a name in the code that looks behind the program, or None."""
    names = names_in_code(code) - DEFINED
    found = sorted((names | words_in_code(code)) & SPIES)
    found += [s.argval for b, s, a in instructions(code) if looks_behind(b, s, a)]
    if any(walks_through_strings(b, s) for b, s, _ in instructions(code)):
        found.append("the order of a set of strings")
    return found[0] if found else None


def looks_behind(before, step, after):
    """Tell whether a step asks for, or writes, an attribute that is Python's own."""
    if step.opname in WRITTEN:
        return str(step.argval).startswith("__")
    if step.opname in READ and step.argval == "__class__":
        named = after is not None and after.argval == "__name__"
        return not named and before.argval not in OF_ITSELF
    return step.opname in READ and step.argval in DEFINED


def walks_through_strings(before, step):
    """Tell whether a step begins a loop over strings, in an order that is random."""
    constant = before.argval if step.opname == "GET_ITER" else None
    return type(constant) is frozenset and any(isinstance(x, str) for x in constant)


def catches(code):
    """Tell whether code may catch an exception."""
    return any(step.opname == "PUSH_EXC_INFO" for _, step, _ in instructions(code))
