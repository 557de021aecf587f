"""Claims about power and air (G8, G10, G14, G15)."""

from dsdesk.base.message import Message
from dsdesk.base.source import Unknown
from dsdesk.claims.claim import Figure, Judgement, Verdict
from dsdesk.claims.registry import Bench, judge, near, undecided
from dsdesk.evaluate import Evaluation
from dsdesk.hardware.vocabulary import Efficiency
from dsdesk.sizing.electricity import efficiency

_SCHEME_1_W = 650.0
_SUPPLY_W = 1600.0
_PLATINUM = 0.94
_LOADS = (0.2, 0.5, 1.0)
# Definition of the inch of water, conventional: 249.089 Pa (NIST SP 811, appendix B).
_PA_PER_IN_H2O = 249.089


def _node_w(evaluation: Evaluation) -> tuple[float, bool]:
    """Draw of the first node [W], and whether all of its parts are in it."""
    power = evaluation.build.machines[0].power
    if isinstance(power.sustained_w, Unknown):
        return power.known_w, False
    return power.sustained_w, True


@judge("g8-power", Message("Scheme 1 draws about 650 W at full load."))
def scheme_1_power(bench: Bench) -> Judgement:
    """Sum of the parts of scheme 1 at full load."""
    card = bench.accelerator("nvidia-rtx-4090")
    if isinstance(card, Unknown) or card.board_power_w is None:
        return undecided(card if isinstance(card, Unknown) else Unknown(Message("the power is not published")))
    drawn, complete = _node_w(bench.scheme_1)
    ours = Figure(drawn, "W")
    if near(ours, _SCHEME_1_W):
        return Judgement(ours=ours, verdict=Verdict.AGREES, reason=Message("The parts add up to it."))
    cards = Figure(2 * card.board_power_w, "W").text()
    reason = (
        Message(
            "The two cards alone are rated {cards}; 650 W would need power limits, which the guide does not name.",
            cards=cards,
        )
        if complete
        else Message(
            "The two cards alone are rated {cards}; 650 W would need power limits, which the guide does not name. "
            "Parts without a published draw are not even counted.",
            cards=cards,
        )
    )
    return Judgement(ours=ours, verdict=Verdict.WRONG, reason=reason)


@judge("g10-efficiency", Message("Scheme 3 trains with 3.2 TFLOPS per watt (mixed precision)."))
def training_efficiency(bench: Bench) -> Judgement:
    """Dense peak of the H100 over its board power."""
    card = bench.accelerator("nvidia-h100-sxm")
    if isinstance(card, Unknown) or card.bf16_flops is None or not card.board_power_w:
        return undecided(card if isinstance(card, Unknown) else Unknown(Message("rate or power is not published")))
    ours = Figure(card.bf16_flops / card.board_power_w / 1e12, "TFLOPS/W")
    eight = Figure((card.fp8_flops or 0.0) / card.board_power_w / 1e12, "TFLOPS/W")
    reason = Message(
        "The peak of the H100 itself is {wide} in BF16 and {eight} in FP8, dense, for the module alone. Training "
        "reaches a share of that, and hosts and network draw power too.",
        wide=ours.text(),
        eight=eight.text(),
    )
    return Judgement(ours=ours, verdict=Verdict.WRONG, reason=reason)


@judge("g14-platinum", Message("80 PLUS Platinum means an efficiency of 94 % or more."))
def platinum(_bench: Bench) -> Judgement:
    """Least efficiency that the level asks for, over load and mains."""
    points = [
        found
        for mains_v in (115.0, 230.0)
        for load in _LOADS
        if (found := efficiency(Efficiency.PLATINUM, load, mains_v, server=False)) is not None
    ]
    if not points:
        return undecided(Unknown(Message("the levels of 80 PLUS are not known")))
    ours = Figure(min(points) * 100, "%")
    reason = Message(
        "94 % is asked for at half load on 230 V only; the level allows down to {least} at other loads and on 115 V.",
        least=ours.text(),
    )
    verdict = Verdict.AGREES if min(points) >= _PLATINUM else Verdict.WRONG
    return Judgement(ours=ours, verdict=verdict, reason=reason)


@judge("g14-redundancy", Message("Redundancy N+1, for instance two supplies of 1600 W."))
def redundancy(bench: Bench) -> Judgement:
    """Draw of the server of scheme 2 against one supply."""
    drawn, complete = _node_w(bench.scheme_2)
    ours = Figure(drawn, "W")
    holds = drawn <= _SUPPLY_W
    if holds and complete:
        reason = Message("One supply of 1600 W carries the {drawn} of scheme 2 on 200 to 240 V.", drawn=ours.text())
        return Judgement(ours=ours, verdict=Verdict.AGREES, reason=reason)
    reason = Message(
        "It is N+1 only while one supply of 1600 W carries the whole server, on 200 to 240 V. The parts of scheme 2 "
        "with a published draw take {drawn}.",
        drawn=ours.text(),
    )
    return Judgement(ours=ours, verdict=Verdict.DEPENDS, reason=reason)


@judge("g15-pue", Message("Liquid cooling brings the PUE to 1.1 or less."))
def pue(bench: Bench) -> Judgement:
    """The PUE assumed for the open project."""
    reason = Message(
        "It depends on the site, its climate and what is counted; no source was found. The cost page takes the PUE "
        "that you enter."
    )
    return Judgement(ours=Figure(bench.evaluation.project.site.pue), verdict=Verdict.UNPROVEN, reason=reason)


@judge("g15-pressure", Message("Ducted air with 0.2 inches of water or more from front to back."))
def duct_pressure(_bench: Bench) -> Judgement:
    """0.2 inH2O in pascals."""
    ours = Figure(0.2 * _PA_PER_IN_H2O, "Pa")
    reason = Message(
        "That is {pressure}. What a passive card needs is an airflow at its inlet temperature, which its maker "
        "states; the pressure for it depends on card and chassis.",
        pressure=ours.text(),
    )
    return Judgement(ours=ours, verdict=Verdict.DEPENDS, reason=reason)
