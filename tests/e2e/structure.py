"""What a page is made of, apart from its words: two pages built alike need to be looked at once.

The marks of a page are its elements, each with its parent and the attributes that matter to accessibility (classes,
roles, states, whether a field has a label, whether a link has words), the order of its headings, and the identifiers
written twice. A page is worth a visit when it has a mark that nobody has seen on the pages of the same name.
"""

import re
from html.parser import HTMLParser

VOID = frozenset(("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"))
FIELDS = frozenset(("input", "select", "textarea"))
HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
# Elements that must have words; whether others have some changes nothing.
NAMED = HEADINGS | {"a", "button", "caption", "label", "legend", "option", "summary", "th"}
# Attributes whose value tells how the page is built; of the others only the presence counts.
TOLD = frozenset(("role", "type", "scope", "tabindex", "lang", "rowspan", "aria-hidden", "aria-expanded", "aria-live"))
TOLD_TOO = frozenset(("aria-current", "aria-sort", "aria-modal", "aria-haspopup", "aria-pressed", "aria-selected"))
IGNORED = frozenset(("class", "id", "href", "value", "name", "for", "action", "src", "data-label"))
# The admin writes the name of a table or of a field in classes.
OWN_CLASSES = re.compile(r"^(?:app|model|field|column|dynamic|form)-|\d|_set|^id_")


class Marks(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()
        self.headings: list[str] = []
        self.open: list[list] = []  # [tag, mark, has words]
        self.ids: set[str] = set()
        self.labelled: set[str] = set()
        self.fields: list[tuple[str, str]] = []  # (id, mark) of the fields without another name

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        mark = f"{tag}{classes(values)}{attributes(values)}"
        self.note_identifiers(tag, values, mark)
        if tag in HEADINGS and self.headings[-1:] != [tag]:
            self.headings.append(tag)
        if values.get("alt") or (tag in NAMED and values.keys() & {"aria-label", "title"}):
            self.handle_data("named")
        inside = self.open[-1][1] if self.open else ""
        if tag in VOID:
            self.found.add(f"{inside} > {mark}")
        else:
            self.open.append([tag, mark, False])
            self.found.add(f"{inside} > {mark}")

    def note_identifiers(self, tag: str, values: dict[str, str], mark: str) -> None:
        if values.get("id") in self.ids:
            self.found.add(f"twice: {values['id']}")
        self.ids.add(values.get("id") or "-")
        if tag == "label":
            self.labelled.add(values.get("for", ""))
        if tag in FIELDS and values.get("type") not in ("hidden", "submit"):
            inside_label = any(tag == "label" for tag, _mark, _words in self.open)
            self.fields += [] if inside_label else [(values.get("id", ""), mark)]

    def handle_endtag(self, tag: str) -> None:
        while self.open:
            closed, mark, words = self.open.pop()
            if closed in NAMED:
                self.found.add(f"{mark}: {'words' if words else 'no words'}")
            if closed == tag:
                return

    def handle_data(self, data: str) -> None:
        if data.strip():
            for element in self.open:
                element[2] = True

    def all(self) -> frozenset[str]:
        unlabelled = {f"{mark}: no label" for identifier, mark in self.fields if identifier not in self.labelled}
        return frozenset({*self.found, *unlabelled, " ".join(self.headings)})


def classes(values: dict[str, str]) -> str:
    return "".join(f".{name}" for name in sorted(values.get("class", "").split()) if not OWN_CLASSES.search(name))


def attributes(values: dict[str, str]) -> str:
    shown = (f"[{n}={v}]" if n in TOLD or n in TOLD_TOO else f"[{n}]" for n, v in values.items() if n not in IGNORED)
    return "".join(sorted(shown))


def marks(html: str) -> frozenset[str]:
    parser = Marks()
    parser.feed(html)
    parser.close()
    return parser.all()
