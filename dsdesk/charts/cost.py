"""What has been spent by the end of each year, against a hosted API."""

from dsdesk.base.message import Message
from dsdesk.base.source import Unknown
from dsdesk.build.catalog import Catalog
from dsdesk.charts.spec import Axis, ChartSpec, Series
from dsdesk.evaluate import Evaluation


def cost_over_years(evaluation: Evaluation, _catalog: Catalog) -> ChartSpec:
    """Money spent on the own machine, the same less what it may still be worth, and what the API would have cost."""
    report = evaluation.cost
    key, title = "cost_over_years", Message("Cost over the years")
    x = Axis(label=Message("years of use"))
    y = Axis(label=Message("spent"), unit=report.currency)
    if not report.priced or not report.years:
        return ChartSpec(key=key, title=title, x=x, y=y, empty=Message("No line of the build has a price yet."))
    years = (0.0, *(float(year.year) for year in report.years))
    bought = report.years[0].purchase.amount
    series = [
        Series(
            label=Message("own machine"),
            x=years,
            y=tuple(float(amount) for amount in (bought, *(year.cumulative.amount for year in report.years))),
        ),
        Series(
            label=Message("own machine less its residual value"),
            x=years[1:],
            y=tuple(float(year.net.amount) for year in report.years),
            style="points",
        ),
    ]
    note = report.notes[0] if report.notes else None
    if isinstance(report.hosted, Unknown):
        note = note or Message("No comparison with a hosted API: {reason}.", reason=report.hosted.because)
    else:
        paid = (0.0, *(float(money.amount) for _, money in report.hosted.by_year))
        series.append(Series(label=Message("hosted API, same tokens"), x=years, y=paid))
    return ChartSpec(key=key, title=title, x=x, y=y, series=tuple(series), note=note)
