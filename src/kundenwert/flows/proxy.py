"""Looks for proxies: can what nobody may be valued by (gender, age, origin ...) be told from what models and scores do use?

Such a column is read for this look alone; nothing of it is kept but counts of its frequent values. Who objected or was erased is left out.
"""

from __future__ import annotations

import re
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kundenwert import sources
from kundenwert.base.as_of import day_number
from kundenwert.engines import open_engine
from kundenwert.engines._engine import Reading
from kundenwert.errors import DataError
from kundenwert.flows.blocking import FOR_REACHING
from kundenwert.flows.ledger import open_ledger
from kundenwert.flows.objection import load_objectors, objectors
from kundenwert.flows.project import read as read_project
from kundenwert.flows.pseudonyms import prepare
from kundenwert.records import Notice
from kundenwert.records.proxies import ProxyCheck, ProxyInput
from kundenwert.register.blocked import Attribute, attributes, blocked, folded
from kundenwert.runs import store

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from kundenwert.engines._engine import Engine
    from kundenwert.flows.load import Loaded
    from kundenwert.flows.progress import Progress
    from kundenwert.flows.project import Project
    from kundenwert.flows.reading import Input, ReadFile
    from kundenwert.stats.proxy import Foretold

_SEED = 20_251_101
# More customers would find ever smaller differences, which matter to nobody.
_MOST_CUSTOMERS = 5_000
_LEAST_CUSTOMERS = 60
_LEAST_OF_A_CLASS = 20
_MOST_CLASSES = 10
# Attributes with more different values than this, most of them rare, are names or numbers of persons.
_MOST_VALUES = 200
# Product groups that fewer than this share of the customers bought of tell of too few; and no more than this many.
_LEAST_BUYERS = 0.05
_MOST_GROUPS = 20
# A run does not read sales lines a second time where there are more; `kundenwert proxies` does.
_LINES_OF_A_RUN = 1_000_000
_SURE = 0.05
# Below this an input tells little more than chance, however sure that is: 60 of 100 pairs the right way round.
_STRONG = 0.60
# A postcode, perhaps with its country before it; the number of a house is none.
_POSTCODE = re.compile(r"\s*(?:[A-Z]{1,3}[- ]?)?([0-9])[0-9]{3,4}\b")
_HISTORY = ("frequency", "recency", "T", "monetary_value", "clv")
_OF_RECORDS = ("kind", "industry", "region", "channel", "segment")
_ADDRESSES = {
    "herr": "herr",
    "hr.": "herr",
    "mr": "herr",
    "mr.": "herr",
    "frau": "frau",
    "fr.": "frau",
    "mrs": "frau",
    "mrs.": "frau",
    "ms": "frau",
}
_NUMBERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "FLOAT", "DOUBLE", "DECIMAL", "BOOLEAN", "UINTEGER", "UBIGINT")


@dataclass(frozen=True)
class _Sought:
    """A column of an input that tells an attribute. is_name: only the form of address before a name does."""

    attribute: Attribute
    table: str
    item: Input
    column: str
    is_name: bool = False


@dataclass(frozen=True)
class RunTables:
    """The folder of a run's tables, and its day as a number."""

    folder: Path
    as_of: int


def proxies(folder: Path, *, progress: Progress, run: str | None = None) -> tuple[ProxyCheck, ...]:
    """Looks for proxies in a run: without a name the current one. The sources of the project are read for the attributes."""
    source, project = store.read(folder, run), read_project(folder)
    with tempfile.TemporaryDirectory(prefix="kundenwert-") as scratch, open_engine(spill=Path(scratch) / "spill") as engine:
        _, loaded = open_ledger(engine, folder, project.inputs, project.settings, scratch=Path(scratch), progress=progress)
        tables = RunTables(source.folder, day_number(source.as_of))
        with progress.phase("Looking for proxies"):
            return _looked(engine, project, loaded, list(_sought(loaded, project.inputs)), tables, scratch=Path(scratch))


