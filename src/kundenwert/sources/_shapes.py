"""How the cells of a text column are written: date format and decimal mark. A sample first, then the whole column, then a person."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kundenwert.engines._engine import Reading
from kundenwert.errors import AmbiguousInput, Problem, SettingsError, UnreadableInput
from kundenwert.sources._records import Column, Trouble, Wanted, short

if TYPE_CHECKING:
    from kundenwert.engines._engine import Engine

# Each date format with the macro that reads it.
DAY_MACROS = {
    "iso": "day_iso",
    "dd.mm.yyyy": "day_dd_mm_yyyy",
    "dd.mm.yy": "day_dd_mm_yy",
    "yyyymmdd": "day_yyyymmdd",
    "dd/mm/yyyy": "day_slash_dmy",
    "mm/dd/yyyy": "day_slash_mdy",
    "dd/mm/yy": "day_slash_dmy_short",
    "mm/dd/yy": "day_slash_mdy_short",
    "dd-mm-yyyy": "day_dash_dmy",
    "mm-dd-yyyy": "day_dash_mdy",
    "yyyy/mm/dd": "day_slash_ymd",
    "serial": "day_serial",
}
FORMATS = tuple(DAY_MACROS)
_LOOKS_LIKE = {
    "iso": "2024-12-31", "dd.mm.yyyy": "31.12.2024", "dd.mm.yy": "31.12.24", "yyyymmdd": "20241231", "dd/mm/yyyy": "31/12/2024",
    "mm/dd/yyyy": "12/31/2024", "dd/mm/yy": "31/12/24", "mm/dd/yy": "12/31/24", "dd-mm-yyyy": "31-12-2024", "mm-dd-yyyy": "12-31-2024",
    "yyyy/mm/dd": "2024/12/31", "serial": "45657 (days as Excel counts them)",
}  # fmt: skip
_TWINS = (("dd/mm/yyyy", "mm/dd/yyyy"), ("dd/mm/yy", "mm/dd/yy"), ("dd-mm-yyyy", "mm-dd-yyyy"))
_SAMPLE = 2_000
_ALL = 1 << 60
# A cell or two that follow the other mark are typing errors and become rejects; more of them are a second way of writing.
_STRAY = 0.01


@dataclass(frozen=True)
class Shape:
    """A decision about one column: its value ("" if none), the sentence, and what stands against it. warning: a person should look."""

    value: str = ""
    reason: str = ""
    troubles: tuple[Trouble, ...] = ()
    warning: bool = False


def _look(engine: Engine, raw: str, column: Column, step: str, cells: int) -> dict[str, int]:
    engine.project("inspected_text", raw, {"text": Reading((column.key,), type="VARCHAR")})
    return {name: int(count) for name, count in engine.rows(step, cells=cells)[0].items()}


def date_shape(engine: Engine, raw: str, column: Column, wanted: Wanted, file: str) -> Shape:
    """The format of a date column."""
    if wanted.date_format:
        return _chosen_format(wanted.date_format, file)
    best, counts = _look_at_days(engine, raw, column)
    return _date_verdict(column, best, counts, file, "date")


def _look_at_days(engine: Engine, raw: str, column: Column) -> tuple[str, dict[str, int]]:
    counts = _look(engine, raw, column, "sources/dates.sql", _SAMPLE)
    best = _best(counts)
    # Day and month may be told apart by one cell far down, and may be mixed there: such columns are read to the end.
    if counts["cells"] == _SAMPLE and (not counts[best] or any(best in twins for twins in _TWINS)):
        counts = _look(engine, raw, column, "sources/dates.sql", _ALL)
        best = _best(counts)
    return best, counts


def day_shapes(
    engine: Engine, raw: str, columns: Mapping[str, Column], wanted: Wanted, file: str, prefix: str, strict: Container[str]
) -> dict[str, Shape]:
    """The format of each date column of one file by its role. Where day and month could change places the other columns decide.

    prefix: what stands before a role in --map. strict: roles without which a record says nothing; others may hold no date at all.
    """
    if wanted.date_format:
        return dict.fromkeys(columns, _chosen_format(wanted.date_format, file))
    looks = {role: _look_at_days(engine, raw, column) for role, column in columns.items()}
    decided = {best for role, (best, counts) in looks.items() if counts[best] and not _is_open(best, counts)}
    return {role: _day_shape(role, columns[role], *looks[role], decided, file, prefix, strict=role in strict) for role in columns}


def _day_shape(
    role: str, column: Column, best: str, counts: Mapping[str, int], decided: Container[str], file: str, prefix: str, *, strict: bool
) -> Shape:
    if not counts["cells"]:
        return Shape()
    if not counts[best] and not strict:
        return Shape("", f"none of {counts['cells']:,} cells is a date", warning=True)
    if counts[best] and _is_open(best, counts):
        fitting = [name for pair in _TWINS if best in pair for name in pair if name in decided]
        if len(fitting) == 1:
            return Shape(fitting[0], f"its dates fit two formats; the other columns are written as {fitting[0]}")
    return _date_verdict(column, best, counts, file, f"{prefix}{role}")


def _is_open(best: str, counts: Mapping[str, int]) -> bool:
    """Whether each date could be read with day and month the other way round."""
    twins = next((pair for pair in _TWINS if best in pair), None)
    return twins is not None and counts[twins[0]] == counts[twins[1]]


def _best(counts: Mapping[str, int]) -> str:
    return max(FORMATS, key=lambda name: counts[name])


def _chosen_format(name: str, file: str) -> Shape:
    if name in FORMATS:
        return Shape(name, "it was named")
    problem = Problem(
        f"There is no date format {short(name)!r}.",
        f"one of {', '.join(FORMATS)}.",
        "correct --date-format or `date_format` under [[sources]].",
        file=file,
    )
    return Shape(troubles=(Trouble(SettingsError, problem),))


def _date_verdict(column: Column, best: str, counts: Mapping[str, int], file: str, role: str) -> Shape:
    name = short(column.name)
    if not counts[best]:
        came = f"None of {counts['cells']:,} cells of {name!r} is a date." if counts["cells"] else f"All cells of {name!r} are empty."
        problem = Problem(
            came,
            f"dates such as {', '.join(list(_LOOKS_LIKE.values())[:5])}.",
            f"choose the column with --map {role}=COLUMN or the format with --date-format.",
            file=file,
        )
        return Shape(troubles=(Trouble(UnreadableInput, problem),))
    twins = next((pair for pair in _TWINS if best in pair), None)
    if twins and (counts[twins[0]] == counts[twins[1]] or (counts["day_first_only"] and counts["month_first_only"])):
        return Shape(troubles=(_twins(name, twins, counts, file),))
    reason = f"{counts[best]:,} of {counts['cells']:,} sampled values look like {_LOOKS_LIKE[best]}"
    if twins:
        only = counts["day_first_only"] + counts["month_first_only"]
        reason += f", and {only:,} of them can only be {best}"
    return Shape(best, reason, warning=counts[best] < counts["cells"])


def _twins(name: str, twins: tuple[str, str], counts: Mapping[str, int], file: str) -> Trouble:
    mixed = counts["day_first_only"] and counts["month_first_only"]
    came = (
        f"In {name!r} {counts['day_first_only']:,} dates can only be {twins[0]} and {counts['month_first_only']:,} only {twins[1]}."
        if mixed
        else f"Every date in {name!r} can be read as {twins[0]} and as {twins[1]}."
    )
    problem = Problem(
        came,
        "one date format.",
        f"choose one with --date-format {twins[0]} or --date-format {twins[1]} (also under [[sources]]).",
        file=file,
    )
    return Trouble(AmbiguousInput, problem)


def mark_shapes(engine: Engine, raw: str, columns: Sequence[Column], wanted: Wanted, file: str) -> dict[str, Shape]:
    """The decimal mark of each text column with numbers; key -> shape with value "," or ".". Columns of one file decide together."""
    if wanted.decimal_mark or wanted.thousands_mark:
        return dict.fromkeys((column.key for column in columns), _chosen_mark(wanted, file))
    looks = {column.key: _look(engine, raw, column, "sources/amounts.sql", _SAMPLE) for column in columns}
    decided = {verdict for counts in looks.values() if (verdict := _mark(counts))}
    common = decided.pop() if len(decided) == 1 else ""
    return {column.key: _mark_shape(engine, raw, column, looks[column.key], common, file) for column in columns}


def _chosen_mark(wanted: Wanted, file: str) -> Shape:
    mark = wanted.decimal_mark or ("," if wanted.thousands_mark == "." else ".")
    if mark in {",", "."} and wanted.thousands_mark != mark:
        return Shape(mark, "it was named")
    problem = Problem(
        f"The decimal mark {short(mark)!r} with the thousands mark {short(wanted.thousands_mark or 'none')!r} cannot be read.",
        "a comma or a point as decimal mark, and another sign for thousands.",
        "correct --decimal-mark and --thousands-mark (also under [[sources]]).",
        file=file,
    )
    return Shape(troubles=(Trouble(SettingsError, problem),))


def _mark(counts: Mapping[str, int]) -> str:
    """The mark that the cells decide, or "" if they do not."""
    comma, point = counts["comma_only"], counts["point_only"]
    if comma > point and point <= _STRAY * comma:
        return ","
    return "." if point > comma and comma <= _STRAY * point else ""


def _mark_shape(engine: Engine, raw: str, column: Column, counts: Mapping[str, int], common: str, file: str) -> Shape:
    mark, where = _mark(counts), "its cells"
    is_open = not mark and not counts["comma_only"] and not counts["point_only"]
    if is_open and common:
        mark, where = common, "the other columns"
    elif not mark and counts["cells"] == _SAMPLE:
        counts = _look(engine, raw, column, "sources/amounts.sql", _ALL)
        mark = _mark(counts)
    return _mark_verdict(column, mark, where, counts, file)


def _mark_verdict(column: Column, mark: str, where: str, counts: Mapping[str, int], file: str) -> Shape:
    name, read = short(column.name), max(counts["comma"], counts["point"])
    if counts["cells"] and not read:
        return Shape(troubles=(_no_number(name, counts["cells"], file),))
    if not mark and (counts["either"] or counts["comma_only"] or counts["point_only"]):
        return Shape(troubles=(_unclear_mark(name, counts, file),))
    if not mark:
        return Shape(".", f"all {counts['cells']:,} sampled values are whole numbers")
    read = counts["comma"] if mark == "," else counts["point"]
    reason = f"{read:,} of {counts['cells']:,} sampled values are numbers with the decimal {'comma' if mark == ',' else 'point'}"
    return Shape(mark, reason if where == "its cells" else f"{reason}, as {where} have", warning=read < counts["cells"])


def _no_number(name: str, cells: int, file: str) -> Trouble:
    problem = Problem(
        f"None of {cells:,} cells of {name!r} is a number.",
        "numbers such as 1.234,56 or 1,234.56, below 1,000,000,000,000.",
        "choose another column with --map ROLE=COLUMN, or none with --map ROLE= (nothing behind the sign).",
        file=file,
    )
    return Trouble(UnreadableInput, problem)


def _unclear_mark(name: str, counts: Mapping[str, int], file: str) -> Trouble:
    if counts["comma_only"] or counts["point_only"]:
        came = f"In {name!r} {counts['comma_only']:,} numbers have a decimal comma and {counts['point_only']:,} a decimal point."
    else:
        came = (
            f"In {name!r} {counts['either']:,} numbers such as 1.234 or 1,234 have either thousands or decimals; no other number decides."
        )
    problem = Problem(came, "one decimal mark.", "choose with --decimal-mark , or --decimal-mark . (also under [[sources]]).", file=file)
    return Trouble(AmbiguousInput, problem)
