"""Write docs/reference/events.md from the classes; `--check` only compares."""

import sys
from inspect import getdoc
from pathlib import Path

from attrs import NOTHING, fields

from community_sdk.decisions import DECISIONS, Decision
from community_sdk.events import DERIVED, EXOGENOUS, Event

PAGE = Path(__file__).parents[1] / "docs" / "reference" / "events.md"
HEAD = """# Events and decisions

`kind` words are for ever: they stand in stores and files. Every event carries the
envelope `id`, `at`, `recorded_at`, `seq`, `community`, `group`, `member`, `actor`,
`source`, `dated`; every decision `id`, `policy`, `playbook`, `trigger`, `at`, `mode`,
`member`, `group`, `because`. Only fields beyond those are listed, those without a
default in **bold**.

What ends before it begins is no event (`HistoryError`). What names a tier, a tag, a
badge, a currency, a referral campaign, a join code whose picture was renewed, a channel
that money was spent on or a permit that the playbook does not have is refused:
`RefuseAct` names the nearest word, and nothing changes. Where the playbook has none of
a sort, every word is one.
"""
DERIVES = """
## Facts that the engine derives

They are stored for audit and never fed.
"""


def first(cls: type) -> str:
    """Return the first sentence of a docstring, on one line."""
    text = " ".join((getdoc(cls) or "").split("\n\n")[0].split())
    return text.replace("|", "\\|").replace("*", "")


def rows(classes: tuple[type, ...], root: type) -> str:
    """Return a table of *classes* with the fields that *root* has not."""
    known = {a.name for a in fields(root)}
    lines = ["| kind | class | fields | meaning |", "|---|---|---|---|"]
    for cls in classes:
        own = [a for a in fields(cls) if a.name not in known]
        shown = ", ".join(
            f"**`{a.name}`**" if a.default is NOTHING else f"`{a.name}`" for a in own
        )
        kind: str = cls.kind  # type: ignore[attr-defined]
        lines.append(f"| `{kind}` | `{cls.__name__}` | {shown} | {first(cls)} |")
    return "\n".join(lines)


def page() -> str:
    """Return the whole page."""
    parts = (
        HEAD,
        "## Events from outside\n",
        rows(EXOGENOUS, Event),
        DERIVES,
        rows(DERIVED, Event),
        "\n## Decisions\n",
        rows(tuple(DECISIONS.values()), Decision),
    )
    return "\n".join(parts) + "\n"


def main() -> int:
    """Write the page, or say that it is out of date."""
    text = page()
    if "--check" in sys.argv:
        if PAGE.read_text("utf-8") == text:
            return 0
        print(f"{PAGE.name} is out of date: run `python tools/event_page.py`")
        return 1
    PAGE.write_text(text, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
