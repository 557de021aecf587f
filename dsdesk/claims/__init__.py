"""The guide's claims beside our figures: db/claims.toml says what is claimed, the judges here compute the answer."""

import tomllib
from functools import lru_cache
from typing import Any

from dsdesk.base import assets
from dsdesk.base.errors import CatalogError
from dsdesk.base.message import Message
from dsdesk.build.catalog import Catalog
from dsdesk.claims import hardware, load, market, memory, power, speed, storage_and_network
from dsdesk.claims.claim import Claim, Figure, Strength, Verdict
from dsdesk.claims.registry import JUDGES, Bench
from dsdesk.evaluate import Evaluation

__all__ = ["Claim", "Figure", "Strength", "Verdict", "claims", "claims_of_scheme"]

JUDGE_MODULES = (memory, hardware, speed, load, power, market, storage_and_network)
"""Importing them registers their judges."""


def claims(evaluation: Evaluation, catalog: Catalog) -> tuple[Claim, ...]:
    """Every claim with its verdict, in the order of the guide; the schemes are evaluated on the way."""
    bench = Bench(evaluation, catalog)
    return tuple(_judged(row, bench) for row in _rows())


def claims_of_scheme(evaluation: Evaluation, catalog: Catalog, key: str) -> tuple[Claim, ...]:
    """The claims that the guide makes about one of its schemes ("scheme-1"), in its order."""
    bench = Bench(evaluation, catalog)
    return tuple(_judged(row, bench) for row in _rows() if row.get("scheme", "") == key)


@lru_cache
def _rows() -> tuple[dict[str, Any], ...]:
    path = assets.factory_db("claims.toml")
    try:
        with path.open("rb") as file:
            return tuple(tomllib.load(file)["claim"])
    except (OSError, tomllib.TOMLDecodeError, KeyError) as exc:
        text = Message(
            "{file} of the catalogue cannot be read: {reason}. Reinstall dsdesk.", file="claims.toml", reason=str(exc)
        )
        raise CatalogError(text) from exc


def _judged(row: dict[str, Any], bench: Bench) -> Claim:
    text, judge = JUDGES[row["id"]]
    judgement = judge(bench)
    strength = Strength(row["strength"])
    verdict = judgement.verdict
    if strength is Strength.C and verdict is Verdict.WRONG:
        verdict = Verdict.DEPENDS  # what is doubtful is not called an error
    guide = Figure(float(row["figure"]), row.get("unit", "")) if "figure" in row else None
    ours = judgement.ours
    difference = None
    if guide is not None and guide.value and isinstance(ours, Figure) and ours.unit == guide.unit:
        difference = ours.value / guide.value - 1
    return Claim(
        id=row["id"],
        g=row["g"],
        scheme=row.get("scheme", ""),
        text=text,
        quote=row["quote"],
        guide_value=guide,
        our_value=ours,
        difference=difference,
        verdict=verdict,
        reason=judgement.reason,
        strength=strength,
        source=row["source"],
    )
