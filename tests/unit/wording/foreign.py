"""What a Chinese reader would stumble over: English sentences."""

import re

_TYPED = re.compile(r"`[^`]*`|“[^”]*”|\"[^\"]*\"|\S*[/.=:]\S*|--\S+|<[^>]*>")
_ENGLISH = re.compile(r"(?:[A-Za-z][a-z']+[ ,;:]+){2,}[A-Za-z][a-z']+")
_NAMES = re.compile(r"JSON Lines|CSV UTF|Digital Democracy|GNU General|attrs \w+")


def english(text: str) -> list[str]:
    """Return the runs of English words in *text*, what was typed left out."""
    plain = _NAMES.sub("¤", _TYPED.sub("¤", text))
    return _ENGLISH.findall(plain)
