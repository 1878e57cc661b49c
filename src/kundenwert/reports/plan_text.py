"""A plan as people read it in a terminal: what it brings and takes, how else it could be done, whom it means and why, what it assumes."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kundenwert.records import Notice
from kundenwert.records.plans import MONEY
from kundenwert.reports.language import UNKNOWN, Language

if TYPE_CHECKING:
    from kundenwert.records.kept_plan import KeptPlan

# The most letters of a name in a table.
_WIDEST = 34
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


@dataclass(frozen=True)
class _Told:
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


def text(plan: KeptPlan, lang: str = "de", *, approved: str = "") -> str:
    """The plan in words, with the lines that `plan` holds. approved: who approved it and when, "" as long as nobody has."""
    told = _Told(plan, Language(lang))
    parts = [
        _head(told, approved),
        _gain(told),
        _used(told),
        _compared(told),
        _lines(told),
        _listed(told.text("Left out"), [*_left_out(told), *_struck(told)]),
        _listed(told.text("What it assumes"), _assumes(told)),
        _listed(told.text("To know before it is used"), (_notice(told, one) for one in told.content["notices"])),
        _listed(told.text("Purpose and legal basis"), (told.text(one) for one in (told.content["purpose"], told.content["legal_basis"]))),
    ]
    return "\n\n".join(part for part in parts if part)


def _head(told: _Told, approved: str) -> str:
    content, language = told.content, told.language
    decision = content["title"]
    title = told.text("Plan {plan}: {title}", plan=told.plan.name, title=told.text(decision))
    name = "" if content["name"] == content["decision"] else f" ({content['name']})"
    basis = told.text(
        "From run {run}; spends from {start} to {end}; effects count {horizon}.",
        run=content["run"],
        start=language.date(content["as_of"]),
        end=language.date(content["until"]),
        horizon=language.within(content["horizon"]),
    )
    state = told.text("Approved: {approved}.", approved=approved) if approved else told.text("Nobody has approved it yet.")
    return f"{title}{name}\n  {basis}\n  {state}"


def _gain(told: _Told) -> str:
    content = told.content
    sentence = _GAIN[content["yardstick"]]
    if not content["gain"] and content["cost"]:
        sentence = "What it brings is not known yet; it costs {cost}."
    if _is_ranking(content):
        return "  " + told.text("A ranking: what is first is most at stake. No money is given out, and no gain is promised.")
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
    return "\n".join(f"  {line}" for line in lines)


_GAIN = {
    "contribution": "{gain} more contribution is expected, after the {cost} it costs.",
    "revenue": "{gain} more revenue is expected, after the {cost} it costs; what is left of it is not known.",
    "purchases": "{gain} is expected, after the {cost} it costs.",
}


def _is_ranking(content: Mapping[str, Any]) -> bool:
    """Whether a plan gives nothing out: without known effects it says who comes first, and no more."""
    return bool(content["lines"]) and not content["gain"] and not content["cost"]


def _used(told: _Told) -> str:
    """Each limit with what one unit more would bring; limits of persons are told together: this is no list about staff."""
    rows = []
    for one in _together(told.content["used"]):
        is_money = one["resource"] == MONEY
        amounts = [told.money(one[key]) if is_money else told.language.number(one[key], None) for key in ("amount", "used")]
        name = told.text("money") if is_money else one["resource"]
        persons = told.text("{name}, {n:,d} persons", name=name, n=one["persons"]) if one["persons"] else name
        rows.append((persons, *amounts, *(told.money(one[key], 2) for key in ("price", "last", "next"))))
    if not rows:
        return ""
    titles = ("what there is", "limit", "taken", "worth of one more", "the last brought", "one more would bring")
    head = [told.text(title) for title in titles]
    shown = [place for place in range(6) if place < 3 or any(row[place] != UNKNOWN for row in rows)]
    return _table([[row[place] for place in shown] for row in (head, *rows)], right=range(1, len(shown)))


def _together(used: Sequence[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    for one in used:
        if not one["person"]:
            yield {**one, "persons": 0}
    for resource in dict.fromkeys(one["resource"] for one in used if one["person"]):
        own = [one for one in used if one["person"] and one["resource"] == resource]
        sums = {key: sum(one[key] for one in own) for key in ("amount", "used")}
        yield {"resource": resource, **sums, "price": None, "last": None, "next": None, "persons": len(own)}


def _compared(told: _Told) -> str:
    content = told.content
    if not content["compared"] or not any((content["gain"], *(one["gain"] for one in content["compared"]))):
        return ""
    head = [told.text(title) for title in ("how the means are spent", "gain", "cost", "customers", "to the plan")]
    rows = [[told.text("this plan"), told.money(content["gain"]), told.money(content["cost"]), _count(told, content["planned"]), UNKNOWN]]
    for one in content["compared"]:
        practice = _PRACTICES.get(one["name"], one["name"])
        name = told.text(practice)
        less = None if one["gain"] is None else one["gain"] - (content["gain"] or 0.0)
        rows.append([name, told.money(one["gain"]), told.money(one["cost"]), _count(told, one["customers"]), told.money(less, sign=True)])
    return _table([head, *rows], right=range(1, 5))


def _count(told: _Told, number: int) -> str:
    return told.language.number(number)


def _lines(told: _Told) -> str:
    """The first lines, each with its reason below."""
    plan = told.plan
    struck = sum(plan.struck.values())
    left = told.content["lines"] - struck
    if not plan.length:
        return "" if left else f"  {told.text('Nothing pays: the plan is empty.')}"
    head = (
        told.text("The first {shown:,d} of {all:,d} lines", shown=plan.length, all=left) if plan.length < left else told.text("All lines")
    )
    titles = ("", "number", "customer", "what to do", "gain", "cost")
    rows = [[told.text(title) if title else "" for title in titles], *(_row(told, place) for place in range(plan.length))]
    money = not _is_ranking(told.content)
    kept = [place for place in range(len(titles)) if (money if place > 3 else not place or any(row[place] for row in rows[1:]))]
    right = [at for at, place in enumerate(kept) if place in (0, 4, 5)]
    shown = _table([[row[place] for place in kept] for row in rows], right=right).split("\n")
    under = [f"       {reason}" for reason in reasons(plan, told.language)]
    body = [line for pair in zip(shown[1:], under, strict=True) for line in pair]
    return "\n".join([f"  {head}", shown[0], *body])


def _row(told: _Told, place: int) -> list[str]:
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
    return [str(place + 1), str(lines["customer_id"][place]), _cut(name, _WIDEST), done, *money]


def reasons(plan: KeptPlan, language: Language) -> list[str]:
    """One sentence a line why, in a language: for the few lines that are shown, since each is made of its own."""
    templates, lines = plan.content["reasons"], plan.lines
    found = []
    for place in range(plan.length):
        values = {name: _value(column[place]) for name, column in lines.items()}
        found.append(language.notice(Notice("reason", templates[str(lines["reason"][place])], values)))
    return found


def _value(cell: Any) -> Any:
    plain = cell.item() if hasattr(cell, "item") else cell
    return None if plain != plain else plain


def _left_out(told: _Told) -> Iterator[str]:
    for reason, count in told.content["left_out"].items():
        # A decision may write its own sentence about who was dropped.
        yield (
            told.text(_LEFT_OUT[reason], count=count) if reason in _LEFT_OUT else f"{told.text(reason, count=count)}: {_count(told, count)}"
        )
    for action, counts in told.content["not_allowed"].items():
        for reason, count in counts.items():
            sentence = _NOT_ALLOWED[reason]
            yield told.text(sentence, action=action, count=count)


def _struck(told: _Told) -> Iterator[str]:
    for reason, count in told.plan.struck.items():
        sentence = _STRUCK[reason]
        yield told.text(sentence, count=count)


def _assumes(told: _Told) -> Iterator[str]:
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


def _notice(told: _Told, one: Mapping[str, Any]) -> str:
    return told.language.notice(Notice(one["key"], one["text"], dict(one["values"])))


def _listed(title: str, lines: Iterator[str] | Sequence[str]) -> str:
    found = list(lines)
    return "\n".join([f"  {title}", *(f"  - {line}" for line in found)]) if found else ""


def _table(rows: Sequence[Sequence[str]], *, right: Sequence[int]) -> str:
    widths = [max(_width(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = []
    for row in rows:
        cells = [_padded(cell, width, right=column in right) for column, (cell, width) in enumerate(zip(row, widths, strict=True))]
        lines.append("  " + "  ".join(cells).rstrip())
    return "\n".join(lines)


def _padded(cell: str, width: int, *, right: bool) -> str:
    space = " " * (width - _width(cell))
    return space + cell if right else cell + space


def _width(cell: str) -> int:
    """How many places a text takes in a terminal."""
    return sum(0 if unicodedata.combining(sign) else 2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in cell)


def _cut(name: str, width: int) -> str:
    return name if len(name) <= width else name[: width - 1] + "…"


PLUGIN = text
