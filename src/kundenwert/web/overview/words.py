"""The findings of the overview as sentences, and its rows as the templates show them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from kundenwert.records import Notice
from kundenwert.reports.charts._words import forecast_name
from kundenwert.reports.language import Language
from kundenwert.reports.language.names import stage_names
from kundenwert.web import links
from kundenwert.web.marks import Step, as_float, bar, scale_of, waterfall

_WEEK = 7
# Below this a total was right for all purposes.
_CLOSE = 0.005
# Class of the style sheet by stage.
_STAGE_LOOKS = {"acquisition": "neu", "development": "aufbau", "retention": "stamm", "win_back": "ruhend"}


def _short(language: Language, amount: Any, currency: str, *, sign: bool = False) -> str:
    return language.short(None if amount is None else Decimal(str(amount)), currency, sign=sign)


# ---------- the page ----------


def heading(page: Mapping[str, Any], manifest: Mapping[str, Any], language: Language) -> str:
    """What the base is worth, and against the day before."""
    text, totals, currency = language.text, page["totals"], manifest["currency"]
    if not page["in_money"]:
        return language.plural(
            "Your customers should buy once {within}",
            "Your customers should buy {n} times {within}",
            round(totals["expected_purchases"]),
            within=language.within(manifest["horizon"]),
        )
    amount = _short(language, totals["clv"], currency)
    if page["yardstick"] == "contribution":
        worth = text("Your customer base is worth {amount}", amount=amount)
    else:
        worth = text(
            "Your customers should bring {amount} of revenue {within}", amount=amount, within=language.within(manifest["value_horizon"])
        )
    bridge, before = page["bridge"], page["before"]
    if not bridge:
        return worth
    change, day = Decimal(bridge["clv_change"]), language.date(before["as_of"])
    if not change:
        return worth
    size = _short(language, abs(change), currency)
    more = text("{size} more than on {day}", size=size, day=day) if change > 0 else text("{size} less than on {day}", size=size, day=day)
    return f"{worth}, {more}"


def lead(page: Mapping[str, Any], manifest: Mapping[str, Any], language: Language) -> str:
    """How far that may be off, and what presses most."""
    parts = [_range(page, manifest, language)]
    risky = next((one for one in page["alerts"] if one["kind"] == "at_risk"), None)
    if risky:
        parts.append(
            language.plural(
                "{n} valuable customer buys less often than usual.", "{n} valuable customers buy less often than usual.", risky["customers"]
            )
        )
    if page["yardstick"] == "revenue":
        parts.append(language.text("This is revenue, not margin: the data hold no costs."))
    return " ".join(part for part in parts if part)


def _range(page: Mapping[str, Any], manifest: Mapping[str, Any], language: Language) -> str:
    found = page["interval"]
    if not found:
        return ""
    currency = manifest["currency"] if page["in_money"] else ""
    values = {"lower": _short(language, found["lower"], currency), "upper": _short(language, found["upper"], currency)}
    return language.text("With {level} certainty it lies between {lower} and {upper}.", level=language.percent(found["level"], 0), **values)


def figure(page: Mapping[str, Any], manifest: Mapping[str, Any], language: Language) -> dict[str, str]:
    """The one large figure of the page, and what it is."""
    if not page["in_money"]:
        words = language.text("purchases, expected {within}", within=language.within(manifest["horizon"]))
        return {"figure": language.number(page["totals"]["expected_purchases"]), "words": words}
    parts = language.text(
        "still to come {within}; {past} are booked, together {value}",
        within=language.within(manifest["value_horizon"]),
        past=_short(language, page["totals"]["past"], manifest["currency"]),
        value=_short(language, page["totals"]["value"], manifest["currency"]),
    )
    return {"figure": _short(language, page["totals"]["clv"], manifest["currency"]), "words": parts}


# ---------- course and change ----------


def course_heading(page: Mapping[str, Any], manifest: Mapping[str, Any], language: Language) -> str:
    """How the expected value went on over the days."""
    days = comparable(page)
    if len(days) < 2:
        return language.text("The course begins with this valuation")
    key = _measure(page)
    change = as_float(days[-1][key] or 0)
    first = as_float(days[0][key] or 0)
    if not first or change is None:
        return language.text("What is expected, valuation by valuation")
    share, day = change / first - 1, language.date(days[0]["as_of"])
    if abs(share) < _CLOSE:
        return language.text("What is expected is as much as on {day}", day=day)
    size = language.percent(abs(share), 1)
    if share > 0:
        return language.text("What is expected is {size} more than on {day}", size=size, day=day)
    return language.text("What is expected is {size} less than on {day}", size=size, day=day)


def _measure(page: Mapping[str, Any]) -> str:
    return "clv" if page["in_money"] else "expected_purchases"


def comparable(page: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The days that count the same money as this one, oldest first."""
    last = page["course"][-1]
    same = [one for one in page["course"] if (one["yardstick"], one["currency"]) == (last["yardstick"], last["currency"])]
    return [one for one in same if one[_measure(page)] is not None]


