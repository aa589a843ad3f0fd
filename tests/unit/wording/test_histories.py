"""Whatever the library decides on any history, it has words for."""

from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from community_sdk._time import Duration
from community_sdk.decisions import Decision
from community_sdk.errors import HistoryError
from community_sdk.explanation import Explanation
from community_sdk.playbook import Playbook
from community_sdk.testing.strategies import histories, playbooks
from community_sdk.wording import Names, say, say_decision
from community_sdk.wording._catalogue import catalogue

WEEK = playbooks().map(lambda drawn: evolve(drawn, lateness=Duration.parse("7d")))


def _unsaid(explanation: Explanation, lang: str) -> list[Explanation]:
    """The parts that the catalogue of *lang* has no variant for."""
    says = catalogue(lang).says
    return [
        part
        for part in explanation.walk()
        if part.key not in says
        or says[part.key].choose({**dict(part.figures), "parts": part.parts}) is None
    ]


def _decided(book: Playbook, draw: st.DataObject) -> list[Decision]:
    engine = book.engine()
    found: list[Decision] = []
    for event in draw.draw(histories(playbook=book, late=True)):
        try:
            step = engine.receive(event)
        except HistoryError:
            continue
        found += step.decisions
        for dropped in step.suppressed:
            assert not _unsaid(dropped.because, "zh")
    for name in engine.members:
        standing = engine.standing(name)
        assert not _unsaid(standing, "zh"), standing
        assert not _unsaid(standing, "en"), standing
        assert say(standing, "zh", style="lines")
    return found


@given(WEEK, st.data())
def test_every_decision_has_words(book: Playbook, data: st.DataObject) -> None:
    """No key, no figure that is absent, no brace, in either language."""
    decisions = _decided(book, data)
    names = Names.of(book)
    for decision in decisions:
        for lang in ("zh", "en"):
            assert not _unsaid(decision.because, lang), decision.because
            assert catalogue(lang).decisions[decision.kind].variants
            said = say_decision(decision, lang, zone=book.community.zone, names=names)
            assert "{" not in said
            assert decision.because.key not in said