def in_run(
    engine: Engine, project: Project, loaded: Loaded, tables: RunTables, *, scratch: Path, progress: Progress
) -> tuple[ProxyCheck, ...]:
    """The look that each run takes; the views of its ledger stand in the engine."""
    found = [one for one in _sought(loaded, project.inputs) if one.table != "transactions" or loaded.file_lines <= _LINES_OF_A_RUN]
    if not found:
        return ()
    with progress.phase("Looking for proxies"):
        return _looked(engine, project, loaded, found, tables, scratch=scratch)


def _looked(
    engine: Engine, project: Project, loaded: Loaded, found: Sequence[_Sought], tables: RunTables, *, scratch: Path
) -> tuple[ProxyCheck, ...]:
    # Who objected since the run was made is looked at no more.
    load_objectors(engine, objectors(project.folder))
    engine.open_parquet("valued_customers", [tables.folder / "customers.parquet"], numbered=False)
    checks = [(one, _checked(engine, loaded, one, tables, scratch)) for one in found]
    # Most names have no form of address before them: that is no finding.
    return tuple(check for one, check in checks if not (check.untested and one.is_name))


def notices(checks: Sequence[ProxyCheck]) -> tuple[Notice, ...]:
    """What a reader must know: one sentence for each attribute that can be told."""
    return tuple(_notice(one) for one in checks if one.tells)


def _notice(check: ProxyCheck) -> Notice:
    best = check.proxies[0] if check.proxies else check.together
    if best is None or not check.proxies:
        return Notice(
            "proxy_together",
            "{column} can be told from all inputs together: of 100 pairs of customers who differ in it, {rate} are told apart the right "
            "way round (50 is chance). Nobody may be valued by it, also not by a detour.",
            {"column": check.column, "rate": round(100 * (best.rate if best else 0.5))},
        )
    return Notice(
        "proxy",
        "{column} can be told from {names}: of 100 pairs of customers who differ in it, {rate} are told apart the right way round (50 is "
        "chance). Nobody may be valued by it, also not by a detour.",
        {"column": check.column, "names": ", ".join(one.name for one in check.proxies[:3]), "rate": round(100 * best.rate)},
    )


def as_json(checks: Sequence[ProxyCheck]) -> list[dict[str, Any]]:
    """The checks for manifests and programs."""
    return [{**asdict(one), "classes": [list(entry) for entry in one.classes]} for one in checks]


# ---- where an attribute stands ----------------------------------------------------------------------------------------


def _sought(loaded: Loaded, inputs: Sequence[Input]) -> Iterator[_Sought]:
    for table, entry in _files(loaded):
        item = next(
            (one for one in inputs if one.table == ("" if table == "transactions" else table) and one.name == entry.file.name), None
        )
        if item is None:
            continue
        for column in dict.fromkeys((*entry.unmapped, *(guess["column"] for guess in entry.guesses if guess["role"] in FOR_REACHING))):
            if attribute := blocked(str(column or ""), of_people=table == "customers"):
                yield _Sought(attribute, table, item, column)
        if names := [guess["column"] for guess in entry.guesses if guess["role"] == "name"]:
            yield _Sought(_form_of_address(), table, item, names[0], is_name=True)


def _form_of_address() -> Attribute:
    return next(one for one in attributes() if "anrede" in one.words)


def _files(loaded: Loaded) -> list[tuple[str, ReadFile]]:
    """The files in which a record belongs to a customer: sales lines and customer records."""
    records = loaded.company.of("customers") if loaded.company else None
    return [("transactions", entry) for entry in loaded.files] + [("customers", entry) for entry in (records.files if records else ())]


