"""The wall before the parser: only short, shallow, well-formed text passes (S08).

Whatever passes can exhaust neither the stack nor the time of `ast.parse`: prefix
operators and brackets are counted, calls cannot be chained, unknown signs never pass.
"""

from __future__ import annotations

import re
import unicodedata
from keyword import iskeyword
from typing import Final, NamedTuple, NoReturn

from community_sdk.conditions.figure import HIDDEN, LONGEST_NAME, is_name, shown
from community_sdk.errors import DefinitionError, nearest

__all__ = ["LONGEST", "Token", "at", "read_tokens"]

LONGEST: Final = 4_000
_DEEPEST: Final = 64
_ESCAPE: Final = r"""\\(?:["'\\nrtbf]|x[\da-f]{2}|u[\da-f]{4}|U000[\da-f]{5})"""
_TOKEN: Final = re.compile(
    rf"""
    (?P<space>[ \t\r\n]+)
    | (?P<number>[0-9][\w.]*)
    | (?P<name>\w+)
    | (?P<text>"(?:[^"\\{HIDDEN}]|{_ESCAPE})*"|'(?:[^'\\{HIDDEN}]|{_ESCAPE})*')
    | (?P<compare>[<>=!]=|[<>])
    | (?P<sign>[(),=-])
    """,
    re.VERBOSE | re.IGNORECASE,
)
_WHOLE: Final = re.compile(r"(?:0|[1-9][0-9]{0,2}(?:[0-9]{0,16}|(?:_[0-9]{3}){1,5}))")
_WORDS: Final = ("and", "or", "not", "True", "False")
_MEANT: Final = {
    "“": '"', "”": '"', "„": '"', "「": '"', "」": '"', "‘": "'", "’": "'",
    "≥": ">=", "≤": "<=", "≠": "!=", "&": "and", "|": "or", "!": "not", "~": "not",
    "、": ",", "。": "", ";": "and",
}  # fmt: skip
_END: Final = "the end"


class Token(NamedTuple):
    """One word of the text: what sort, the text itself, where it begins."""

    sort: str
    text: str
    start: int


def at(text: str, start: int, error: DefinitionError) -> DefinitionError:
    """Return *error* with the place in *text*: line and column, from 1."""
    before = text[:start]
    line = before.count("\n") + 1
    column = start - (before.rfind("\n") + 1) + 1
    where = f"line {line} column {column}" if "\n" in text else f"column {column}"
    figures = {**error.figures, "line": str(line), "column": str(column)}
    return DefinitionError(
        f"{error.message} at {where}", code=error.code, hint=error.hint, **figures
    )


def read_tokens(text: str) -> tuple[Token, ...]:
    """Cut *text* into tokens that stand where they may.

    Raises:
        DefinitionError: the text is too long, too deep or not well formed.
    """
    if len(text) > LONGEST:
        raise DefinitionError(
            f"expected a condition of at most {LONGEST} characters, found {len(text)}",
            code="condition.long",
            limit=str(LONGEST),
            found=str(len(text)),
        )
    tokens = _cut(text)
    _Order(text, tokens).check()
    return tokens


def _cut(text: str) -> tuple[Token, ...]:
    tokens: list[Token] = []
    here = 0
    while here < len(text):
        match = _TOKEN.match(text, here)
        if match is None or match.lastgroup is None:
            raise at(text, here, _odd(text[here]))
        if match.lastgroup != "space":
            token = Token(match.lastgroup, match[0], here)
            wrong = _wrong(token)
            if wrong is not None:
                raise at(text, here, wrong)
            tokens.append(token)
        here = match.end()
    return tuple(tokens)


def _odd(char: str) -> DefinitionError:
    if char in "\"'":
        return DefinitionError(
            f"expected text that ends with `{char}` on the same line",
            code="condition.quotes",
            hint=r"write `\"`, `\\` and `\n` for quotes, backslashes and new lines",
        )
    plain = _MEANT.get(char, unicodedata.normalize("NFKC", char))
    hint = f"write `{plain}`" if plain != char and plain.isascii() and plain else ""
    found = shown(char)
    return DefinitionError(
        f"expected a condition in words, numbers and quotes, found `{found}`",
        code="condition.character",
        hint=hint,
        found=found,
    )


