"""The frame of a page: head, style and nothing from outside (S22)."""

from __future__ import annotations

from importlib import resources
from typing import Final

from community_sdk.report._markup import Html, tag

__all__ = ["shell", "style"]

_LANGS: Final = {"zh": "zh-CN", "en": "en"}
_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"


def shell(title: str, lang: str, body: Html) -> str:
    """Return a whole page in ``zh`` or ``en`` that needs nothing but itself."""
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=_POLICY),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("meta", name="generator", content="community_sdk"),
        tag("title", title),
        tag("style", Html("body { margin: 0 }\n"), style()),
    )
    whole = tag("html", head, tag("body", body), lang=_LANGS[lang])
    return f"<!DOCTYPE html>\n{whole}\n"


def style() -> Html:
    """Return the style sheet of reports."""
    folder = resources.files("community_sdk.report")
    return Html(folder.joinpath("report.css").read_text("utf-8"))
