"""Reads the source of the portal and says where it breaks the house rules (docs/architecture.md).

Every rule is a function `(Source) -> list of sentences`, so that it can be tried on a bad sample.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

LAYERS = (
    "core",
    "imports",
    "territories",
    "accounts",
    "pages",
    "screens of territories",
    "screens of accounts",
    "members",
    "missions",
    "contracts",
    "home",
    "urls",
)
SCREENS = {"views", "forms", "filters", "tables", "admin", "urls", "templatetags", "permissions", "resources", "panels"}
COMMANDS = "management"

# Inside an app, whatever the room: models < rules < forms, tables, documents < views, admin < urls.
INNER = {
    **dict.fromkeys(("models", "roles"), 0),  # roles: the vocabulary of the accounts models
    **dict.fromkeys(("forms", "filters", "tables", "resources", "documents", "permissions", "templatetags"), 2),
    **dict.fromkeys(("links", "structure_tables", "exports"), 2),
    **dict.fromkeys(("views", "admin", "pages", "carried", "decision_rows", "choices", "panel", "panels", COMMANDS), 3),
    **dict.fromkeys(("urls", "public_urls", "invited_urls"), 4),
}
ACTIVITY = 1
APPS = ("territories", "members", "missions", "contracts")
INNER_APPS = ("core", "imports", "accounts", "home")
ROOT_MODULES = {
    "cpts_portal.pages": "pages",
    "cpts_portal.imports.pages": "pages",
    "cpts_portal.imports.carried": "pages",
    "cpts_portal.adminsite": "pages",
    "cpts_portal.apps": "pages",
    "cpts_portal.urls": "urls",
    "cpts_portal.wsgi": "urls",
    "cpts_portal.asgi": "urls",
}
# Where the permission table is read; the `permissions.py` of the other apps are rows written with it.
PERMISSION_MECHANICS = {"cpts_portal.accounts.permissions"}
REASON = re.compile(r"#.*PLC0415\s*\(.{8,}\)|#\s*(?!noqa)\S.{8,}")


@dataclass(frozen=True)
class Import:
    target: str
    line: int
    relative: bool
    explained: bool
    inside_function: bool
    for_types: bool = False  # under `if TYPE_CHECKING`


@dataclass(frozen=True)
class Source:
    """One Python file of the project."""

    path: Path
    root: Path

    @property
    def where(self) -> str:
        return str(self.path.relative_to(self.root))

    @property
    def module(self) -> str:
        parts = list(self.path.relative_to(self.root).with_suffix("").parts)
        return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)

    @cached_property
    def text(self) -> str:
        return self.path.read_text(encoding="utf-8")

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @cached_property
    def lines(self) -> list[str]:
        return self.text.splitlines()

    def imports(self) -> list[Import]:
        return self._imports

    @cached_property
    def _imports(self) -> list[Import]:
        """Read once for all the rules."""
        return list(self._read_imports())

    def _read_imports(self) -> Iterator[Import]:
        nested = {
            id(node)
            for function in ast.walk(self.tree)
            if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
            for node in ast.walk(function)
        }
        typed = {
            id(node)
            for block in ast.walk(self.tree)
            if isinstance(block, ast.If) and isinstance(block.test, ast.Name) and block.test.id == "TYPE_CHECKING"
            for statement in block.body
            for node in ast.walk(statement)
        }
        for node in ast.walk(self.tree):
            if not isinstance(node, ast.Import | ast.ImportFrom):
                continue
            said = self.lines[node.lineno - 2 : node.end_lineno] if node.lineno > 1 else self.lines[: node.end_lineno]
            for target in self._targets(node):
                yield Import(
                    target=target,
                    line=node.lineno,
                    relative=isinstance(node, ast.ImportFrom) and node.level > 0,
                    explained=any(REASON.search(line) for line in said),
                    inside_function=id(node) in nested,
                    for_types=id(node) in typed,
                )

    def _targets(self, node: ast.Import | ast.ImportFrom) -> list[str]:
        if isinstance(node, ast.Import):
            return [alias.name for alias in node.names]
        base = node.module or ""
        return [found if self._exists(found := f"{base}.{alias.name}") else base for alias in node.names]

    def _exists(self, module: str) -> bool:
        place = self.root.joinpath(*module.split("."))
        return place.with_suffix(".py").is_file() or place.is_dir()


def layer_of(module: str) -> str | None:
    """The layer of a module of ours; None for somebody else's and for the settings (which nobody imports)."""
    if module in ROOT_MODULES:
        return ROOT_MODULES[module]
    parts = module.split(".")
    if parts[0] == "cpts_portal":
        parts = parts[1:]
        if not parts or parts[0] not in INNER_APPS:
            return None
    elif parts[0] not in APPS:
        return None
    app, rest = parts[0], parts[1:]
    is_screen = not {*SCREENS, COMMANDS}.isdisjoint(rest)
    if module in PERMISSION_MECHANICS:
        is_screen = False
    if app in ("territories", "accounts") and is_screen:
        return f"screens of {app}"
    return app


