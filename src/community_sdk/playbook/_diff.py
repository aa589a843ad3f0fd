"""What a second playbook does otherwise than a first one, part by part (S30)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, Literal, assert_never, cast

from community_sdk._values import frozen
from community_sdk.explanation import Explanation, because
from community_sdk.playbook._files import tables
from community_sdk.playbook._notes import inside
from community_sdk.playbook._playbook import Playbook
from community_sdk.playbook._write import toml_value

__all__ = ["Change", "diff"]

ChangeKind = Literal["added", "removed", "changed", "moved"]

# What tells the entries of a list apart, most telling first.
_KEYS: Final = ("key", "code", "name", "word", "what", "event", "answer", "at")


@frozen(kw_only=True)
class Change:
    """One difference: *path* names the part by keys, ``policy[ladder].window``.

    *kind* is added, removed, changed or moved. *before* and *after* are the values as a
    file has them, empty where there is none; of what moved, the keys in their order.
    """

    path: str
    kind: ChangeKind
    before: str = ""
    after: str = ""

    @property
    def because(self) -> Explanation:
        """The change as data for `community_sdk.wording`: ``playbook.changed`` …."""
        figures = {"path": self.path, "before": self.before, "after": self.after}
        return because(
            f"playbook.{self.kind}", **{k: v for k, v in figures.items() if v}
        )

    def __str__(self) -> str:
        """Give the change as one line."""
        match self.kind:
            case "added":
                return f"{self.path}: added {self.after}"
            case "removed":
                return f"{self.path}: removed {self.before}"
            case "changed":
                return f"{self.path}: {self.before} → {self.after}"
            case "moved":
                return f"{self.path}: order {self.before} → {self.after}"
            case _:
                assert_never(self.kind)


def diff(before: Playbook, after: Playbook, /) -> tuple[Change, ...]:
    """Return every difference between two playbooks, in the order of a file.

    Defaults count as written. Policies, groups, rules, tiers and whatever else has a
    key are matched by it; where all that both have stands in another order, that is a
    change of its own. Equal playbooks have no differences, others at least one.
    """
    return tuple(_tables("", tables(before), tables(after)))


def _tables(
    path: str, before: Mapping[str, object], after: Mapping[str, object]
) -> Iterator[Change]:
    for key in (*before, *(key for key in after if key not in before)):
        here = inside(path, key)
        yield from _values(here, before.get(key), after.get(key))


def _values(path: str, before: object, after: object) -> Iterator[Change]:
    if _shown(before) == _shown(after):
        return
    old, new = _as_table(before), _as_table(after)
    rows, others = _as_list(before), _as_list(after)
    if old is not None and new is not None:
        yield from _tables(path, old, new)
    elif rows is not None and others is not None and _of_tables(rows, others):
        yield from _lists(path, rows, others)
    else:
        yield _change(path, before, after)


def _as_table(value: object) -> dict[str, object] | None:
    return cast("dict[str, object]", value) if isinstance(value, dict) else None


def _as_list(value: object) -> list[object] | None:
    return cast("list[object]", value) if isinstance(value, list) else None


def _of_tables(before: list[object], after: list[object]) -> bool:
    return any(isinstance(item, dict) for item in (*before, *after))


def _change(path: str, before: object, after: object) -> Change:
    kind: ChangeKind
    if before is None:
        kind = "added"
    elif after is None:
        kind = "removed"
    else:
        kind = "changed"
    return Change(path=path, kind=kind, before=_shown(before), after=_shown(after))


def _shown(value: object) -> str:
    return "" if value is None else toml_value(value)


def _lists(path: str, before: list[object], after: list[object]) -> Iterator[Change]:
    word = _key(before, after)
    old, new = _named(before, word), _named(after, word)
    for name, item in old.items():
        here, other = f"{path}[{name}]", new.get(name)
        if path == "policy" and other is not None and _kind(item) != _kind(other):
            yield _change(here, item, other)
        else:
            yield from _values(here, item, other)
    for name, item in new.items():
        if name not in old:
            yield from _values(f"{path}[{name}]", None, item)
    kept = [name for name in old if name in new]
    order = [name for name in new if name in old]
    if kept != order:
        yield Change(
            path=path,
            kind="moved",
            before=", ".join(kept),
            after=", ".join(order),
        )


def _kind(policy: object) -> object:
    return cast("dict[str, object]", policy)["kind"]


def _key(before: list[object], after: list[object]) -> str:
    """Return the key that names every entry of both lists, each once; or nothing."""
    for word in _KEYS:
        if all(_names_each(items, word) for items in (before, after)):
            return word
    return ""


def _names_each(items: list[object], word: str) -> bool:
    found = [
        cast("dict[str, object]", item).get(word) if isinstance(item, dict) else None
        for item in items
    ]
    return None not in found and len({str(name) for name in found}) == len(found)


def _named(items: list[object], word: str) -> dict[str, object]:
    if not word:
        return {str(place): item for place, item in enumerate(items)}
    return {str(cast("dict[str, object]", item)[word]): item for item in items}