def _wrong(token: Token) -> DefinitionError | None:
    word = token.text
    if token.sort == "number" and not _WHOLE.fullmatch(word):
        return DefinitionError(
            f"expected a whole number of at most 19 digits, found `{shown(word)}`",
            code="condition.number",
            hint='write lengths of time in quotes: `"3d"`' if word[-1] in "hd" else "",
            found=shown(word),
        )
    if token.sort != "name" or word in _WORDS or is_name(word):
        return None
    if iskeyword(word):
        return DefinitionError(
            f"expected a name, found `{word}`, which is a word of Python",
            code="condition.keyword",
            hint="a condition has `and`, `or`, `not`, `True` and `False`",
            found=word,
        )
    plain = unicodedata.normalize("NFKC", word)
    return DefinitionError(
        f"expected a name of letters, digits and `_`, at most {LONGEST_NAME} "
        f"characters, found `{shown(word)}`",
        code="condition.name",
        hint=f"write `{plain}`" if plain != word and plain.isascii() else "",
        found=shown(word),
    )


class _Order:
    """Which token may follow which; brackets and prefixes are counted."""

    def __init__(self, text: str, tokens: tuple[Token, ...]) -> None:
        self.text = text
        self.tokens = tokens
        self.open: list[tuple[bool, int, int]] = []  # a call?, its prefixes, its start
        self.prefixes = 0

    def check(self) -> None:
        wanted, before = True, Token("", "", 0)
        for nth, token in enumerate(self.tokens):
            if wanted:
                wanted = self._begin(token, before)
            else:
                wanted = self._continue(token, before, self.tokens[max(nth - 2, 0)])
            before = token
            if self.prefixes + len(self.open) > _DEEPEST:
                raise at(self.text, token.start, _deep())
        if wanted:
            self._refuse(None, _operand(before))
        if self.open:
            self._refuse(None, "`)`")

    def _begin(self, token: Token, before: Token) -> bool:
        sort, text = token.sort, token.text
        if before.text == "-" and sort != "number":
            self._refuse(token, "a number")
        if sort in ("number", "text") or (sort == "name" and text not in _WORDS[:3]):
            return False
        after_value = before.sort == "compare" or before.text == "="
        if text == "(":
            self._push(token, call=False)
        elif text == "not" and not after_value:
            self.prefixes += 1
        elif text == ")" and before.text == "(" and self.open and self.open[-1][0]:
            self._pop()
            return False
        elif text != "-":
            self._refuse(token, _operand(before))
        return True

    def _continue(self, token: Token, before: Token, opener: Token) -> bool:
        text = token.text
        in_call = bool(self.open) and self.open[-1][0]
        if text == "(" and before.sort == "name" and before.text not in _WORDS:
            self._push(token, call=True)
        elif text in ("and", "or") or (text == "," and in_call):
            self.prefixes = self.open[-1][1] if self.open else 0
        elif text == ")" and self.open:
            self._pop()
            return False
        elif text == "=":
            if not in_call or before.sort != "name" or opener.text not in ("(", ","):
                self._refuse(token, "`==` to compare")
        elif token.sort != "compare":
            self._refuse(token, "`,` or `)`" if in_call else "`and`, `or` or the end")
        return True

    def _push(self, token: Token, *, call: bool) -> None:
        self.open.append((call, self.prefixes, token.start))

    def _pop(self) -> None:
        self.prefixes = self.open.pop()[1]

    def _refuse(self, token: Token | None, expected: str) -> NoReturn:
        found = f"`{shown(token.text)}`" if token else _END
        place = token.start if token else len(self.text)
        hint = nearest(token.text, _WORDS) if token and token.sort == "name" else ""
        if token is None and expected == "`)`":
            column = self.open[-1][2] + 1
            hint = f"the bracket at character {column} is still open"
        raise at(
            self.text,
            place,
            DefinitionError(
                f"expected {expected}, found {found}",
                code="condition.order",
                hint=hint,
                expected=expected.replace("`", ""),
                found=found.strip("`"),
            ),
        )


def _operand(before: Token) -> str:
    if before.sort == "compare":
        return "a number, a length of time or a metric"
    if before.text == "=":
        return "a value"
    return "a condition"


def _deep() -> DefinitionError:
    return DefinitionError(
        f"expected at most {_DEEPEST} levels of brackets and `not`",
        code="condition.deep",
        hint="name a part in the playbook and use its name",
        limit=str(_DEEPEST),
    )
