"""Explanations, decisions and mistakes in words, Chinese and English (S29).

The words stand in ``zh.toml`` and ``en.toml``: they change without code.
"""

from community_sdk.wording._catalogue import language
from community_sdk.wording._mistakes import Mistake, say_problem
from community_sdk.wording._names import Names, title
from community_sdk.wording._say import phrase, say, say_condition, say_decision, word

__all__ = [
    "Mistake",
    "Names",
    "language",
    "phrase",
    "say",
    "say_condition",
    "say_decision",
    "say_problem",
    "title",
    "word",
]
