"""A backtest in words: text for a terminal, one HTML page with pictures (S22 S29).

``text.render(comparison, "zh")`` and ``html.render(comparison, "zh")``.
"""

from community_sdk.report.backtest import html, text

__all__ = ["html", "text"]