def bridge(page: Mapping[str, Any], manifest: Mapping[str, Any], language: Language) -> dict[str, Any] | None:
    """The change since the day before, cause by cause; None without a day before."""
    found = page["bridge"]
    if not found:
        return None
    text, amounts = language.text, {name: Decimal(found[name]) for name in ("new", "gone", "past", "clv", "other")}
    new, gone, both = (
        language.plural("{n} customer", "{n} customers", found[name]) for name in ("new_customers", "gone_customers", "both_customers")
    )
    labels = {
        "new": (text("New customers"), new),
        "gone": (text("Customers gone"), gone),
        "past": (text("Booked since"), text("was expected, is now booked, or came beyond it")),
        "clv": (text("Expectation of customers known before"), both),
        "other": (text("Objections and definition"), ""),
    }
    shown = [name for name in labels if amounts[name] or name in ("new", "past", "clv")]
    change = sum(amounts.values(), Decimal(0))
    drawn = waterfall([*(Step(amounts[name], look="change") for name in shown), Step(change, is_sum=True)])
    rows = [
        {"label": labels[name][0], "sub": labels[name][1], "amount": language.number(amounts[name], 0, sign=True), "bars": bars}
        | {"look": _look(amounts[name])}
        for name, bars in zip(shown, drawn, strict=False)
    ]
    most = max(shown, key=lambda name: abs(amounts[name]))
    size = _short(language, amounts[most], manifest["currency"], sign=True)
    return {
        "heading": text("What moved the value most: {cause}, {amount}", cause=labels[most][0], amount=size),
        "rows": rows,
        "first": language.number(Decimal(found["first"])),
        "second": language.number(Decimal(found["second"])),
        "change": language.number(change, 0, sign=True),
        "change_look": _look(change),
        "change_bars": drawn[-1],
        "before": language.date(page["before"]["as_of"]),
        "note": _reasons(page["reasons"], language),
    }


def _look(amount: Decimal) -> str:
    return "good" if amount > 0 else "bad" if amount < 0 else ""


def _reasons(reasons: Sequence[str], language: Language) -> str:
    """What else than time changed between the two valuations."""
    text = language.text
    names = {
        "inputs": text("the data"),
        "settings": text("the settings"),
        "model": text("the model"),
        "definition": text("the value definition"),
        "version": text("the version of the program"),
        "yardstick": text("the yardstick"),
    }
    found = [names[one] for one in reasons if one in names]
    if not found:
        return text("Both valuations were reckoned the same way.")
    return text("Other than time also changed: {what}. That is no merit and no loss.", what=language.listed(found))


def why_no_bridge(page: Mapping[str, Any], language: Language) -> str:
    """Why no change can be told."""
    if page["why_not"] == "other_money":
        return language.text("The valuation before counts other money, so nothing can be held against it.")
    return language.text(
        "With the next valuation of a later day you see here what moved the value: new customers, lost ones, expectations."
    )


# ---------- what is to be done ----------


def alerts(page: Mapping[str, Any], manifest: Mapping[str, Any], language: Language) -> list[dict[str, Any]]:
    """Each with title, amount, a sentence, the customers that matter most, and one link."""
    return [_alert(one, manifest, language) for one in page["alerts"]]


def _alert(one: Mapping[str, Any], manifest: Mapping[str, Any], language: Language) -> dict[str, Any]:
    told = {"at_risk": _at_risk, "loss_maker": _losses, "overdue": _overdue, "rejected": _rejected, "readiness": _unready}[one["kind"]]
    found = told(one, language)
    amount = _short(language, one["amount"], manifest["currency"]) if one["amount"] is not None and one["kind"] != "rejected" else ""
    named = [
        {**each, "words": "" if each["amount"] is None else _short(language, each["amount"], manifest["currency"])}
        for each in one.get("named", ())
    ]
    return {"amount": amount, "is_bad": one["kind"] == "loss_maker", "named": named, **found}


