"""How many tokens the machine writes in a year: by the stated load, or by what it can do."""

from dataclasses import dataclass

from dsdesk.base.message import Message
from dsdesk.base.source import Unknown
from dsdesk.cost.energy import DAYS_PER_YEAR
from dsdesk.project.project import Site, Workload
from dsdesk.sizing.results import Forecast


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenVolume:
    """Tokens of one year.

    Attributes:
        requests_per_year: answered requests.
        input_per_year: prompt tokens.
        output_per_year: answer tokens.
        basis: where the number of requests comes from.
    """

    requests_per_year: float
    input_per_year: float
    output_per_year: float
    basis: Message


def token_volume(workload: Workload, site: Site, forecast: Forecast | Unknown | None) -> TokenVolume | Unknown:
    """Requests of a year as stated by the user, but never more than the forecast can serve in the hours of operation.

    Equation: capacity [requests/day] = forecast requests/s x 3600 x hours a day (x load share where no load is stated).
    """
    capacity = None
    if isinstance(forecast, Forecast) and forecast.fits:
        capacity = forecast.requests_s.estimate * 3600 * site.hours_per_day
    wanted = workload.requests_per_day
    if wanted is not None and (capacity is None or wanted <= capacity):
        return _volume(wanted, workload, Message("as stated: {requests} requests a day", requests=wanted))
    if capacity is None:
        return Unknown(Message("neither a load in requests a day nor a forecast is there"))
    if wanted is not None:
        basis = Message(
            "{wanted} requests a day are stated, but the machine serves about {served}; counted with what it serves",
            wanted=wanted,
            served=round(capacity),
        )
        return _volume(capacity, workload, basis)
    served = capacity * site.load_share
    basis = Message("no load is stated: the forecast at {share} of full load", share=f"{site.load_share:.0%}")
    return _volume(served, workload, basis)


def _volume(requests_per_day: float, workload: Workload, basis: Message) -> TokenVolume:
    requests = requests_per_day * DAYS_PER_YEAR
    return TokenVolume(
        requests_per_year=requests,
        input_per_year=requests * workload.input_tokens,
        output_per_year=requests * workload.output_tokens,
        basis=basis,
    )
