"""Profiles and texts in a folder: no name leads out of it, nothing else is touched."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from community_sdk.adapters.stores.folder import PersonalFolder
from community_sdk.errors import StoreError


def test_what_is_held_is_told_by_name(tmp_path: Path) -> None:
    """Profiles by account, texts by digest; who has none is left out."""
    (tmp_path / "ann").write_text("安", "utf-8")
    (tmp_path / "d1").write_text("hello", "utf-8")
    held = PersonalFolder(tmp_path).held(("ann", "ann_2", ""), ("d1", "d2"))
    assert held == {"profiles": {"ann": "安"}, "texts": {"d1": "hello"}}


def test_what_is_forgotten_is_gone(tmp_path: Path) -> None:
    """How many things there were; a second time none."""
    for name in ("ann", "d1", "bo"):
        (tmp_path / name).write_text("x", "utf-8")
    folder = PersonalFolder(str(tmp_path))
    assert [folder.forget(("ann",), ("d1", "d1")) for _ in range(2)] == [2, 0]
    assert [path.name for path in tmp_path.iterdir()] == ["bo"]


@given(st.sampled_from(["..", ".", "../out", "/etc/passwd", "a/../../out", "out"]))
def test_no_name_leads_out_of_the_folder(
    tmp_path_factory: pytest.TempPathFactory, name: str
) -> None:
    """Names are quoted, so that each is one file of this folder or none."""
    outer = tmp_path_factory.mktemp("outer")
    (outer / "out").write_text("kept", "utf-8")
    inner = outer / "in"
    inner.mkdir()
    folder = PersonalFolder(inner)
    assert folder.held((name,), (name,)) == {"profiles": {}, "texts": {}}
    assert folder.forget((name,), ()) == 0
    assert (outer / "out").read_text("utf-8") == "kept"


def test_a_missing_folder_is_told(tmp_path: Path) -> None:
    """With its cure."""
    with pytest.raises(StoreError, match="expected a folder") as caught:
        PersonalFolder(tmp_path / "no")
    assert caught.value.code == "personal.folder"


def test_what_cannot_be_deleted_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By name, and worth another try; what another took meanwhile is no error."""
    for name in ("ann", "bo"):
        (tmp_path / name).write_text("x", "utf-8")
    folder = PersonalFolder(tmp_path)
    errors: dict[str, OSError] = {"ann": FileNotFoundError(), "bo": OSError(13, "no")}

    def unlink(path: Path) -> None:
        raise errors[path.name]

    monkeypatch.setattr(Path, "unlink", unlink)
    assert folder.forget(("ann",), ()) == 0
    with pytest.raises(StoreError, match="could not delete what is held of `bo`: no"):
        folder.forget(("bo",), ())
