"""One history under two settings: who would have been treated differently, and why."""

from pathlib import Path

from community_sdk import load
from community_sdk.adapters.tables import Refusal, read_table
from community_sdk.backtest import Comparison, backtest
from community_sdk.report.backtest import text
from community_sdk.wording import Names

HERE = Path(__file__).parent


def compare() -> Comparison:
    """Compare breaches that count for 180 days with such that count for 30."""
    strict = load(HERE / "circle.toml")
    mild = load(HERE / "circle.toml", fading="30d")
    table = read_table(HERE / "history.csv")
    events = (each for each in table if not isinstance(each, Refusal))
    return backtest(events, strict, mild)


if __name__ == "__main__":
    names = Names.of(load(HERE / "circle.toml"))
    print(text.render(compare(), "en", names=names, source="history.csv"))
