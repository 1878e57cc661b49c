"""Forms of the import: how a file is read, and what a new project is called."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms

from kundenwert.flows import presets
from kundenwert.web.language import later

DATE_FORMATS = (
    ("dd.mm.yyyy", "31.12.2024"),
    ("dd.mm.yy", "31.12.24"),
    ("iso", "2024-12-31"),
    ("yyyymmdd", "20241231"),
    ("dd/mm/yyyy", "31/12/2024"),
    ("mm/dd/yyyy", "12/31/2024"),
    ("dd/mm/yy", "31/12/24"),
    ("mm/dd/yy", "12/31/24"),
    ("dd-mm-yyyy", "31-12-2024"),
    ("mm-dd-yyyy", "12-31-2024"),
    ("yyyy/mm/dd", "2024/12/31"),
    ("serial", "45657"),
)
_FIND_OUT = ("", later("find out"))
_LEAST_SHARE, _MOST_SHARE = 0, 100


class ReadingForm(forms.Form):
    """How a file is read, where a person knows better than what was found out."""

    encoding = forms.ChoiceField(
        label=later("Encoding"),
        required=False,
        choices=(_FIND_OUT, ("utf-8", "UTF-8"), ("cp1252", "Windows-1252"), ("latin-1", "Latin-1"), ("utf-16", "UTF-16")),
    )
    delimiter = forms.ChoiceField(
        label=later("Separator"),
        required=False,
        choices=(_FIND_OUT, (";", later("semicolon")), (",", later("comma")), ("tab", later("tab")), ("|", later("vertical bar"))),
    )
    decimal_mark = forms.ChoiceField(
        label=later("Decimal sign"), required=False, choices=(_FIND_OUT, (",", later("comma: 1.234,56")), (".", later("point: 1,234.56")))
    )
    date_format = forms.ChoiceField(label=later("Days are written like"), required=False, choices=(_FIND_OUT, *DATE_FORMATS))
    money = forms.ChoiceField(
        label=later("Amounts are"),
        required=False,
        choices=(("", later("as the column says")), ("net", later("net of tax")), ("gross", later("gross"))),
    )
    tax_rate = forms.DecimalField(
        label=later("Tax rate in percent"), required=False, min_value=_LEAST_SHARE, max_value=_MOST_SHARE, decimal_places=3, localize=False
    )
    sheet = forms.CharField(label=later("Sheet"), required=False, max_length=100)
    header = forms.CharField(
        label=later("Names of the columns"),
        required=False,
        max_length=5000,
        help_text=later("Only for a file without header: in order, with commas."),
    )

    @property
    def options(self) -> dict[str, Any]:
        """What was chosen, as a draft keeps it; what is to be found out is left away."""
        values = self.cleaned_data
        given: dict[str, Any] = {
            name: values[name] for name in ("encoding", "delimiter", "decimal_mark", "date_format", "sheet") if values[name]
        }
        if values["money"]:
            given["net"] = values["money"] == "net"
        if values["tax_rate"] is not None:
            given["tax_rate"] = float(values["tax_rate"]) / 100
        names = [name.strip() for name in values["header"].split(",")]
        return {**given, **({"header": names} if any(names) else {})}

    @staticmethod
    def initial_of(options: Mapping[str, Any]) -> dict[str, Any]:
        """The fields for what a draft keeps."""
        shown = {name: value for name, value in options.items() if name not in {"net", "tax_rate", "header"}}
        if "net" in options:
            shown["money"] = "net" if options["net"] else "gross"
        if "tax_rate" in options:
            shown["tax_rate"] = f"{options['tax_rate'] * 100:g}"
        return {**shown, "header": ", ".join(options.get("header", ()))}


def _presets() -> list[tuple[str, Any]]:
    names = {"wholesale": later("Wholesale"), "shop": later("Online shop")}
    return [("", later("none")), *((name, names.get(name, name)) for name in presets.names())]


class SaveForm(forms.Form):
    """What a new project is called, and what its files do not say."""

    title = forms.CharField(label=later("Name of the project"), max_length=80)
    currency = forms.RegexField(
        r"^[A-Za-z]{3}$", label=later("Currency"), required=False, max_length=3, help_text=later("Three letters, such as EUR.")
    )
    margin = forms.DecimalField(
        label=later("Margin in percent"),
        required=False,
        min_value=_LEAST_SHARE,
        max_value=_MOST_SHARE,
        decimal_places=2,
        localize=False,
        help_text=later("What stays of revenue after cost of goods; used where no line has its cost."),
    )
    preset = forms.ChoiceField(
        label=later("Cost rates to begin with"), required=False, help_text=later("Assumptions of an industry; you can change each of them.")
    )
    accept = forms.BooleanField(label=later("Value it all the same; the rejected lines are left out"), required=False)

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.fields["preset"].choices = _presets()  # type: ignore[attr-defined]

    @property
    def settings(self) -> dict[str, Any]:
        """As a draft keeps them; None takes one back."""
        values = self.cleaned_data
        return {
            "title": values["title"].strip(),
            "currency": values["currency"].upper() or None,
            "margin": None if values["margin"] is None else float(values["margin"]) / 100,
            "preset": values["preset"] or None,
        }
