"""The normalised form of Python source: what a program means, without how it is written down.

Two sources with equal digests compile to the same program. Comments, layout, positions, docstrings, encoding and
line ends are not in it; names, constants with their type, annotations, decorators and defaults are. The form is our
own, not `ast.dump` and not bytecode, so that the digest stays the same under another Python version.
"""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterable

_SKIPPED_FIELDS = frozenset({"ctx", "type_comment", "type_ignores", "kind"})
_DOCUMENTED = (ast.Module, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_READS_DOCSTRINGS = frozenset({"__doc__", "inspect", "doctest"})


def module_digest(tree: ast.Module, left_out: Iterable[ast.stmt] = ()) -> str:
    """Return the BLAKE2b digest of a module's normalised form, as hex.

    Args:
        tree: The parsed module.
        left_out: Statements of it that do not count.
    """
    docstrings = reads_docstrings(tree)
    without = set(map(id, left_out))
    parts: list[str] = []
    for statement in _settled([each for each in _body(tree, docstrings) if id(each) not in without]):
        _write(statement, docstrings, parts)
    return _digest(parts)


def statement_digest(statement: ast.AST, docstrings: bool) -> str:
    """Return the digest of one statement's normalised form.

    Args:
        statement: The statement, or another node.
        docstrings: Whether docstrings count, as `reads_docstrings` says of the whole module.
    """
    parts: list[str] = []
    _write(statement, docstrings, parts)
    return _digest(parts)


def names_used(statements: list[ast.stmt]) -> set[str]:
    """Return the names that may be used while a module of these statements is imported, by whatever is called then."""
    others = [each for each in statements if not _is_plain_function(each)]
    return _names_used(others, [each for each in statements if isinstance(each, ast.FunctionDef)])


def reads_docstrings(tree: ast.Module) -> bool:
    """Tell whether a module's code may look at docstrings, so that they belong to the program."""
    return _mentions(tree, _READS_DOCSTRINGS)


def _digest(parts: list[str]) -> str:
    return hashlib.blake2b("".join(parts).encode("utf-8", "surrogatepass"), digest_size=32).hexdigest()


def _settled(statements: list[ast.stmt]) -> list[ast.stmt]:
    """Put functions whose place in the module cannot matter last, by name, so that moving one changes nothing.

    Its place may matter where it has decorators or defaults that are computed, where its name is bound twice or used
    while the module runs, by whatever is called then, where an annotation names what is bound only after it, or where
    a star import could bind anything.
    """
    others = [each for each in statements if not _is_plain_function(each)]
    if any(
        isinstance(node, ast.ImportFrom) and node.names[0].name == "*" for each in others for node in ast.walk(each)
    ):
        return statements
    plain = [each for each in statements if isinstance(each, ast.FunctionDef) and _is_plain_function(each)]
    names = [each.name for each in statements if isinstance(each, ast.FunctionDef)]
    used = _names_used(others, plain)
    early = _annotated_early(statements)
    movable = [each for each in plain if each.name not in used | early and names.count(each.name) == 1]
    chosen = set(map(id, movable))
    return [each for each in statements if id(each) not in chosen] + sorted(movable, key=lambda each: each.name)


def _names_used(others: list[ast.stmt], plain: list[ast.FunctionDef]) -> set[str]:
    """Return the names that may be used while the module runs: by its statements, and by the functions these call."""
    used: set[str] = set()
    pending: list[ast.stmt] = list(others)
    while pending:
        new = _names_in(pending.pop()) - used
        used |= new
        pending += [each for each in plain if each.name in new]
    return used


def _annotated_early(statements: list[ast.stmt]) -> set[str]:
    """Return the functions that have an annotation with a name that is bound only after them."""
    found: set[str] = set()
    later: set[str] = set()
    for each in reversed(statements):
        if isinstance(each, ast.FunctionDef):
            arguments = [node.annotation for node in ast.walk(each.args) if isinstance(node, ast.arg)]
            annotations = [node for node in (*arguments, each.returns) if node is not None]
            if any(later & _names_in(node) for node in annotations):
                found.add(each.name)
        later |= _names_bound(each)
    return found


def _is_plain_function(statement: ast.stmt) -> bool:
    if not isinstance(statement, ast.FunctionDef) or statement.decorator_list:
        return False
    defaults = [*statement.args.defaults, *(each for each in statement.args.kw_defaults if each is not None)]
    return all(isinstance(each, ast.Constant) for each in defaults)


def _names_in(tree: ast.AST) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name) | ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                found.add(name)
            case ast.alias(name=name, asname=asname):
                found.add(asname or name.partition(".")[0])
    return found


def _names_bound(statement: ast.stmt) -> set[str]:
    if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return {statement.name}
    found: set[str] = set()
    for node in ast.walk(statement):
        match node:
            case ast.Name(id=name, ctx=ast.Store()):
                found.add(name)
            case ast.alias(name=name, asname=asname):
                found.add(asname or name.partition(".")[0])
    return found


def _write(tree: ast.AST, docstrings: bool, parts: list[str]) -> None:
    """Write a node, on a stack of our own: a long sum or `elif` chain is nested deeper than Python lets us call."""
    pending: list[str | ast.AST] = [tree]
    while pending:
        piece = pending.pop()
        if isinstance(piece, str):
            parts.append(piece)
        else:
            pending += reversed(_pieces(piece, docstrings))


def _pieces(node: ast.AST, docstrings: bool) -> list[str | ast.AST]:
    """Return what a node is written as: text, and the nodes in it."""
    if isinstance(node, ast.Constant):
        return [_constant(node.value)]
    pieces: list[str | ast.AST] = ["(", type(node).__name__]
    for name in node._fields:
        if name in _SKIPPED_FIELDS:
            continue
        value = getattr(node, name, None)
        if name == "body" and isinstance(node, _DOCUMENTED):
            value = _body(node, docstrings)
        if value is None or value == []:
            continue
        items = value if isinstance(value, list) else [value]
        pieces += [" ", name, "=", *(piece for item in items for piece in (_piece(item), ","))]
    return [*pieces, ")"]


def _piece(value: object) -> str | ast.AST:
    """Write an absent element, as in `{**x}` or `def f(*, x)`, otherwise than the constant None."""
    if value is None:
        return "-"
    return value if isinstance(value, ast.AST) else _constant(value)


def _constant(value: object) -> str:
    """Write a constant so that `1`, `True`, `1.0`, `0.0` and `-0.0` differ; `repr` keeps the last two apart.

    Whole numbers are hexadecimal, because Python refuses to write very long ones as decimals.
    """
    return f"{type(value).__name__}:{hex(value) if type(value) is int else repr(value)}"


def _body(node: ast.AST, docstrings: bool) -> list[ast.stmt]:
    body: list[ast.stmt] = getattr(node, "body", [])
    first = body[0] if body else None
    is_text = (
        isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str)
    )
    return body[1:] if is_text and not docstrings else body


def _mentions(tree: ast.Module, names: Iterable[str]) -> bool:
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.alias(name=name) if name in names:
                return True
            case ast.ImportFrom(module=str(name)) if name in names:
                return True
            case ast.Constant(value="__doc__"):
                return True
    return False
