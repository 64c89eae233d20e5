"""Which modules a source names in its imports. Looks at the syntax tree alone; resolves nothing.

All forms at any depth count: in functions, relative, star, `from package import submodule`, and `import_module`
of a constant that can be folded. Blocks under `if TYPE_CHECKING:` do not run and are left out.
"""

from __future__ import annotations

import ast


def imported_modules(tree: ast.Module, module: str, is_package: bool) -> tuple[str, ...]:
    """Return the absolute dotted names that importing this module may import, sorted, parents included.

    Args:
        tree: The parsed module.
        module: Its own dotted name, against which relative imports count.
        is_package: Whether it is a package's `__init__`.
    """
    package = module if is_package else module.rpartition(".")[0]
    found: set[str] = set()
    pending: list[ast.AST] = [tree]
    while pending:
        node = pending.pop()
        pending += _children(node)
        found.update(_names(node, package))
    return tuple(sorted({parent for name in found for parent in _with_parents(name)}))


def _names(node: ast.AST, package: str) -> list[str]:
    match node:
        case ast.Import():
            return [alias.name for alias in node.names]
        case ast.ImportFrom():
            base = _absolute(node.module or "", node.level, package)
            return [base, *(f"{base}.{alias.name}" for alias in node.names if alias.name != "*")] if base else []
        case (
            ast.Call(func=ast.Name(id="import_module" | "__import__"), args=[first, *rest])
            | ast.Call(func=ast.Attribute(attr="import_module"), args=[first, *rest])
        ):
            name = _fold(first)
            if name is None:
                return []
            level = len(name) - len(name.lstrip("."))
            anchor = _fold(rest[0]) if rest else None
            found = _absolute(name.lstrip("."), level, anchor or package)
            return [found] if found else []
    return []


def _children(node: ast.AST) -> list[ast.AST]:
    if isinstance(node, ast.If) and _is_type_checking(node.test):
        return list(node.orelse)
    return list(ast.iter_child_nodes(node))


def _is_type_checking(test: ast.expr) -> bool:
    match test:
        case ast.Name(id="TYPE_CHECKING") | ast.Attribute(attr="TYPE_CHECKING"):
            return True
    return False


def _absolute(name: str, level: int, package: str) -> str:
    if level == 0:
        return name
    parts = package.split(".") if package else []
    if level > len(parts):
        return ""
    return ".".join([*parts[: len(parts) - level + 1], *([name] if name else [])])


def _fold(node: ast.expr) -> str | None:
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.BinOp(op=ast.Add(), left=left, right=right):
            first, second = _fold(left), _fold(right)
            return first + second if first is not None and second is not None else None
        case ast.JoinedStr(values=values):
            parts = [_fold(value) for value in values]
            return "".join(part for part in parts if part is not None) if None not in parts else None
    return None


def _with_parents(name: str) -> list[str]:
    parts = name.split(".")
    return [".".join(parts[:end]) for end in range(1, len(parts) + 1)]
