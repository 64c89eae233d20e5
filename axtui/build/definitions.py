"""What a module defines at its top level, and which of its definitions another version of it has otherwise.

Definitions are compared by their normalised form (method/syntax.py), so that what changes no program is no difference.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from functools import lru_cache

from axtui.event.why import Change, ChangeKind
from axtui.method.declared import spoken_statements
from axtui.method.syntax import reads_docstrings, statement_digest

_MOST_NBYTES = 1 << 20
"""A larger module is not taken apart; such a file is data."""
_Function = (ast.FunctionDef, ast.AsyncFunctionDef)


def compare_modules(before: bytes, now: bytes, is_method: bool) -> tuple[Change, ...]:
    """Return what two versions of a module define otherwise, in the order of the new one and then of the old one.

    Args:
        before: The older source.
        now: The newer one.
        is_method: Leave out what only speaks about a method.

    Returns:
        Nothing where no definition differs, or one of the two is no Python that could be read.
    """
    old, new = _define(before, is_method), _define(now, is_method)
    if old is None or new is None:
        return ()
    found = [
        Change("changed" if key in old else "added", *key) for key, digests in new.items() if old.get(key) != digests
    ]
    found += [Change("removed", *key) for key in old if key not in new]
    if not found and list(old) != list(new):
        found.append(Change("changed", "order", ""))
    return tuple(found)


_Table = dict[tuple[ChangeKind, str], tuple[str, ...]]


@lru_cache(64)
def _define(data: bytes, is_method: bool) -> _Table | None:
    """Return the digests of a module's definitions; a name that is bound more than once has several."""
    if len(data) > _MOST_NBYTES:
        return None
    try:
        tree = ast.parse(data)
        docstrings = reads_docstrings(tree)
        spoken = spoken_statements(tree) if is_method else []
        table: _Table = {}
        for key, node in _walk(tree.body):
            if node not in spoken:
                table[key] = (*table.get(key, ()), statement_digest(node, docstrings))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    return table


def _walk(body: Sequence[ast.stmt], inside: str = "") -> Iterator[tuple[tuple[ChangeKind, str], ast.AST]]:
    """Give every definition below a module or a class; a class is given without those in it."""
    for statement in body:
        match statement:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                yield ("method" if inside else "function", inside + name), statement
            case ast.ClassDef(name=name, body=members):
                own = [each for each in members if not isinstance(each, (*_Function, ast.ClassDef))]
                yield ("class", inside + name), _shell(statement, own)
                inner = [each for each in members if isinstance(each, (*_Function, ast.ClassDef))]
                yield from _walk(inner, f"{inside}{name}.")
            case ast.Import() | ast.ImportFrom():
                yield from _imports(statement)
            case _:
                names = ", ".join(_bound(statement))
                yield ("name" if names else "code", names), statement


def _shell(statement: ast.ClassDef, body: list[ast.stmt]) -> ast.ClassDef:
    fields = {name: getattr(statement, name) for name in statement._fields}
    return ast.ClassDef(**{**fields, "body": body})


def _imports(statement: ast.Import | ast.ImportFrom) -> Iterator[tuple[tuple[ChangeKind, str], ast.AST]]:
    """Give each name that is imported by itself, so that one more of them is one change."""
    for alias in statement.names:
        name = alias.asname or alias.name
        if isinstance(statement, ast.Import):
            yield ("import", name), ast.Import([alias])
        else:
            yield ("import", name), ast.ImportFrom(statement.module, [alias], statement.level)


def _bound(statement: ast.stmt) -> list[str]:
    """Return the names that an assignment binds; other statements bind none that is worth a name."""
    match statement:
        case ast.Assign(targets=targets):
            nodes = [node for target in targets for node in ast.walk(target)]
            return [node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)]
        case ast.AnnAssign(target=ast.Name(id=name)) | ast.AugAssign(target=ast.Name(id=name)):
            return [name]
    return []