def _checked(engine: Engine, loaded: Loaded, one: _Sought, tables: RunTables, scratch: Path) -> ProxyCheck:
    check = ProxyCheck(one.attribute.name, one.attribute.basis, one.table, one.column)
    if one.attribute.kind == "unique":
        return _untested(check, "everybody has another")
    try:
        _open_attribute(engine, one, scratch)
    except DataError:
        return _untested(check, "the source cannot be read")
    customers = engine.table("proxy_customers", "register/proxy_customers.sql", most=_MOST_CUSTOMERS)
    cells = [row["cell"] for row in engine.rows("register/proxy_attribute.sql")]
    labels = _labels(one, cells)
    check = ProxyCheck(check.attribute, check.basis, check.table, check.column, customers)
    return _tested(engine, loaded, check, labels, tables)


def _untested(check: ProxyCheck, why: str) -> ProxyCheck:
    return ProxyCheck(check.attribute, check.basis, check.table, check.column, check.customers, check.classes, untested=why)


def _open_attribute(engine: Engine, one: _Sought, scratch: Path) -> None:
    """Makes table `proxy_known`: customer_id, cell: what the column says of each customer."""
    item = one.item
    if one.table == "transactions":
        inspected = sources.inspect(engine, item.source, item.wanted, scratch=scratch, hashed=False)
        sources.open_lines(engine, inspected, "proxy_source")
    else:
        inspected = sources.inspect_table(engine, item.source, sources.checked_table(one.table), item.wanted, scratch=scratch, hashed=False)
        sources.open_table(engine, inspected, "proxy_source")
    key = next(column.key for column in inspected.table.columns if column.name == one.column)
    inspected.table.open(engine, "proxy_raw")
    engine.project("proxy_raw_cells", "proxy_raw", {"record": Reading(("record",)), "cell": Reading((key,), type="VARCHAR")})
    how = ""
    if item.pseudonyms:
        prepare(engine, item.pseudonyms)
        how = "pseudonym"
    customer = Reading(("customer_id",), how, type="VARCHAR")
    engine.project("proxy_records", "proxy_source", {"record": Reading(("record",)), "customer_id": customer})
    engine.table("proxy_known", "register/proxy_cells.sql")


# ---- what the attribute parts customers into --------------------------------------------------------------------------


def _labels(one: _Sought, cells: Sequence[str]) -> list[str]:
    """The class of each customer, "" where there is none."""
    if one.attribute.kind == "number":
        return _halves(cells)
    if one.attribute.kind == "area":
        return [found[1] if (found := _POSTCODE.match(cell)) else "" for cell in cells]
    if one.is_name:
        # A name: only the form of address before it.
        return [_ADDRESSES.get(folded(cell).split()[0], "") if cell.strip() else "" for cell in cells]
    return [folded(cell) for cell in cells]


def _halves(cells: Sequence[str]) -> list[str]:
    """The older and the younger half; a day counts by its year."""
    import numpy as np

    found = [re.search(r"(?:19|20)[0-9]{2}", cell) or re.search(r"[0-9]+", cell) for cell in cells]
    numbers = np.array([float(one[0]) if one else np.nan for one in found])
    if not len(numbers) or np.isnan(numbers).all():
        return ["" for _ in cells]
    middle = float(np.nanmedian(numbers))
    return ["" if np.isnan(one) else f"<= {middle:g}" if one <= middle else f"> {middle:g}" for one in numbers]


