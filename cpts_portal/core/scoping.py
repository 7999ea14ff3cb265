"""Who sees which CPTS: a scope that cannot be forgotten.

Every table that belongs to a CPTS uses `ScopedManager` and names the way to its CPTS in `scope_path`. The filter is
an expression that reads the open scope when the SQL is compiled, so a queryset built at import time (a form field,
a filter) is scoped as well. Without an open scope the query raises `ScopeMissing`.

The middleware opens `scope(...)` for each request. Commands, jobs and tests that need everything say why:

    with everything("nightly reminders"):
        ...

Facts that anybody may read (which CPTS covers a commune) have their own manager, named `directory` on the models.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db import models
from django.db.models.expressions import Expression, F


class ScopeMissing(RuntimeError):
    """A table of a CPTS was read although nobody said on whose behalf."""


class Scope:
    """The CPTS that may be read: all of them (with the reason), or a set of ids found at the first use."""

    def __init__(self, ids: Iterable[int] | Callable[[], Iterable[int]] = (), *, reason: str = "") -> None:
        self._ids = ids
        self._known: frozenset[int] | None = None
        self.reason = reason

    @property
    def is_everything(self) -> bool:
        return bool(self.reason)

    def ids(self) -> frozenset[int]:
        if self._known is None:
            self._known = frozenset(self._ids() if callable(self._ids) else self._ids)
        return self._known


_current: ContextVar[Scope | None] = ContextVar("cpts_scope", default=None)


def current_scope() -> Scope:
    """The open scope; raises `ScopeMissing` when there is none."""
    scope = _current.get()
    if scope is None:
        raise ScopeMissing(
            "A table of a CPTS was read without a scope. Open scope(ids) or everything('why') around the query."
        )
    return scope


@contextmanager
def opened(new: Scope) -> Iterator[Scope]:
    token = _current.set(new)
    try:
        yield new
    finally:
        _current.reset(token)


def scope(ids: Iterable[int] | Callable[[], Iterable[int]]) -> AbstractContextManager[Scope]:
    """Open the scope of these CPTS (ids, or a function called at the first use)."""
    return opened(Scope(ids))


def everything(reason: str) -> AbstractContextManager[Scope]:
    """Open the whole portal; the reason is compulsory and a guard test lists who uses it."""
    if not reason.strip():
        raise ValueError("everything() needs a reason")
    return opened(Scope(reason=reason))


class InScope(Expression):
    """SQL condition « this row's CPTS is in the open scope », decided when the SQL is compiled."""

    conditional = True
    output_field = models.BooleanField()

    def __init__(self, path: str | F) -> None:
        super().__init__(output_field=models.BooleanField())
        self.path = F(path) if isinstance(path, str) else path

    def get_source_expressions(self) -> list:
        return [self.path]

    def set_source_expressions(self, exprs: Sequence) -> None:
        (self.path,) = exprs

    def as_sql(self, compiler: Any, connection: Any) -> Any:  # noqa: ARG002 (signature fixed by Django)
        scope = current_scope()
        if scope.is_everything:
            return "1=1", []
        ids = sorted(scope.ids())
        if not ids:
            return "1=0", []
        column, params = compiler.compile(self.path)
        return f"{column} IN ({', '.join(['%s'] * len(ids))})", [*params, *ids]


class ScopedManager(models.Manager):
    """Default manager of every table of a CPTS; the model says `scope_path = "cpts_id"` (or a longer path)."""

    use_in_migrations = False

    def get_queryset(self) -> models.QuerySet:
        path = getattr(self.model, "scope_path", None)
        if path is None:
            raise ImproperlyConfigured(f"{self.model.__name__} has a ScopedManager but no scope_path.")
        return super().get_queryset().filter(InScope(path))
