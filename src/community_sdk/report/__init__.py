"""Reports of a replayed history: tables, text for a terminal, one HTML file (S22).

``summary = Summary(playbook)``; ``summary.see(event, step)`` after each step;
``summary.finish(engine)``; then ``text.render(summary, "zh")``,
``html.render(summary, "zh")`` or ``summary.to_frame("daily")``.
"""

from community_sdk.report import html, text
from community_sdk.report.summary import Summary

__all__ = ["Summary", "html", "text"]
