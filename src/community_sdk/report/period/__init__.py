"""The daily digest, the weekly analysis, the monthly report of a community (S22).

``chronicle = Chronicle(playbook)``; ``chronicle.see(event, step)`` after each step;
``chronicle.finish(engine)``; then ``report = chronicle.report("week")`` and
``text.render(report, "zh")`` or ``html.render(report, "zh")``.
"""

from community_sdk.report.period import html, text
from community_sdk.report.period._figures import PeriodFigures
from community_sdk.report.period._report import PeriodReport
from community_sdk.report.period.chronicle import Chronicle

__all__ = ["Chronicle", "PeriodFigures", "PeriodReport", "html", "text"]
