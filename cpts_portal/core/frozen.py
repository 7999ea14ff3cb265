"""Frozen values: a dataclass kept as JSON and read back, the same JSON for the same value.

Days are ISO text, euros decimal text, tuples lists, and a named tuple a list of its values. What is stored under a
digest (sealed terms, closed years) is written by `freeze` and must never be written otherwise.
"""

from collections.abc import Mapping
from dataclasses import asdict, fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from types import UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

Value = TypeVar("Value")


def freeze(value: Any) -> Any:
    """A dataclass as JSON, its fields in their order."""
    return _plain(asdict(value))


def thaw(kind: type[Value], stored: Mapping[str, Any]) -> Value:
    """The value of a stored text; what it leaves out takes its default."""
    return _dataclass_of(kind, stored)


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, date):  # a moment is one too
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


@cache
def _kinds(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _dataclass_of(kind: Any, stored: Mapping[str, Any]) -> Any:
    kinds = _kinds(kind)
    known = {field.name for field in fields(kind)}
    return kind(**{name: _read(kinds[name], each) if name in known else each for name, each in stored.items()})


def _read(kind: Any, stored: Any) -> Any:
    """One stored value as its annotation says; `None` stays `None`."""
    origin, parts = get_origin(kind), get_args(kind)
    if stored is None:
        return None
    if origin in (Union, UnionType):
        return _read(next(part for part in parts if part is not type(None)), stored)
    if origin in (tuple, list):
        return origin(_read(parts[0], each) for each in stored)
    if origin is not None and issubclass(origin, Mapping):
        return {key: _read(parts[1], each) for key, each in stored.items()}
    return _read_plain(kind, stored)


def _read_plain(kind: Any, stored: Any) -> Any:
    if is_dataclass(kind):
        return _dataclass_of(kind, stored)
    if hasattr(kind, "_fields"):
        return kind(*map(_read, _kinds(kind).values(), stored))
    if kind in (date, datetime):
        return kind.fromisoformat(stored) if stored else None
    return Decimal(stored) if kind is Decimal else stored
