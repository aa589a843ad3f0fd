"""Calls that are wrong: one line that says what and the cure, and exit code 2."""

from __future__ import annotations

import pytest

from community_sdk.cli._usage import Parser
from tests.e2e.command import said

RUN = ("run", "--playbook", "smart_home", "--events", "x.csv")


@pytest.mark.parametrize(
    ("words", "english", "chinese"),
    [
        (
            ("run",),
            (
                "missing: `--playbook`, `--events` "
                "(`community-sdk run --help` shows how it is called)"
            ),
            "缺少 `--playbook`、`--events`；写法见 `community-sdk run --help`",
        ),
        (
            ("run", "--playbok", "smart_home", "--events", "x.csv"),
            "no such argument: `--playbok` (did you mean `--playbook`?)",
            (
                "没有这样的参数：`--playbok`；写法见 `community-sdk run --help`。"
                "是否想写 `--playbook`？"
            ),
        ),
        (
            (*RUN, "--bogus", "3"),
            (
                "no such argument: `--bogus`, `3` "
                "(`community-sdk run --help` shows how it is called)"
            ),
            "没有这样的参数：`--bogus`、`3`；写法见 `community-sdk run --help`",
        ),
        (
            ("rnu",),
            "no such command: `rnu` (did you mean `run`?)",
            "没有这样的命令：`rnu`；写法见 `community-sdk --help`。是否想写 `run`？",
        ),
        (
            ("report", *RUN[1:], "--period", "wek"),
            (
                "expected one of `day`, `week`, `month` for `--period`, found `wek` "
                "(did you mean `week`?)"
            ),
            "`--period` 应为 `day`、`week`、`month` 之一，现为 `wek`",
        ),
        (
            (*RUN, "--zone"),
            (
                "expected a value after `--zone`, found none "
                "(`community-sdk run --help` shows how it is called)"
            ),
            "`--zone` 后面要写明内容；写法见 `community-sdk run --help`",
        ),
        (
            (*RUN, "--sort=3"),
            (
                "expected `--sort` alone, found the value `3` "
                "(`community-sdk run --help` shows how it is called)"
            ),
            "`--sort` 后面不带内容，现为 `3`；写法见 `community-sdk run --help`",
        ),
        (
            ("backtest", "--se", "x"),
            (
                "`--se` may be any of `--set`, `--set-against` "
                "(`community-sdk backtest --help` shows how it is called)"
            ),
            "`--se` 不够明确，可能是 `--set`、`--set-against`；请写全",
        ),
    ],
)
def test_a_wrong_call(
    capsys: pytest.CaptureFixture[str],
    words: tuple[str, ...],
    english: str,
    chinese: str,
) -> None:
    """One line in the user's language: what was found, what is expected, the cure."""
    assert said(capsys, *words, "--lang", "en") == (2, "", english + "\n")
    assert said(capsys, *words, "--lang", "zh") == (2, "", chinese + "\n")


def test_what_the_parser_may_say_besides(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fault that has no words of ours is still told, with the way out."""
    monkeypatch.setattr(Parser, "lang", "en")
    with pytest.raises(SystemExit) as left:
        Parser(prog="community-sdk").error("odd")
    assert left.value.code == 2
    told = "odd (`community-sdk --help` shows how it is called)\n"
    assert capsys.readouterr().err == told


@pytest.mark.parametrize("command", ["", "run", "check", "explain", "schema", "test"])
def test_help_is_in_the_language_asked_for(
    capsys: pytest.CaptureFixture[str], command: str
) -> None:
    """Headings as well."""
    words = (command,) if command else ()
    code, out, _ = said(capsys, *words, "--help", "--lang", "zh")
    assert code == 0
    assert out.startswith("用法：community-sdk")
    assert "\n选项：\n" in out
    for word in ("usage", "options", "positional", "show", "exit", "optional"):
        assert word not in out
    code, out, _ = said(capsys, *words, "--help", "--lang", "en")
    assert out.startswith("usage: community-sdk")
    assert "\noptions:\n" in out
