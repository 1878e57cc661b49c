"""The course of the value as columns, one a valuation: actual solid, the interval of the last one as a whisker."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from kundenwert.reports.language import Language
from kundenwert.web.marks import as_float

HEIGHT = 300
# Pixels: the ground line, the room of the highest mark, the lines of words below.
_GROUND, _ROOM = 250, 26
_MOST = 10


def columns(days: Sequence[Mapping[str, Any]], measure: str, currency: str, language: Language) -> SafeString:
    """The picture; days oldest first, of which the newest are shown."""
    shown = list(days)[-_MOST:]
    amounts = [as_float(one[measure]) or 0.0 for one in shown]
    upper = as_float((shown[-1].get("interval") or {}).get("upper")) or 0.0
    top = max((*amounts, upper, 0.0)) or 1.0
    slot = 100 / max(len(shown), 4)
    parts = [f'<line class="axis" x1="0" x2="100%" y1="{_GROUND}" y2="{_GROUND}"/>']
    for place, (one, amount) in enumerate(zip(shown, amounts, strict=True)):
        is_last = place == len(shown) - 1
        parts.append(_column(one, amount, top, slot, place, currency, language, is_last=is_last))
    finding = _finding(shown, measure, currency, language)
    picture = f'<svg class="chart" height="{HEIGHT}" role="img" aria-label="{escape(finding)}">{"".join(parts)}</svg>'
    return mark_safe(picture)  # noqa: S308 (numbers, and words that were escaped)


def _column(
    one: Mapping[str, Any], amount: float, top: float, slot: float, place: int, currency: str, language: Language, *, is_last: bool
) -> str:
    middle = slot * (place + 0.5)
    height = max(amount, 0.0) / top * (_GROUND - _ROOM)
    head = _GROUND - height
    month, year = language.month(one["as_of"][:7], year=False), one["as_of"][:4]
    words = escape(language.short(amount, currency if is_last else ""))
    left, wide = f"{middle - slot * 0.3:.2f}", f"{slot * 0.6:.2f}"
    look = "ac" if is_last else "py"
    parts = [f'<rect class="{look}" x="{left}%" width="{wide}%" y="{head:.1f}" height="{height:.1f}"/>']
    interval = one.get("interval") or {}
    lower, upper = as_float(interval.get("lower")), as_float(interval.get("upper"))
    label = head - 6
    if is_last and lower is not None and upper is not None:
        high, low = (_GROUND - end / top * (_GROUND - _ROOM) for end in (upper, lower))
        upright = f'x1="{middle:.2f}%" x2="{middle:.2f}%" y1="{high:.1f}" y2="{low:.1f}"'
        parts += [f'<line class="{each}" {upright}/>' for each in ("whisker-under", "whisker")]
        lying = f'x1="{middle - 1:.2f}%" x2="{middle + 1:.2f}%"'
        parts += [f'<line class="whisker" {lying} y1="{end:.1f}" y2="{end:.1f}"/>' for end in (high, low)]
        label = high - 6
    strong = "strong mid" if is_last else "mid"
    parts.append(f'<text class="{strong}" x="{middle:.2f}%" y="{label:.1f}">{words}</text>')
    parts.append(f'<text class="mid" x="{middle:.2f}%" y="{_GROUND + 18}">{escape(month)}</text>')
    parts.append(f'<text class="mid" x="{middle:.2f}%" y="{_GROUND + 35}">{year}</text>')
    return "".join(parts)


def _finding(shown: Sequence[Mapping[str, Any]], measure: str, currency: str, language: Language) -> str:
    amounts = [language.short(as_float(one[measure]), currency) for one in shown]
    days = [language.date(one["as_of"]) for one in shown]
    values = [language.text("{day}: {amount}", day=day, amount=amount) for day, amount in zip(days, amounts, strict=True)]
    return language.text("Columns of what is expected. {values}.", values="; ".join(values))


def band(interval: Mapping[str, Any], currency: str, language: Language) -> SafeString:
    """The range of a total from zero on: a pale band, a stroke where the mean is, the ends in figures below."""
    lower, mean, upper = (as_float(interval[name]) or 0.0 for name in ("lower", "mean", "upper"))
    top = max(upper, 0.0) * 1.08 or 1.0
    left, middle, right = (max(end, 0.0) / top * 100 for end in (lower, mean, upper))
    words = [escape(language.short(end, currency)) for end in (lower, mean, upper)]
    finding = language.text("Range from {lower} to {upper}, mean {mean}.", lower=words[0], upper=words[2], mean=words[1])
    parts = (
        '<line class="axis" x1="0" x2="0" y1="4" y2="44"/>',
        f'<rect class="band" x="{left:.2f}%" width="{right - left:.2f}%" y="12" height="24"/>',
        f'<line class="tick" x1="{middle:.2f}%" x2="{middle:.2f}%" y1="6" y2="42"/>',
        '<text x="0" y="60">0</text>',
        f'<text class="mid" x="{left:.2f}%" y="60">{words[0]}</text>',
        f'<text class="strong mid" x="{middle:.2f}%" y="60">{words[1]}</text>',
        f'<text class="end" x="{min(right + 4, 100):.2f}%" y="60">{words[2]}</text>',
    )
    picture = f'<svg class="chart" height="68" role="img" aria-label="{escape(finding)}">{"".join(parts)}</svg>'
    return mark_safe(picture)  # noqa: S308 (numbers, and words that were escaped)
