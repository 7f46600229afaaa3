"""What a name of a notebook needs: the statements that make it or may change it.

A statement is needed if it binds a needed name, or gets hold of an object that a needed
name stands for: `setattr(TwoLayerMLP, …)`, `answers.update(…)`, a decorator that is
given the class, a helper that fills the answers. It may be needed for nothing; it is
never left out where it matters, unless it reaches the object by no name at all.
"""

import ast
import copy
import symtable
from dataclasses import dataclass

HARMLESS = {  # calls that change none of their arguments
    *("print", "display", "len", "isinstance", "issubclass", "help", "type", "repr"),
    *("str", "id", "dir", "hasattr", "callable", "sorted", "check", "rubric"),
}
OPAQUE = {"exec", "eval", "globals", "locals", "vars", "get_ipython", "setattr"}
PARTS = {"modules", "__class__", "__subclasses__"}  # sys.modules, net.__class__
ONLY_SHOW = {"matplotlib", "seaborn", "pylab", "tqdm", "IPython", "mlp", "utils"}
FOR_THE_GRADER = {"check", "rubric", "symbols"}


@dataclass
class Known:
    """What is known of a statement: the names that it binds, uses, gets hold of."""

    statement: ast.stmt
    bound: set
    used: set
    held: set
    is_special: bool


def global_names(table):
    """Yield the module's names that functions and classes of a symbol table read."""
    for child in table.get_children():
        yield from (s.get_name() for s in child.get_symbols() if s.is_global())
        yield from global_names(child)


def bound_and_used(statement):
    """Return the names that a statement of a module binds, and those that it reads."""
    table = symtable.symtable(ast.unparse(statement), "", "exec")
    symbols = table.get_symbols()
    bound = {s.get_name() for s in symbols if s.is_assigned() or s.is_imported()}
    bound |= declared_global(table)
    for node in ast.walk(statement):
        if is_stored(node):
            bound.add(root_of(node))  # TwoLayerMLP.loss = …, table[…][…] = …
        if isinstance(node, ast.alias) and node.name == "*":
            bound.add("*")
    used = {s.get_name() for s in symbols if s.is_referenced()}
    return bound, used | set(global_names(table)) | named_in_text(statement)


def declared_global(table):
    """Return the names that functions of a symbol table assign as the module's."""
    names = set()
    for child in table.get_children():
        names |= {
            s.get_name()
            for s in child.get_symbols()
            if s.is_declared_global() and s.is_assigned()
        }
        names |= declared_global(child)
    return names


def named_in_text(statement):
    """Return annotations that are text: ``def loss(self: "TwoLayerMLP")``."""
    notes = [n.annotation for n in ast.walk(statement) if isinstance(n, ast.arg)]
    texts = [n.value for n in notes if isinstance(n, ast.Constant)]
    return {text for text in texts if isinstance(text, str)}


def loop_names(statement):
    """Return the names over which loops of a statement run: they hold nothing."""
    targets = [n.target for n in ast.walk(statement) if isinstance(n, ast.For)]
    return {n.id for t in targets for n in ast.walk(t) if isinstance(n, ast.Name)}


def roughly_bound_and_used(statement):
    """Return more names than `bound_and_used`; for expressions that are very long."""
    names = [node for node in ast.walk(statement) if isinstance(node, ast.Name)]
    bound = {node.id for node in names if not isinstance(node.ctx, ast.Load)}
    bound |= {root_of(node) for node in ast.walk(statement) if is_stored(node)}
    return bound, {node.id for node in names}


def root_of(node):
    """Return the name at the left of ``name.part[…].part``, or None."""
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return getattr(node, "id", None)


class WithoutHarmless(ast.NodeTransformer):
    """Take away names of which only a value is read, or an instance made."""

    def __init__(self, classes):
        self.classes = classes

    def visit_Call(self, node):
        """Take the class out of a call of it; arguments out of a harmless call."""
        self.generic_visit(node)
        name = getattr(node.func, "id", getattr(node.func, "attr", None))
        if name in self.classes:
            node.func = ast.Constant(None)
        if name in HARMLESS:
            node.args = [
                ast.Constant(None) if root_of(arg) else arg for arg in node.args
            ]
        return node


def named_as_a_part(statement, names):
    """Return those of the names that are parts: mlp.TwoLayerMLP, getattr(mlp, "…")."""
    parts = {node.attr for node in ast.walk(statement) if hasattr(node, "attr")}
    texts = [n.value for n in ast.walk(statement) if isinstance(n, ast.Constant)]
    return names & (parts | {text for text in texts if isinstance(text, str)})


