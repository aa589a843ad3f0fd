"""Playbooks by path and by name; what cannot be found is told with the cure."""

import os
import sys
from pathlib import Path

import pytest

from community_sdk.errors import PlaybookError, StoreError
from community_sdk.playbook import dumps, library, load, parameters_of
from community_sdk.policies import PenaltyLadder

SOUND = 'format = 1\n[community]\nkey = "c"\n'


def refused(source: str | Path) -> PlaybookError:
    """Why *source* cannot be read."""
    with pytest.raises(PlaybookError) as caught:
        load(source)
    return caught.value


def test_a_path_as_text_and_as_path(tmp_path: Path) -> None:
    """Both are read; mistakes name the file."""
    path = tmp_path / "my.toml"
    path.write_bytes(b"\xef\xbb\xbf" + SOUND.encode())
    assert load(path) == load(str(path))
    path.write_text(SOUND + "zone = 3\n", "utf-8")
    error = refused(path)
    assert error.source == str(path)
    assert error.problems[0].figures["file_line"] == "4"


def test_a_path_without_ending_is_a_path(tmp_path: Path) -> None:
    """A `Path` and a text with a slash are never names of the library."""
    path = tmp_path / "playbook"
    path.write_text(SOUND, "utf-8")
    assert load(path).community.key == "c"
    assert load(str(path)).community.key == "c"


def test_a_missing_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The nearest file, or library playbook, is offered."""
    (problem,) = refused(tmp_path / "my.toml").problems
    assert problem.code == "playbook.no_file"
    assert "looked up from" in problem.hint
    (tmp_path / "mine.toml").write_text(SOUND, "utf-8")
    assert (
        refused(tmp_path / "mime.toml").problems[0].hint == "did you mean `mine.toml`?"
    )
    monkeypatch.chdir(tmp_path)
    (problem,) = refused("smart_hone.toml").problems
    assert problem.hint == "did you mean `smart_home`?"
    assert (
        refused(tmp_path / "mine.toml" / "x.toml").problems[0].code
        == "playbook.no_file"
    )


def test_a_folder_that_cannot_be_listed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Then the library alone is asked for the nearest name."""

    def deny(*_: object, **__: object) -> None:
        raise PermissionError(13, os.strerror(13))

    monkeypatch.setattr(Path, "glob", deny)
    (problem,) = refused(tmp_path / "smart_hone.toml").problems
    assert problem.hint == "did you mean `smart_home`?"


def test_a_folder(tmp_path: Path) -> None:
    """It is told to be one."""
    (problem,) = refused(tmp_path).problems
    assert problem.code == "playbook.folder"
    assert str(tmp_path) in problem.message


def test_an_unknown_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The names that exist are listed, the nearest is offered."""
    (problem,) = refused("smart_hom").problems
    assert problem.code == "playbook.no_library"
    assert problem.hint == "did you mean `smart_home`?"
    assert "`smart_home`" in problem.message
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.toml").write_text(SOUND, "utf-8")
    assert refused("mine").problems[0].hint == "for the file write `mine.toml`"
    assert refused("a\0b").problems[0].code == "playbook.no_library"


def test_other_encodings(tmp_path: Path) -> None:
    """They are named, with what it looks like."""
    path = tmp_path / "gb.toml"
    path.write_bytes("# 社群运营手册\nformat = 1\n".encode("gb18030"))
    (problem,) = refused(path).problems
    assert problem.code == "playbook.encoding"
    assert problem.hint == "it looks like GB18030: save it as UTF-8"
    with pytest.raises(PlaybookError):
        parameters_of(path)


def test_a_file_too_large(tmp_path: Path) -> None:
    """A hundred megabytes are not read."""
    path = tmp_path / "large.toml"
    with path.open("wb") as file:
        file.truncate(100 * 2**20)
    assert refused(path).problems[0].code == "playbook.large"


@pytest.mark.skipif(sys.platform == "win32", reason="permissions are another matter")
def test_a_file_that_may_not_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The world failed, not the author."""

    def deny(*_: object, **__: object) -> None:
        raise PermissionError(13, os.strerror(13))

    monkeypatch.setattr(Path, "open", deny)
    with pytest.raises(StoreError) as caught:
        load(tmp_path / "my.toml")
    assert caught.value.code == "playbook.unreadable"
    assert "permission denied" in caught.value.message


def test_a_path_that_no_system_has() -> None:
    """A NUL in a path is no traceback."""
    with pytest.raises(StoreError):
        load("a\0b.toml")


@pytest.mark.parametrize("name", library())
def test_every_library_playbook_runs(name: str) -> None:
    """It loads with its defaults, has policies, and begins an engine."""
    book = load(name)
    assert book.name == name
    assert book.policies
    assert book.engine().playbook is book
    assert dumps(book)


@pytest.mark.parametrize("name", library())
def test_library_playbooks_speak_both_languages(name: str) -> None:
    """Every title stands in Chinese and English."""
    book = load(name)
    titles = [
        book.community.title,
        *(group.title for group in book.community.groups),
        *(role.title for role in book.roles),
        *(tier.title for group in book.tiers for tier in group.tiers),
        *(rule.text for rule in book.rulebook.rules),
        *(kpi.title for kpi in book.kpis),
        *(each.title for each in parameters_of(name)),
    ]
    assert all({"zh", "en"} <= set(title) for title in titles)


def test_smart_home_is_what_its_source_says() -> None:
    """Three themes and grades, five groups, quiet nights, remind and then remove."""
    book = load("smart_home")
    groups = book.community.groups
    assert len({group.theme for group in groups}) == 3
    assert len({group.grade for group in groups}) == 3
    assert len(groups) == 5
    assert str(book.community.quiet_hours).startswith("23:00-")
    ads = book.policy("ad_ladder")
    assert isinstance(ads, PenaltyLadder)
    assert [step.kind.word for step in ads.steps] == ["reminder", "remove"]
    where = book.community.positioning
    assert all((where.purpose, where.value, where.audience, where.goals, where.route))
