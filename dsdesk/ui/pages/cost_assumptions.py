"""What the cost rests on, every value of it editable: money, energy, time, what is left, the hosted API."""

from decimal import Decimal
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal

from dsdesk.base.message import N_, Message
from dsdesk.base.units import Unit
from dsdesk.project.edits import change_cost, change_site
from dsdesk.ui.pages.cost_money import CURRENCIES, MoneySpin
from dsdesk.ui.theme import SPACE
from dsdesk.ui.widgets.card import Card
from dsdesk.ui.widgets.columns import Columns
from dsdesk.ui.widgets.fields import Choice, CountSpin, Form, QuantitySpin, on_change
from dsdesk.ui.words import _

if TYPE_CHECKING:
    from dsdesk.evaluate import Evaluation


class Assumptions(Card):
    """Forms side by side.

    Signals:
        edited: an Edit of the project.
    """

    edited = Signal(object)

    def __init__(self) -> None:
        super().__init__(_("Assumptions"))
        self.body.addWidget(Columns((self._buying(), self._running(), self._comparing()), 4 * SPACE))

    def _buying(self) -> Form:
        form = Form()
        self._currency = form.add(_("&Currency"), Choice([(one, one) for one in CURRENCIES]))
        self._condition = form.add(_("Price &list first"), Choice([("new", _("new")), ("used", _("used"))]))
        self._tax = form.add(_("&Tax on the purchase"), QuantitySpin(Unit.PERCENT, maximum=100, decimals=1))
        self._budget = form.add(_("&Budget with tax"), MoneySpin(decimals=0, step=1000))
        self._season = form.add(_("Season &discount"), QuantitySpin(Unit.PERCENT, maximum=90, decimals=1),
                                _("What waiting for the second or third quarter is said to save."))  # fmt: skip
        on_change(self._currency, lambda: self._cost("currency", self._currency.key()))
        on_change(self._condition, lambda: self._cost("condition", self._condition.key()))
        on_change(self._tax, lambda: self._cost("tax_rate", Decimal(str(round(self._tax.value() / 100, 5)))))
        on_change(self._budget, lambda: self._cost("budget", self._budget.money()))
        on_change(self._season, lambda: self._cost("season_discount", self._season.quantity() or 0.0))
        return form

    def _running(self) -> Form:
        form = Form()
        self._tariff = form.add(_("Electricity a k&Wh"), MoneySpin(decimals=4, step=0.05))
        self._hours = form.add(_("Hours &a day"), QuantitySpin(Unit.COUNT, maximum=24, decimals=1))
        self._load = form.add(_("Mean l&oad"), QuantitySpin(Unit.PERCENT, maximum=100))
        self._pue = form.add(_("&PUE"), QuantitySpin(Unit.COUNT, maximum=5, decimals=2, step=0.05))
        self._years = form.add(_("&Years of use"), CountSpin(minimum=1, maximum=15))
        self._upkeep = form.add(_("Up&keep a year"), QuantitySpin(Unit.PERCENT, maximum=100, decimals=1))
        self._pue.setMinimum(1.0)
        on_change(self._tariff, lambda: self._cost("electricity_per_kwh", self._tariff.money()))
        on_change(self._hours, lambda: self._site("hours_per_day", self._hours.value()))
        on_change(self._load, lambda: self._site("load_share", self._load.quantity() or 0.0))
        on_change(self._pue, lambda: self._site("pue", self._pue.value()))
        on_change(self._years, lambda: self._cost("years", self._years.value()))
        on_change(self._upkeep, lambda: self._cost("maintenance_share", self._upkeep.quantity() or 0.0))
        return form

    def _comparing(self) -> Form:
        form = Form()
        self._consumer = form.add(_("Con&sumer cards keep"), _share(),
                                  _("Of their price after two years; the guide says 45 %."))  # fmt: skip
        self._enterprise = form.add(_("Data-ce&ntre cards keep"), _share(),
                                    _("Of their price after two years."))  # fmt: skip
        self._api_in = form.add(_("API, million tokens &in"), MoneySpin(decimals=4, step=0.1))
        self._api_out = form.add(_("API, &million tokens out"), MoneySpin(decimals=4, step=0.1))
        on_change(self._consumer, lambda: self._cost("residual_share_consumer", self._consumer.quantity()))
        on_change(self._enterprise, lambda: self._cost("residual_share_enterprise", self._enterprise.quantity()))
        on_change(self._api_in, lambda: self._cost("api_input_per_mtok", self._api_in.money()))
        on_change(self._api_out, lambda: self._cost("api_output_per_mtok", self._api_out.money()))
        return form

    def _cost(self, field: str, value: object) -> None:
        self.edited.emit(change_cost(Message(N_("Change the cost assumptions")), f"cost.{field}", **{field: value}))

    def _site(self, field: str, value: object) -> None:
        self.edited.emit(change_site(Message(N_("Change the energy assumptions")), f"site.{field}", **{field: value}))

    def show_evaluation(self, evaluation: "Evaluation") -> None:
        """Show what the project says."""
        cost, site = evaluation.project.cost, evaluation.project.site
        if self._currency.findData(cost.currency) < 0:
            self._currency.addItem(cost.currency, cost.currency)
        self._currency.show_key(cost.currency)
        self._condition.show_key(cost.condition)
        self._tax.show_quantity(float(cost.tax_rate))
        self._budget.show_money(cost.budget, cost.currency)
        self._season.show_quantity(cost.season_discount)
        self._tariff.show_money(cost.electricity_per_kwh, cost.currency)
        self._hours.show_quantity(site.hours_per_day)
        self._load.show_quantity(site.load_share)
        self._pue.show_quantity(site.pue)
        self._years.show_count(cost.years)
        self._upkeep.show_quantity(cost.maintenance_share)
        self._consumer.show_quantity(cost.residual_share_consumer)
        self._enterprise.show_quantity(cost.residual_share_enterprise)
        self._api_in.show_money(cost.api_input_per_mtok, cost.currency)
        self._api_out.show_money(cost.api_output_per_mtok, cost.currency)


def _share() -> QuantitySpin:
    return QuantitySpin(Unit.PERCENT, maximum=200, decimals=1, optional=True)