def _tested(engine: Engine, loaded: Loaded, check: ProxyCheck, labels: Sequence[str], tables: RunTables) -> ProxyCheck:
    import numpy as np

    from kundenwert.stats import proxy

    counts = Counter(label for label in labels if label)
    frequent = sorted((name for name, count in counts.items() if count >= _LEAST_OF_A_CLASS), key=lambda name: (-counts[name], name))
    frequent = frequent[:_MOST_CLASSES]
    kept = sum(counts[name] for name in frequent)
    if len(counts) > _MOST_VALUES and kept < len(labels) / 2:
        return _untested(check, "nearly everybody has another value")
    classes = tuple((name, counts[name]) for name in frequent)
    check = ProxyCheck(check.attribute, check.basis, check.table, check.column, check.customers, classes)
    if len(frequent) < 2 or kept < _LEAST_CUSTOMERS:
        return _untested(check, f"too few customers: two values with at least {_LEAST_OF_A_CLASS} each are needed")
    place = {name: number for number, name in enumerate(frequent)}
    of_class = np.array([place.get(label, -1) for label in labels])
    known = of_class >= 0
    inputs = {name: codes[known] for name, codes in _inputs(engine, loaded, len(labels), tables)}
    inputs = {name: codes for name, codes in inputs.items() if len(np.unique(codes)) > 1}
    if not inputs:
        return _untested(check, "no input differs between customers")
    found = proxy.foretell(list(inputs.values()), of_class[known], rng=np.random.default_rng(_SEED))
    told = tuple(_judged(name, one) for name, one in zip(inputs, found.inputs, strict=True))
    return ProxyCheck(**{**vars(check), "inputs": told, "together": _judged("all together", found.together)})


def _judged(name: str, found: Foretold) -> ProxyInput:
    sure = found.p <= _SURE
    verdict = "none" if not sure else "proxy" if found.area >= _STRONG else "weak"
    return ProxyInput(name, found.area, found.lower, found.upper, found.p, verdict)


# ---- what models and scores use ---------------------------------------------------------------------------------------


def _inputs(engine: Engine, loaded: Loaded, rows: int, tables: RunTables) -> Iterator[tuple[str, NDArray[np.intp]]]:
    """Name and bins of each input of the drawn customers: history, features, customer records, what they buy."""
    from kundenwert.stats import proxy

    columns = engine.columns("valued_customers")
    for name in (name for name in _HISTORY if name in columns):
        yield name, proxy.bins_of(_numbers(engine, "valued_customers", name))
    if (tables.folder / "features.parquet").is_file():
        engine.open_parquet("proxy_features", [tables.folder / "features.parquet"], numbered=False)
        for name, kind in engine.columns("proxy_features").items():
            if name != "customer_id" and kind.split("(")[0] in _NUMBERS:
                yield name, proxy.bins_of(_numbers(engine, "proxy_features", name))
            elif kind == "VARCHAR" and name != "customer_id":
                yield name, proxy.bins_of_labels(_texts(engine, "proxy_features", name))
    records = loaded.company.of("customers") if loaded.company else None
    for role in (role for role in _OF_RECORDS if records and role in records.roles):
        yield role, proxy.bins_of_labels(_texts(engine, "ledger_customers", role))
    yield from _bought(engine, rows, tables)


def _open_input(engine: Engine, view: str, column: str, kind: str) -> None:
    readings = {"customer_id": Reading(("customer_id",), type="VARCHAR"), "value": Reading((column,), type=kind)}
    engine.project("proxy_input", view, readings)


def _numbers(engine: Engine, view: str, column: str) -> NDArray[np.float64]:
    import numpy as np

    _open_input(engine, view, column, "DOUBLE")
    values = engine.arrays("register/proxy_values.sql")["value"]
    return np.ma.filled(np.ma.asarray(values, dtype=np.float64), np.nan)


def _texts(engine: Engine, view: str, column: str) -> list[str | None]:
    _open_input(engine, view, column, "VARCHAR")
    return [row["value"] for row in engine.rows("register/proxy_values.sql")]


def _bought(engine: Engine, rows: int, tables: RunTables) -> Iterator[tuple[str, NDArray[np.intp]]]:
    """How much of the purchases belongs to each frequent product group."""
    import numpy as np

    from kundenwert.stats import proxy

    least = max(_LEAST_OF_A_CLASS, round(_LEAST_BUYERS * rows))
    found = engine.arrays("register/proxy_groups.sql", as_of=tables.as_of, least=least, most=_MOST_GROUPS)
    names, of_row = np.unique(found["name"].astype(str), return_inverse=True)
    for number, name in enumerate(names):
        values, own = np.zeros(rows), of_row == number
        values[found["place"][own]] = found["share"][own]
        yield f"product_group = {name}", proxy.bins_of(values)