def _at_risk(one: Mapping[str, Any], language: Language) -> dict[str, Any]:
    title = language.plural("{n} valuable customer is at risk", "{n} valuable customers are at risk", one["customers"])
    sentence = language.text("They have been silent for longer than is usual for them.")
    if one["amount"] is not None:
        sentence = f"{sentence} {language.text('The amount is what is at stake.')}"
    return {"title": title, "sentence": sentence, "link": links.to_list(at_risk=1, sort="-at_stake"), "go": language.text("See the list")}


def _losses(one: Mapping[str, Any], language: Language) -> dict[str, Any]:
    title = language.plural("{n} customer costs more than they bring", "{n} customers cost more than they bring", one["customers"])
    sentence = language.text("Contribution after all costs that are known, {year}.", year=str(one["year"]))
    if one.get("unlisted"):
        more = language.plural(
            "The customer result counts {n} more, who stands in no list: by objection, or without a purchase.",
            "The customer result counts {n} more, who stand in no list: by objection, or without a purchase.",
            one["unlisted"],
        )
        sentence = f"{sentence} {more}"
    return {"title": title, "sentence": sentence, "link": links.address("result:result"), "go": language.text("See the causes")}


def _overdue(one: Mapping[str, Any], language: Language) -> dict[str, Any]:
    title = language.plural("{n} invoice is overdue", "{n} invoices are overdue", one["records"])
    sentence = language.plural(
        "Due before this day and not paid, of {n} customer.", "Due before this day and not paid, of {n} customers.", one["customers"]
    )
    link = links.to_customer(one["named"][0]["customer_id"]) if one["named"] else ""
    return {"title": title, "sentence": sentence, "link": link, "go": language.text("See the largest")}


def _rejected(one: Mapping[str, Any], language: Language) -> dict[str, Any]:
    title = language.plural("{n} line was not taken in", "{n} lines were not taken in", one["customers"])
    sentence = language.text("Cells that cannot be read, or that break a rule. They count nowhere.")
    return {"title": title, "sentence": sentence, "link": links.address("imports:start"), "go": language.text("See the reasons")}


def _unready(one: Mapping[str, Any], language: Language) -> dict[str, Any]:
    title = language.text("The data have grade {grade} of A to E", grade=one["grade"])
    reasons = [Notice(each["key"], each["msgid"], dict(each["values"])) for each in one.get("reasons", ())][:2]
    sentence = " ".join(language.notice(each) for each in reasons)
    return {"title": title, "sentence": sentence, "link": links.address("imports:start"), "go": language.text("Add data")}


# ---------- who carries it ----------


def classes(page: Mapping[str, Any], manifest: Mapping[str, Any], language: Language) -> dict[str, Any]:
    """Classes A, B, C with shares of customers and value as rows and as two bars."""
    found = page["concentration"]["classes"]
    everybody = sum(one["customers"] for one in found.values()) or 1
    limit = manifest["settings"]["class_limits"][0]
    best = found["A"]["customers"]
    rows = [
        {
            "name": name,
            "link": links.to_list(**{"class": name}),
            "customers": language.number(one["customers"]),
            "share": language.percent(one["customers"] / everybody),
            "value": language.number(Decimal(str(one["value"]))),
            "value_share": language.percent(one["share"]),
        }
        for name, one in found.items()
    ]
    heading = language.plural(
        "{n} customer carries {share} of what is expected",
        "{n} customers carry {share} of what is expected",
        best,
        share=language.percent(limit, 0),
    )
    bars = [
        (language.text("Share of customers"), _stacked([(name, one["customers"] / everybody) for name, one in found.items()], language)),
        (language.text("Share of what is expected"), _stacked([(name, max(one["share"], 0.0)) for name, one in found.items()], language)),
    ]
    largest = page["concentration"]["largest"]
    note = language.text("Gini {gini}.", gini=language.number(page["concentration"]["gini"], 2))
    if largest:
        more = language.text("Without the largest customer {share} less would be expected.", share=language.percent(largest))
        note = f"{note} {more}"
    return {"heading": heading, "rows": rows, "bars": bars, "note": note}


def _stacked(parts: Sequence[tuple[str, float]], language: Language) -> list[dict[str, Any]]:
    """Parts of a bar from left to right; the words stand in those that have room."""
    found, start = [], 0.0
    for name, share in parts:
        words = f"{name} {language.percent(share, 0)}" if share >= 0.12 else name if share >= 0.04 else ""
        found.append({"look": name.lower(), "x": f"{start * 100:.2f}", "width": f"{share * 100:.2f}", "words": words})
        found[-1]["at"] = f"{start * 100 + 1:.2f}"
        start += share
    return found


