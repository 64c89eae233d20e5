"""What a method's source declares to axtui alone, and what its digest is without that.

The options that a job runs with are in its key, typed, one by one; how they are declared need not be in the code digest
too. That holds where the program sees nothing of its options but the values it names: `options` is assigned once, at
the top, as a plain literal; nothing that runs while the module is imported uses it; functions say `options.x` or
`options["x"]` and never hand it on as a whole, count it or go through it. Where any of this is not so, the declaration
stays in the digest. `reads` then says which options the program could tell from one that is not declared.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from types import ModuleType

from axtui.method.syntax import module_digest, names_used, statement_digest

OPTIONS = "options"
EQUIVALENT = "equivalent_hashes"
_SPOKEN = frozenset({"description", EQUIVALENT, "depend_packages", "limits", "retries", "all_slices_at_once"})
"""What is said to people, or to axtui, which takes it into account on its own."""
_FORMS = frozenset({
    "OptionEnum", "OptionString", "RequiredOption", "OptionDefault", "InputFile", "JobWithFile", "dict", "list", "set",
    "tuple", "frozenset", "int", "float", "str", "bool", "datetime", "date", "time", "timedelta", "Path", "PurePath",
    "PosixPath", "PurePosixPath",
})  # fmt: skip
_PLAIN = (
    ast.Constant, ast.Dict, ast.List, ast.Tuple, ast.Set, ast.UnaryOp, ast.BinOp, ast.Name, ast.Attribute, ast.Call,
    ast.keyword, ast.expr_context, ast.operator, ast.unaryop,
)  # fmt: skip
_LOOKS_INSIDE = frozenset({"globals", "locals", "vars", "eval", "exec", "inspect", "__dict__", "_getframe", "getattr"})
_WAYS_IN = frozenset({OPTIONS, "params"})
"""Attributes through which the options as a whole can be reached: `job.params`, `axtui.g.options`."""


@dataclass(frozen=True)
class Own:
    """A method's module as that method itself.

    Attributes:
        quiet: Its digest without what is said to people and to axtui.
        bare: Its digest without the declaration of options too, "" where that must stay.
        declared: The digest of each option's declaration; nothing where these are part of `quiet`.
        reads: The options that its functions name.
        equivalent: `equivalent_hashes`: the `Snapshot.meaning` that it is for, and the older code digests that are
            accepted with it.
    """

    quiet: str
    bare: str
    declared: dict[str, str]
    reads: frozenset[str]
    equivalent: tuple[str, tuple[str, ...]]


class DeclarationError(ValueError):
    """A declaration is not of the form it must have; `line` says where."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line


def own_form(tree: ast.Module) -> Own:
    """Return what a method's module is without its declarations.

    Raises:
        DeclarationError: `equivalent_hashes` cannot be understood.
    """
    spoken = spoken_statements(tree)
    quiet = module_digest(tree, spoken)
    declarations = [each for each in tree.body if _target(each) == OPTIONS]
    reads = _find_reads(tree, declarations[0]) if len(declarations) == 1 and _is_plain(declarations[0]) else None
    if reads is None:
        return Own(quiet, "", {}, frozenset(), _equivalent(tree))
    bare = module_digest(_without_forms(tree, declarations[0]), [*spoken, *declarations])
    return Own(quiet, bare, _declared(declarations[0]), reads, _equivalent(tree))


def spoken_statements(tree: ast.Module) -> list[ast.stmt]:
    """Return the statements of a method's module that only speak about it, to people or to axtui."""
    names = _names(tree)
    return [each for each in tree.body if _target(each) in _SPOKEN and names.count(_target(each)) == 1]


def is_used(module: ModuleType, name: str) -> bool:
    """Tell whether a module's source says a name anywhere but where it is assigned, as far as there is a source."""
    try:
        return _names(ast.parse(inspect.getsource(module))).count(name) > 1
    except (OSError, TypeError, SyntaxError):
        return False


def _names(tree: ast.Module) -> list[str]:
    return [node.id for node in ast.walk(tree) if isinstance(node, ast.Name)]


def reaches_options(tree: ast.Module) -> bool:
    """Tell whether a helper could get at the options of the job that uses it without being given them."""
    return any(_mentioned(node) & _WAYS_IN for node in ast.walk(tree))


def _target(statement: ast.stmt) -> str:
    match statement:
        case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name), value=ast.expr()):
            return name
    return ""


def _value(statement: ast.stmt) -> ast.expr | None:
    return statement.value if isinstance(statement, (ast.Assign, ast.AnnAssign)) else None


