# Made by `make generate` from book/build/proved_code.ipynb: edit it there.
import inspect
import re
import textwrap


def changed(function, old, new):
    """The function with a piece of its text replaced; the package stays as it is."""
    text = textwrap.dedent(inspect.getsource(function))
    assert text.count(old) == 1, (old, text.count(old))
    namespace = dict(function.__globals__)
    exec(text.replace(old, new), namespace)
    return namespace[function.__name__]


def show_wrong(name, result):
    """Print the first wrong gradient in numbers; fail if there is none."""
    wrong = [one for one in result.arguments.values() if one.verdict == "wrong"]
    print(f"{name}\n    {wrong[0].reason}")


LABEL = re.compile(
    r"^ *(return |[^=\n]+ [-+*/]?= )(.*)  #.* ?(eq:[\w-]+)$", re.MULTILINE
)


def nudged(function, label):
    """The function, with the value on the labeled line multiplied by 1.000001."""
    text = inspect.getsource(function)
    [(head, value, _)] = [m.groups() for m in LABEL.finditer(text) if m[3] == label]
    return changed(function, head + value, f"{head}1.000001 * ({value})")


def print_line_proofs(prove, functions, *options):
    """Print for each labeled line: the verdict as it is, and with a nudge."""
    as_it_is = prove(*functions, *options)
    for function in functions:
        for *_, label in LABEL.findall(inspect.getsource(function)):
            nudge = [nudged(f, label) if f is function else f for f in functions]
            with_nudge = prove(*nudge, *options)
            print(
                f"{label:26} {function.__qualname__:26} "
                f"{as_it_is.verdict}; with the nudge {with_nudge.verdict}"
            )