def inner_rank(module: str) -> tuple[str, int] | None:
    """The app of a module and its rank inside it."""
    parts = module.removeprefix("cpts_portal.").split(".")
    if parts[0] not in (*APPS, *INNER_APPS) or len(parts) == 1:
        return None
    kind = next((part for part in parts[1:] if part in INNER), "")
    return parts[0], ACTIVITY if module in PERMISSION_MECHANICS else INNER.get(kind, ACTIVITY)


def upward_imports(source: Source, explained: dict[tuple[str, str], str]) -> list[str]:
    """Imports that climb the layers, or the ranks inside an app, wherever they stand in the file."""
    found = []
    mine, inside = layer_of(source.module), inner_rank(source.module)
    for each in source.imports():
        theirs = layer_of(each.target)
        if mine is None or theirs is None or (source.module, each.target) in explained:
            continue
        other = inner_rank(each.target)
        if LAYERS.index(theirs) > LAYERS.index(mine):
            found.append(f"{source.where}:{each.line} ({mine}) imports {each.target} ({theirs})")
        elif inside and other and inside[0] == other[0] and other[1] > inside[1]:
            found.append(f"{source.where}:{each.line} imports {each.target}, which ranks above it in {inside[0]}")
    return found


def relative_imports(source: Source) -> list[str]:
    return [f"{source.where}:{each.line} relative import" for each in source.imports() if each.relative]


def hidden_imports(source: Source) -> list[str]:
    """An import inside a function says why, in a comment: `# noqa: PLC0415 (weasyprint takes 2 s to load)`."""
    return sorted(
        {
            f"{source.where}:{each.line} import inside a function without its reason"
            for each in source.imports()
            if each.inside_function and not each.explained
        }
    )


def functions(source: Source) -> Iterator[tuple[str, int]]:
    """Each function with its lines of code: neither blank lines, nor comments, nor the docstring, nor the signature."""
    lines = source.lines
    for node in ast.walk(source.tree):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        body = node.body[1:] if ast.get_docstring(node, clean=False) is not None else node.body
        if not body:
            yield f"{source.where}::{node.name}", 0
            continue
        span = lines[body[0].lineno - 1 : node.end_lineno]
        code = [line for line in span if line.strip() and not line.strip().startswith("#")]
        yield f"{source.where}::{node.name}", len(code)


def longer_than(source: Source, limit: int) -> list[str]:
    return [name for name, size in functions(source) if size > limit]


def prints(source: Source) -> list[str]:
    if f"/{COMMANDS}/commands/" in f"/{source.where}":
        return []
    return [
        f"{source.where}:{node.lineno} print"
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    ]


def cycles(sources: list[Source]) -> list[str]:
    """Modules of ours that need each other at import time, as « a -> b -> a »."""
    names = {source.module for source in sources}
    graph = {
        source.module: sorted(
            {i.target for i in source.imports() if i.target in names and not (i.inside_function or i.for_types)}
        )
        for source in sources
    }
    found, done = [], set()

    def walk(module: str, way: tuple[str, ...]) -> None:
        if module in way:
            found.append(" -> ".join((*way[way.index(module) :], module)))
        elif module not in done:
            for target in graph[module]:
                walk(target, (*way, module))
            done.add(module)

    for module in sorted(graph):
        walk(module, ())
    return [loop for loop in found if len(set(loop.split(" -> "))) > 1]


def classes_named_twice(sources: list[Source]) -> dict[str, list[str]]:
    """Names of classes defined in several modules: whoever reads one of them must know which."""
    places: dict[str, list[str]] = {}
    for source in sources:
        for node in source.tree.body:
            if isinstance(node, ast.ClassDef) and node.name != "Command":
                places.setdefault(node.name, []).append(source.module)
    return {name: modules for name, modules in places.items() if len(modules) > 1}