def know(statement, classes, imported):
    """Return what is known of a statement."""
    try:
        bound, used = bound_and_used(statement)
        rest = WithoutHarmless(classes).visit(copy.deepcopy(statement))
        held = bound_and_used(ast.fix_missing_locations(rest))[1]
        held |= named_as_a_part(rest, classes)
    except RecursionError:
        bound, used = roughly_bound_and_used(statement)
        held = used
    special = bool(used & OPAQUE) or sets_a_module(statement, used, imported)
    special = special or getattr(statement, "module", None) == "__future__"
    special = special or reaches_round_about(statement)
    return Known(statement, bound, used, held - loop_names(statement), special)


def reaches_round_about(statement):
    """Tell a statement that reaches an object by no name: type(net).loss = loss."""
    return any(
        (isinstance(node, ast.Constant) and node.value == "__main__")
        or (isinstance(node, ast.Attribute) and node.attr in PARTS)
        or (is_stored(node) and root_of(node) is None)
        for node in ast.walk(statement)
    )


def is_stored(node):
    """Tell a part that is assigned or deleted: net.loss = …, del table[…]."""
    is_part = isinstance(node, ast.Attribute | ast.Subscript)
    return is_part and not isinstance(node.ctx, ast.Load)


def sets_a_module(statement, used, imported):
    """Tell a call such as np.random.seed(0), np.seterr(…) or sys.path.append(…)."""
    is_call = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call)
    module = imported.get(root_of(statement.value.func)) if is_call else None
    is_known = module is not None and used <= imported.keys()
    return is_known and module.partition(".")[0] not in ONLY_SHOW


def imported_names(statements):
    """Return the modules from which the names of imports come."""
    names = {}
    for node in statements:
        for alias in getattr(node, "names", []) if is_import(node) else []:
            source = getattr(node, "module", None) or alias.name
            names[alias.asname or alias.name.partition(".")[0]] = source
    return names


def is_import(statement):
    """Tell an import."""
    return isinstance(statement, ast.Import | ast.ImportFrom)


def class_names(name, statements):
    """Return the names of classes: calling one makes an object, and changes none."""
    made = {node.name for node in statements if isinstance(node, ast.ClassDef)}
    return made if name == "answers" else made | {name}


def may_be_changed(known, was_held):
    """Tell whether what a statement binds is, or holds, something that can change."""
    node = known.statement
    if is_import(node):
        return False
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return was_held  # a function that gets hold of the object, when it is called
    is_assigned = isinstance(node, ast.Assign | ast.AnnAssign)
    return not (is_assigned and is_fixed(node.value))


def is_fixed(value):
    """Tell numbers and texts."""
    return all(
        isinstance(
            part, ast.Constant | ast.UnaryOp | ast.BinOp | ast.operator | ast.unaryop
        )
        for part in (ast.walk(value) if value else [])
    )


def needed(name, statements):
    """Return the ids of the statements that a name needs, directly or not."""
    classes, imported = class_names(name, statements), imported_names(statements)
    known = [know(statement, classes, imported) for statement in statements]
    wanted, changing, kept = {name, "*"}, {name}, set()
    before = -1
    while before != len(kept) + len(wanted) + len(changing):
        before = len(kept) + len(wanted) + len(changing)
        for each in known:
            was_held = bool(each.held & changing) or each.is_special
            if was_held or each.bound & wanted:
                kept.add(id(each.statement))
                wanted |= each.used
                if may_be_changed(each, was_held):
                    changing |= each.bound - loop_names(each.statement) - {"*", None}
    return kept


def without_effect(statement):
    """Tell an import, a docstring, or a harmless call."""
    if is_import(statement) or isinstance(statement, ast.Pass):
        return True
    if not isinstance(statement, ast.Expr):
        return False
    value = statement.value
    name = getattr(value.func, "id", None) if isinstance(value, ast.Call) else ""
    return name in HARMLESS or not isinstance(value, ast.Call)


def asks_the_grader(statement):
    """Tell a statement that calls `check`, `rubric` or `symbols`."""
    return any(
        isinstance(node, ast.Call) and getattr(node.func, "id", "") in FOR_THE_GRADER
        for node in ast.walk(statement)
    )


def blank_others(source, statements, body):
    """Return the source with empty lines for everything but the statements.

    What stands beside one on a line becomes a 0, which does nothing.

    Parameters
    ----------
    source : str
    statements : list of ast.stmt
        Those of the body that stay.
    body : list of ast.stmt
    """
    lines, kept, stay = source.split("\n"), set(), {id(s) for s in statements}
    for statement in statements:
        decorators = getattr(statement, "decorator_list", [])
        first = min(node.lineno for node in [statement, *decorators])
        kept |= set(range(first, statement.end_lineno + 1))
    for other in reversed(body):
        if id(other) not in stay and other.lineno == other.end_lineno:
            lines[other.lineno - 1] = without(lines[other.lineno - 1], other)
    return "\n".join(line if i in kept else "" for i, line in enumerate(lines, start=1))


def without(line, statement):
    """Return a line with a 0 in place of a statement; columns count bytes."""
    content = line.encode()
    before, after = content[: statement.col_offset], content[statement.end_col_offset :]
    return (before + b"0" + after).decode()