def _is_plain(statement: ast.stmt) -> bool:
    """Tell whether a declaration only makes values, of literals and the known forms, and does nothing else."""
    value = _value(statement)
    if not isinstance(value, ast.Dict) or not all(isinstance(key, ast.Constant) for key in value.keys):
        return False
    nodes = [*ast.walk(value)]
    calls = [node for node in nodes if isinstance(node, ast.Call)]
    return (
        all(isinstance(node, _PLAIN) for node in nodes)
        and all(_called(call) in _FORMS for call in calls)
        and all(node.arg is not None for node in nodes if isinstance(node, ast.keyword))
        and all(None not in node.keys for node in nodes if isinstance(node, ast.Dict))
    )


def _declared(declaration: ast.stmt) -> dict[str, str]:
    pairs = _items(declaration)
    return {str(key.value): statement_digest(item, True)[:16] for key, item in pairs if isinstance(key, ast.Constant)}


def declarations(data: bytes) -> dict[str, str]:
    """Return how a method's source declares each option, as it is written; nothing where it does not say so plainly."""
    try:
        tree = ast.parse(data)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return {}
    found = [each for each in tree.body if _target(each) == OPTIONS and isinstance(_value(each), ast.Dict)]
    pairs = [(key, item) for each in found for key, item in _items(each)]
    return {str(key.value): ast.unparse(item) for key, item in pairs if isinstance(key, ast.Constant)}


def _items(declaration: ast.stmt) -> Iterator[tuple[ast.expr | None, ast.expr]]:
    value = _value(declaration)
    assert isinstance(value, ast.Dict)
    return zip(value.keys, value.values, strict=True)


def _called(call: ast.Call) -> str:
    match call.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


def _find_reads(tree: ast.Module, declaration: ast.stmt) -> frozenset[str] | None:
    """Return the options that the module names, or None where it may see more of them than that."""
    others = [each for each in tree.body if each is not declaration]
    if OPTIONS in names_used(others) or any(_is_annotated(node) for each in others for node in ast.walk(each)):
        return None
    reads: set[str] = set()
    pending: list[ast.AST] = [*others]
    while pending:
        node = pending.pop()
        match node:
            case ast.Attribute(value=ast.Name(id="options"), attr=name) if not hasattr(dict, name):
                reads.add(name)
            case ast.Subscript(value=ast.Name(id="options"), slice=ast.Constant(value=str(name))):
                reads.add(name)
            case ast.Name(id="options"):
                return None
            case _ if _mentioned(node) & (_WAYS_IN | _LOOKS_INSIDE):
                return None
            case _:
                pending += ast.iter_child_nodes(node)
    return frozenset(reads)


def _is_annotated(node: ast.AST) -> bool:
    """Tell whether an annotation, which is worked out during the import, uses the options."""
    found = node.annotation if isinstance(node, ast.arg) else getattr(node, "returns", None)
    return found is not None and any(isinstance(each, ast.Name) and each.id == OPTIONS for each in ast.walk(found))


def _mentioned(node: ast.AST) -> set[str]:
    match node:
        case ast.Attribute(attr=name) | ast.alias(name=name) | ast.Constant(value=str(name)):
            return {name}
        case ast.Name(id=name) | ast.arg(arg=name) if name != OPTIONS:
            return {name}
        case ast.ImportFrom(module=str(name)):
            return {name}
    return set()


def _without_forms(tree: ast.Module, declaration: ast.stmt) -> ast.Module:
    """Leave out what is imported from axtui for the declaration alone."""
    used = {
        node.id
        for each in tree.body
        if each is not declaration
        for node in ast.walk(each)
        if isinstance(node, ast.Name)
    }
    body = [_keep_used(each, used) for each in tree.body]
    return ast.Module(body=[each for each in body if each is not None], type_ignores=[])


def _keep_used(statement: ast.stmt, used: set[str]) -> ast.stmt | None:
    if not isinstance(statement, ast.ImportFrom) or statement.module != "axtui" or statement.level:
        return statement
    kept = [each for each in statement.names if each.name == "*" or (each.asname or each.name) in used]
    return ast.ImportFrom(module=statement.module, names=kept, level=0) if kept else None


def _equivalent(tree: ast.Module) -> tuple[str, tuple[str, ...]]:
    for statement in tree.body:
        if _target(statement) == EQUIVALENT:
            return _read_equivalent(statement)
    return "", ()


def _read_equivalent(statement: ast.stmt) -> tuple[str, tuple[str, ...]]:
    value = _value(statement)
    try:
        found = ast.literal_eval(value) if value is not None else None
    except (ValueError, TypeError, SyntaxError):
        found = None
    match list(found.items()) if isinstance(found, dict) else None:
        case [(str(verifier), str(old))]:
            return verifier, (old,)
        case [(str(verifier), (tuple() | list()) as old)] if _are_texts(old):
            return verifier, tuple(old)
    wanted = '{"digest of this source": ("digest of an older one", ...)}'
    raise DeclarationError(statement.lineno, f"{EQUIVALENT} is not a literal dict of one item, wanted {wanted}")


def _are_texts(values: Iterable[object]) -> bool:
    return all(isinstance(each, str) for each in values)
