"""A plan in words and rows of texts, for terminal, paper and workbook."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from kundenwert.records import Notice
from kundenwert.records.plans import MONEY
from kundenwert.reports.language import UNKNOWN, Language

if TYPE_CHECKING:
    from kundenwert.records.kept_plan import KeptPlan

# The most letters of a name in a table.
_WIDEST = 34
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
# Amounts from here on are told without cents.
_ROUND = 100
_PRACTICES = {
    "nothing": "nothing at all",
    "even": "the same for all, if divisible",
    "biggest": "most to the biggest",
    "today": "as today, cut to the limits",
}
_LEFT_OUT = {
    "objected": "{count:,d} customers have objected to being valued.",
    "collective": "{count:,d} collective accounts stand for many customers each.",
    "no_forecast": "{count:,d} customers have no forecast of their own.",
    "without_person": "{count:,d} customers have nobody who looks after them, and the time of persons is limited.",
    "no_need": "{count:,d} lost customers have no need any more.",
    "never_valuable": "{count:,d} lost customers were never worth winning back.",
}
_NOT_ALLOWED = {
    "refused": "{action}: {count:,d} customers want no advertising, or have refused this channel.",
    "no_consent": "{action}: {count:,d} customers have not agreed, which the law asks for on this channel.",
    "no_address": "{action}: no address is known of {count:,d} customers.",
}
_STRUCK = {
    "objected": "Since the plan was made, customers of {count:,d} lines have objected; these lines are left out.",
    "refused": "Since the plan was made, customers of {count:,d} lines want no advertising any more or cannot be reached; left out.",
}
_EFFECTS = {
    "chance": "{action} raises the chance to buy by {likely} ({low} to {high}) percentage points",
    "retention": "{action} raises the chance to stay by {likely} ({low} to {high}) percentage points",
    "orders": "{action} raises the number of orders by {likely} % ({low} to {high})",
    "spend": "{action} raises the amount of an order by {likely} % ({low} to {high})",
    "money": "{action} brings {likely} a customer ({low} to {high})",
}
_SOURCES = {
    "experiment": "{effect}: measured by an experiment.",
    "assumption": "{effect}: assumed by {by} on {on}, not measured.",
}
_GAIN = {
    "contribution": "{gain} more contribution is expected, after the {cost} it costs.",
    "revenue": "{gain} more revenue is expected, after the {cost} it costs; what is left of it is not known.",
    "purchases": "{gain} is expected, after the {cost} it costs.",
}


@dataclass(frozen=True)
class Told:
    """A plan with the words of one language."""

    plan: KeptPlan
    language: Language

    @property
    def content(self) -> Mapping[str, Any]:
        return self.plan.content

    def money(self, amount: float | None, digits: int = 0, *, sign: bool = False) -> str:
        return self.language.money(amount, self.content["currency"], digits, sign=sign)

    def text(self, message: str, /, **values: Any) -> str:
        return self.language.text(message, **values)


def head(told: Told) -> str:
    """What is planned, and by which section of the project."""
    content = told.content
    name = "" if content["name"] == content["decision"] else f" ({content['name']})"
    title = content["title"]
    return told.text(title) + name


def counts_within(told: Told) -> str:
    """The time in which effects count, as part of a sentence; "" where none are promised."""
    content, words = told.content, told.language
    counted = content.get("counts_within", "horizon")
    if not counted:
        return ""
    changed = {one["changes"] for one in content["actions"] if content.get("uses", {}).get(one["name"])} if counted == "horizon" else set()
    if "retention" not in changed:
        return words.within(content[counted])
    value = words.within(content["value_horizon"])
    if changed == {"retention"}:
        return value
    return told.text("{horizon}, those on the chance to stay {value}", horizon=words.within(content["horizon"]), value=value)


def gain_sentences(told: Told) -> list[str]:
    """What the plan brings and takes, how sure that is, and who is held out; a sentence each."""
    content = told.content
    sentence = _GAIN[content["yardstick"]]
    if is_open(content):
        sentence = "What it brings is not known yet; it costs {cost}."
    if is_ranking(content):
        return [told.text("A ranking: what is first is most at stake. No money is given out, and no gain is promised.")]
    lines = [told.text(sentence, gain=told.money(content["gain"]), cost=told.money(content["cost"]))]
    if content["lower"] is not None and content["upper"] is not None:
        lines.append(
            told.text(
                "With 90 % certainty between {lower} and {upper}.", lower=told.money(content["lower"]), upper=told.money(content["upper"])
            )
        )
    if content["bound"] is not None and content["gain"] and not round(content["gap"], 4):
        lines.append(told.text("No plan within these limits can bring more."))
    elif content["bound"] is not None and content["gain"]:
        bound = told.money(content["bound"])
        gap = told.language.percent(content["gap"], 2)
        sentence = "No plan within these limits can bring more than {bound}; it misses at most {gap} of that."
        lines.append(told.text(sentence, bound=bound, gap=gap))
    if content["chance_better"] is not None:
        chance = told.language.percent(content["chance_better"], 0)
        lines.append(told.text("It beats today's practice with a chance of {chance}.", chance=chance))
    held = content["held_out"]
    if held["customers"]:
        sentence = "{held:,d} of {all:,d} customers who would be in it are held out by chance, so that its effect can be measured."
        lines.append(told.text(sentence, held=held["customers"], all=held["drawn_from"]))
    return lines


def is_ranking(content: Mapping[str, Any]) -> bool:
    """Whether a plan gives nothing out: without known effects it says who comes first, and no more."""
    return bool(content["lines"]) and not content["gain"] and not content["cost"]


def is_open(content: Mapping[str, Any]) -> bool:
    """Whether a plan spends before anybody knows what that brings, as an experiment does."""
    return bool(content["cost"]) and not content["gain"]


def used(told: Told) -> list[list[str]]:
    """Each limit with what one unit more would bring; limits of persons are told together: this is no list about staff."""
    rows = []
    for one in _together(told.content["used"]):
        is_money = one["resource"] == MONEY
        amounts = [told.money(one[key]) if is_money else told.language.number(one[key], None) for key in ("amount", "used")]
        name = told.text("money") if is_money else one["resource"]
        persons = told.text("{name}, {n:,d} persons", name=name, n=one["persons"]) if one["persons"] else name
        rows.append((persons, *amounts, *(told.money(one[key], 2) for key in ("price", "last", "next"))))
    if not rows:
        return []
    titles = ("what there is", "limit", "taken", "worth of one more", "the last brought", "one more would bring")
    head = [told.text(title) for title in titles]
    shown = [place for place in range(6) if place < 3 or any(line[place] != UNKNOWN for line in rows)]
    return [[line[place] for place in shown] for line in (head, *rows)]


def _together(used: Sequence[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    for one in used:
        if not one["person"]:
            yield {**one, "persons": 0}
    for resource in dict.fromkeys(one["resource"] for one in used if one["person"]):
        own = [one for one in used if one["person"] and one["resource"] == resource]
        sums = {key: sum(one[key] for one in own) for key in ("amount", "used")}
        yield {"resource": resource, **sums, "price": None, "last": None, "next": None, "persons": len(own)}


def compared(told: Told) -> list[list[str]]:
    """A heading, the plan, and each other way to spend the same."""
    content = told.content
    if not content["compared"] or not any((content["gain"], *(one["gain"] for one in content["compared"]))):
        return []
    about = content.get("about", "customers")
    head = [told.text(title) for title in ("how the means are spent", "gain", "cost", about, "to the plan")]
    rows = [[told.text("this plan"), told.money(content["gain"]), told.money(content["cost"]), _count(told, content["planned"]), UNKNOWN]]
    for one in content["compared"]:
        practice = _PRACTICES.get(one["name"], one["name"])
        name = told.text(practice)
        less = None if one["gain"] is None else one["gain"] - (content["gain"] or 0.0)
        rows.append([name, told.money(one["gain"]), told.money(one["cost"]), _count(told, one["customers"]), told.money(less, sign=True)])
    return [head, *rows]


def _count(told: Told, number: int) -> str:
    return told.language.number(number)


def row(told: Told, place: int) -> list[str]:
    """A line: its place, number and name of the customer, what to do, gain, cost."""
    lines = told.plan.lines
    name = str(lines["name"][place]) if "name" in lines else ""
    count = int(lines["count"][place])
    action = str(lines["action"][place])
    if action and action not in {one["name"] for one in told.content["actions"]}:
        # What a decision itself proposes has words in each language; actions are called as the project calls them.
        action = told.text(action)
    done = f"{count} × {action}" if count > 1 else action
    amounts = [float(lines[key][place]) for key in ("gain", "cost")]
    money = [told.money(amount, 0 if abs(amount) >= _ROUND or amount == round(amount) else 2) for amount in amounts]
    if is_open(told.content):
        money[0] = UNKNOWN
    number = str(lines["customer_id"][place])
    if told.content.get("about") == "purposes":
        number = told.text(number)
    return [str(place + 1), number, _cut(name, _WIDEST), done, *money]


def reasons(plan: KeptPlan, language: Language, *, most: int | None = None) -> list[str]:
    """One sentence a line why, in a language: for the few lines that are shown, since each is made of its own."""
    templates, lines = plan.content["reasons"], plan.lines
    found = []
    for place in range(plan.length if most is None else min(most, plan.length)):
        values = {name: _value(column[place]) for name, column in lines.items()} | {"currency": plan.content["currency"]}
        found.append(language.notice(Notice("reason", templates[str(lines["reason"][place])], values)))
    return found


def _value(cell: Any) -> Any:
    plain = cell.item() if hasattr(cell, "item") else cell
    return None if plain != plain else plain


def left_out(told: Told) -> Iterator[str]:
    """Who was dropped before, and why."""
    for reason, count in told.content["left_out"].items():
        # A decision may write its own sentence about who was dropped.
        yield (
            told.text(_LEFT_OUT[reason], count=count) if reason in _LEFT_OUT else f"{told.text(reason, count=count)}: {_count(told, count)}"
        )
    for action, counts in told.content["not_allowed"].items():
        for reason, count in counts.items():
            sentence = _NOT_ALLOWED[reason]
            yield told.text(sentence, action=action, count=count)


def struck(told: Told) -> Iterator[str]:
    """Whose lines hold no more since the plan was made."""
    for reason, count in told.plan.struck.items():
        sentence = _STRUCK[reason]
        yield told.text(sentence, count=count)


def assumes(told: Told) -> Iterator[str]:
    """How large effects are taken to be, with their source, and what else the plan rests on."""
    for action in told.content["actions"]:
        if action["effect"]["source"] == "none" and told.content["uses"].get(action["name"]):
            yield told.text("Nobody knows yet what {action} changes.", action=action["name"])
        else:
            yield effect_sentence(action, action["effect"], told.language, told.content["currency"])
        for group, effect in action["groups"].items():
            yield f"{group}: {effect_sentence(action, effect, told.language, told.content['currency'])}"
    for one in told.content["assumes"]:
        # How large effects are taken to be stands above, with who says so.
        if one["key"] != "effect_assumed":
            yield _notice(told, one)


def notices(told: Told) -> Iterator[str]:
    """What a reader must know."""
    for one in told.content["notices"]:
        yield _notice(told, one)


def effect_sentence(action: Mapping[str, Any], effect: Mapping[str, Any], language: Language, currency: str) -> str:
    """How large an effect is taken to be, and who says so."""
    if effect["source"] == "none":
        return language.text("Nobody knows what {action} changes; no money is given out for it.", action=action["name"])
    sizes = {key: effect[key] for key in ("low", "likely", "high")}
    if action["changes"] == MONEY:
        shown = {key: language.money(size, currency) for key, size in sizes.items()}
    else:
        shown = {key: language.number(100 * size, None) for key, size in sizes.items()}
    about, source = _EFFECTS[action["changes"]], _SOURCES[effect["source"]]
    sentence = language.text(about, action=action["name"], **shown)
    return language.text(source, effect=sentence, by=effect["by"], on=language.date(effect["on"]))


def _notice(told: Told, one: Mapping[str, Any]) -> str:
    values = {name: _worded(told, value) for name, value in one["values"].items()}
    return told.language.notice(Notice(one["key"], one["text"], values).in_currency(told.content["currency"]))


def _worded(told: Told, value: Any) -> Any:
    """What was kept as text and reads otherwise in each language: days, and purposes of a budget."""
    if not isinstance(value, str):
        return value
    if _DAY.fullmatch(value):
        return date.fromisoformat(value)
    return told.text(value) if told.content.get("about") == "purposes" else value


def _cut(name: str, width: int) -> str:
    return name if len(name) <= width else name[: width - 1] + "…"
