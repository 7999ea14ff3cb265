"""Finds, in comments, docstrings and documents, the files, modules and headings they name that do not exist."""

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

SUFFIXES = r"py|md|html|css|js|svg|toml|lock|txt|csv|csv\.gz|xlsx|sqlite3"
APPS = {"cpts_portal", "territories", "members", "missions", "contracts"}
ENDINGS = set(SUFFIXES.replace(r"\.", ".").split("|"))
PATH = re.compile(rf"(?<![\w./<:{{-])((?:\.?[\w-]+/)+[\w.-]+\.(?:{SUFFIXES}))(?![\w-])")
FOLDER = re.compile(r"`((?:\.?[\w-]+/)+)`")
FILE = re.compile(r"`([\w-]+\.(?:py|md|toml|lock))`")
DOTTED = re.compile(r"`((?:[a-z_]+/)*[a-z_]+(?:\.[a-z_]+)*\.[A-Za-z_]+)`")
LINK = re.compile(r"\]\((?!https?:|mailto:)([^)#\s]*)(?:#([^)\s]+))?\)")
HEADING = re.compile(r"(docs/[\w/.-]+\.md)(?:, | \()« ([^»]+) »")
SAME_FILE = re.compile(r"\bsee « ([^»]+) »")
TEMPLATE_COMMENT = re.compile(r"{#(.*?)#}|{% comment %}(.*?){% endcomment %}", re.DOTALL)
STYLE_COMMENT = re.compile(r"/\*(.*?)\*/", re.DOTALL)
COMMAND = re.compile(r"`(?:\w+=\w+ )?(?:\.venv/bin/python )?manage\.py ([a-z_]+)")
NOT_HERE = {"uv.lock"}  # named to say why it is not here
MAY_NAME = re.compile(r"#[^\n]*[/`]")  # telling comments from strings takes long: only where one may name something
# Made by a command, never in the repository.
GENERATED = {"var", "test-results", "staticfiles", ".venv", "tmp"}


@dataclass(frozen=True)
class Document:
    """Prose of one file: the whole of a Markdown file, the comments and docstrings of a source."""

    path: Path
    root: Path

    @property
    def where(self) -> str:
        return str(self.path.relative_to(self.root))

    @cached_property
    def text(self) -> str:
        return self.path.read_text(encoding="utf-8")

    @cached_property
    def prose(self) -> str:
        if self.path.suffix == ".py":
            return "\n".join(python_prose(self.text))
        if self.path.suffix == ".html":
            return "\n".join("".join(pair) for pair in TEMPLATE_COMMENT.findall(self.text))
        if self.path.suffix in (".css", ".js"):
            return "\n".join(STYLE_COMMENT.findall(self.text))
        return self.text


def python_prose(text: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield ast.get_docstring(node, clean=False) or ""
    if not MAY_NAME.search(text):
        return
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            yield token.string


def exists(name: str, document: Document) -> bool:
    """From the root, a shortened root (`core/`, `ui/`), the folder of the file or one above it."""
    if name.removeprefix("./").split("/")[0] in GENERATED:
        return True
    root = document.root
    above = [folder for folder in document.path.parents if folder == root or root in folder.parents]
    return any((base / name).exists() for base in (root, root / "cpts_portal", root / "templates", *above))


def missing_paths(document: Document, names: set[str]) -> list[str]:
    """`names`: the name of every file of the project, for those told without their folder."""
    paths = {*PATH.findall(document.prose), *FOLDER.findall(document.prose)}
    paths |= (
        {target for target, _ in LINK.findall(document.prose) if target} if document.path.suffix == ".md" else set()
    )
    absent = {path for path in paths if not exists(path, document)}
    absent |= set(FILE.findall(document.prose)) - names - NOT_HERE
    return [f"{document.where}: {name}" for name in sorted(absent)]


def headings(path: Path) -> list[str]:
    return re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)


def slug(heading: str) -> str:
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def missing_headings(document: Document) -> list[str]:
    absent = [
        f"{document.where}: {path}, « {heading} »"
        for path, heading in HEADING.findall(document.prose)
        if (document.root / path).is_file() and heading not in headings(document.root / path)
    ]
    if document.path.suffix != ".md":
        return absent
    absent += [
        f"{document.where}: « {heading} »"
        for heading in SAME_FILE.findall(document.prose)
        if heading not in headings(document.path)
    ]
    for target, anchor in LINK.findall(document.prose):
        page = document.path.parent / target if target else document.path
        if anchor and page.is_file() and anchor not in map(slug, headings(page)):
            absent.append(f"{document.where}: {target}#{anchor}")
    return absent


def missing_commands(document: Document, commands: set[str]) -> list[str]:
    return [f"{document.where}: manage.py {name}" for name in COMMAND.findall(document.prose) if name not in commands]


def parts_of(tree: ast.Module) -> set[str]:
    """What a module defines, assigns or imports, in functions too."""
    words = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef | ast.FunctionDef):
            words.add(node.name)
        elif isinstance(node, ast.Name):
            words.add(node.id)
        elif isinstance(node, ast.alias):
            words.add(node.asname or node.name.split(".")[-1])
    return words


def called(module: str) -> set[str]:
    """The ways prose names a module: `cpts_portal.core.bulk`, `core.bulk`, `bulk`."""
    return {module, module.removeprefix("cpts_portal."), module.rpartition(".")[2]} - {""}


def modules_of(sources: list[tuple[str, ast.Module]]) -> dict[str, list[set[str]]]:
    """What each module holds, under its names (several may share the last one); a package holds its modules."""
    known: dict[str, list[set[str]]] = {}
    for module, tree in sources:
        for name in called(module):
            known.setdefault(name, []).append(parts_of(tree))
        for name in called(module.rpartition(".")[0]):
            known.setdefault(name, []).append({module.rpartition(".")[2]})
    return known


def missing_names(document: Document, known: dict[str, list[set[str]]]) -> list[str]:
    """`module.name` where no module of that name knows the name; told from its app, the module must exist too."""
    absent = []
    for dotted in DOTTED.findall(document.prose):
        module, _, name = dotted.replace("/", ".").rpartition(".")
        if name in ENDINGS:
            continue
        whole = module.partition(".")[0] in APPS and module.count(".")
        if (whole and module not in known) or not any(name in words for words in known.get(module, [{name}])):
            absent.append(f"{document.where}: {dotted}")
    return absent