def stages(page: Mapping[str, Any], language: Language) -> dict[str, Any] | None:
    """The stages of the customers' life with customers, value and what changed; None where nobody has one."""
    found, names = page["stages"], stage_names(language)
    if not found:
        return None
    key = "value" if page["in_money"] else "expected_purchases"
    amounts = [as_float(one[key]) or 0.0 for one in found]
    total, scale = sum(amounts), scale_of(amounts)
    has_change = any(one["change"] is not None for one in found)
    rows = [
        {
            "name": names[one["stage"]],
            "look": _STAGE_LOOKS[one["stage"]],
            "link": links.to_list(stage=one["stage"]),
            "customers": language.number(one["customers"]),
            "value": language.number(amount),
            "bar": bar(amount, scale.high, scale.low, "result"),
            "share": language.percent(amount / total if total > 0 else None),
            "change": language.number(None if one["change"] is None else Decimal(one["change"]), 0, sign=True),
            "change_look": "" if one["change"] is None else _look(Decimal(one["change"])),
        }
        for one, amount in zip(found, amounts, strict=True)
    ]
    place = max(range(len(found)), key=lambda each: amounts[each])
    known = {"n": found[place]["customers"], "stage": names[found[place]["stage"]]}
    known["share"] = language.percent(amounts[place] / total if total > 0 else None, 0)
    heading = (
        language.text("{n} customers in the stage “{stage}” hold {share} of the value", **known)
        if page["in_money"]
        else language.text("{n} customers in the stage “{stage}” hold {share} of what is expected", **known)
    )
    return {
        "heading": heading,
        "rows": rows,
        "has_change": has_change,
        "customers": language.number(sum(one["customers"] for one in found)),
        "value": language.number(total),
    }


# ---------- how far it holds ----------


def quality(page: Mapping[str, Any], language: Language) -> dict[str, Any]:
    """The forecast against what came, in plain words, beside the best naive rule."""
    found, text = page["quality"], language.text
    if not found["origins"] or not found["used"]:
        heading = text("How good the forecast is could not be checked")
        return {"heading": heading, "sentences": [text("The data are too short to look back from an earlier day.")], "rows": []}
    weeks = max(round((found["days"] or 0) / _WEEK), 1)
    used, naive = found["used"], found["naive"]
    span = language.plural("of {n} week", "of {n} weeks", weeks)
    origin = language.date(found["origin"])
    sentences = [text("Looking back from {day}, the forecast {span} was {off}.", day=origin, span=span, off=off(used, language))]
    if naive:
        name = forecast_name(naive["name"], language)
        sentences.append(text("The best simple rule, “{rule}”, was {off}.", rule=name, off=off(naive, language)))
    if found["totals"]:
        sentences.append(text("{held} of {all} totals lay inside their range.", held=found["held"], all=found["totals"]))
    if found["holdout"] and found["holdout"].get("bias") is not None:
        sentences.append(
            text("What came up to {day} is known by now: the forecast was {off}.", day=language.date(found["holdout"]["until"]),
                 off=off(found["holdout"], language))
        )  # fmt: skip
    if found["is_naive"]:
        heading = text("No model forecasts surely better than a simple rule")
        sentences.append(text("The values deserve no more trust than that rule."))
    elif naive and abs(naive["bias"] or 0) < abs(used["bias"] or 0):
        heading = text("Customer by customer the forecast beats simple rules; its total was {off}", off=off(used, language))
    else:
        heading = text("The forecast beats simple rules; for single customers it is a range")
    rows = [_scored(one, language, is_used=one is used) for one in (used, naive) if one]
    return {"heading": heading, "sentences": sentences, "rows": rows}


def _scored(one: Mapping[str, Any], language: Language, *, is_used: bool) -> dict[str, Any]:
    name = forecast_name(one["name"], language)
    return {
        "name": name[:1].upper() + name[1:],
        "is_used": is_used,
        "bias": language.percent(one["bias"], 1, sign=True),
        "money_bias": language.percent(one["money_bias"], 1, sign=True),
        "held": language.percent(one["held"], 0),
        "hit": language.percent(one["hit"], 0),
    }


def off(one: Mapping[str, Any], language: Language) -> str:
    """How far a total was off, in words: 0.1 is a tenth too much."""
    bias = one["bias"]
    if bias is None:
        return language.text("without anything to be held against")
    if abs(bias) < _CLOSE:
        return language.text("right to half a percent")
    size = language.percent(abs(bias), 0)
    return language.text("{size} too high", size=size) if bias > 0 else language.text("{size} too low", size=size)
