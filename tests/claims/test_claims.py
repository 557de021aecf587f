import tomllib

import pytest

from dsdesk.base import assets
from dsdesk.base.source import Unknown
from dsdesk.base.translate import Language, render
from dsdesk.claims import claims
from dsdesk.claims.claim import Claim, Figure, Strength, Verdict
from dsdesk.claims.registry import JUDGES
from tests.claims.factory import evaluated, factory_catalog


@pytest.fixture(scope="module")
def judged() -> dict[str, Claim]:
    return {claim.id: claim for claim in claims(evaluated("scheme-1"), factory_catalog())}


def ours(claim: Claim) -> float:
    assert isinstance(claim.our_value, Figure), claim.our_value
    return claim.our_value.value


def test_every_claim_has_a_judge_and_every_judge_a_claim():
    rows = tomllib.loads(assets.factory_db("claims.toml").read_text(encoding="utf-8"))["claim"]

    assert len({row["id"] for row in rows}) == len(rows)
    assert {row["id"] for row in rows} == set(JUDGES)
    assert all(row["source"] and row["quote"] for row in rows)


def test_the_guide_is_quoted_in_its_own_rows(judged):
    assert {claim.g for claim in judged.values()} >= {f"G{number}" for number in (*range(1, 22),)}


def test_what_is_doubtful_is_never_called_wrong(judged):
    assert all(claim.verdict is not Verdict.WRONG for claim in judged.values() if claim.strength is Strength.C)


@pytest.mark.parametrize(
    ("claim_id", "value", "tolerance"),
    [
        ("g2-rule", 0.5, 0),  # 1e9 / 2
        ("g2-ultra", 350, 0),  # 175e9 x 2
        ("g1-pro", 134.9, 0.3),  # 67.4e9 x 2
        ("g8-memory", 48, 0),
        ("g9-memory", 282, 1),
        ("g3-h200", 141, 0.5),
        ("g10-switch", 24, 0),
        ("g10-mi300x-nodes", 8, 0),
        ("g10-efficiency", 1.41, 0.01),  # 989e12 / 700
        ("g14-platinum", 89, 0),
        ("g15-pressure", 49.8, 0.1),
        ("g18-window", 0.336, 0.001),  # 16 MiB x 8 / 400e9
        ("g5-nvlink", 0, 0),
        ("g9-r760xs", 0, 0),
    ],
)
def test_figure_is_what_arithmetic_and_sources_give(judged, claim_id, value, tolerance):
    assert ours(judged[claim_id]) == pytest.approx(value, abs=tolerance or 1e-9)


@pytest.mark.parametrize(
    "claim_id", ["g1-pro", "g2-rule", "g2-ultra", "g5-nvlink", "g8-power", "g9-r760xs", "g10-switch", "g14-platinum"]
)
def test_known_errors_of_the_guide_are_called_wrong(judged, claim_id):
    assert judged[claim_id].verdict is Verdict.WRONG


@pytest.mark.parametrize("claim_id", ["g3-h200", "g4-mi300x", "g6-raid0", "g9-memory"])
def test_what_the_guide_has_right_is_said_to_be_right(judged, claim_id):
    assert judged[claim_id].verdict is Verdict.AGREES


def test_two_4090_draw_more_than_their_own_rating(judged):
    assert ours(judged["g8-power"]) > 2 * 450


def test_a_difference_compares_like_with_like(judged):
    assert judged["g2-ultra"].difference == pytest.approx(350 / 160 - 1)
    assert judged["g15-pressure"].difference is None  # inches of water against pascals


@pytest.mark.parametrize("language", list(Language))
def test_every_claim_reads_in_both_languages(judged, language):
    for claim in judged.values():
        assert render(claim.text, language)
        assert "{" not in render(claim.reason, language)
        if isinstance(claim.our_value, Unknown):
            assert render(claim.our_value.because, language)
