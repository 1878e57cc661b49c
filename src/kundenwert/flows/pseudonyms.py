"""Pseudonymised projects: numbers of customers become pseudonyms when a file is read, names and addresses are left out.

The links between pseudonyms and numbers are kept beside the key, outside of the project.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kundenwert.engines import open_engine
from kundenwert.engines._engine import Reading
from kundenwert.errors import CallError, DataError, Problem, SettingsError
from kundenwert.register import files
from kundenwert.register.book import Decision, Register
from kundenwert.register.erased import Erased, erased
from kundenwert.register.keys import Key
from kundenwert.register.pseudonyms import Personal, Pseudonyms, default_key_file, is_marked, is_pseudonym, personal
from kundenwert.runs import storage
from kundenwert.settings import read_project_file

if TYPE_CHECKING:
    from kundenwert.engines._engine import Engine
    from kundenwert.flows.reading import Input, ReadFile

FILE = "kundenwert.toml"
# What kundenwert.toml says of pseudonyms, beside the settings.
SWITCH, KEY = "pseudonymised", "pseudonym_key"
_TEXTS = ("date_text", "amount_text", "quantity_text", "price_text")
_UNREADABLE = "the record cannot be split into cells"


# ---- which projects ---------------------------------------------------------------------------------------------------


def of_content(folder: Path, content: dict[str, Any]) -> Pseudonyms | None:
    """The pseudonyms of a project with this kundenwert.toml, None if it works with plain numbers; takes what it has read out of `content`.

    Raises SettingsError where plain numbers and pseudonyms would be mixed, or the key would lie among what it protects.
    """
    wanted, place = content.pop(SWITCH, None), content.pop(KEY, None)
    problems = []
    if wanted is not None and not isinstance(wanted, bool):
        problems.append(_wrong(f"{SWITCH} = {wanted!r}.", "true or false."))
    if place is not None and not (isinstance(place, str) and place.strip()):
        problems.append(_wrong(f"{KEY} = {place!r}.", "the path of a file outside of the project."))
    if problems:
        raise SettingsError(*problems)
    if not wanted:
        if is_marked(folder):
            raise SettingsError(_wrong("The project was begun with pseudonyms.", f"{SWITCH} = true.", "add it, or begin another project."))
        return None
    key_file = (folder / place).resolve() if place else default_key_file(folder)
    if folder.resolve() in key_file.parents:
        raise SettingsError(
            _wrong(f"{KEY} = {place!r} lies in the project.", "a place outside of it, since the project could be handed on.")
        )
    if not is_marked(folder) and (kept := _plain_results(folder)):
        came = f"The project already holds plain customer numbers ({', '.join(kept)})."
        raise SettingsError(_wrong(came, "a project that begins with pseudonyms.", "begin a new project folder, and remove this one."))
    return Pseudonyms(folder, key_file)


def of_folder(folder: Path) -> Pseudonyms | None:
    """The same by the project's folder; a folder without kundenwert.toml has none."""
    return of_content(folder, read_project_file(folder / FILE)) if (folder / FILE).is_file() or is_marked(folder) else None


def known_as(folder: Path, customer: str) -> str:
    """By what a project knows a customer: the number as it was given, or its pseudonym."""
    found = of_folder(folder)
    return found.of(customer) if found else customer.strip()


def without_number(folder: Path, customer: str, text: str) -> str:
    """A remark about a customer in which the plain number gives way to the pseudonym."""
    found, plain = of_folder(folder), customer.strip()
    if found is None or not plain or is_pseudonym(plain):
        return text
    return re.sub(rf"(?<![0-9A-Za-zÄÖÜäöüß]){re.escape(plain)}(?![0-9A-Za-zÄÖÜäöüß])", found.of(plain), text)


def _wrong(came: str, expected: str, remedy: str = "correct it.") -> Problem:
    return Problem(came, expected, remedy, file=FILE)


def _plain_results(folder: Path) -> list[str]:
    return [name for name in ("ledger", "runs", "register", "plans") if any(_files(folder / name))]


def _files(folder: Path) -> Iterable[Path]:
    return (path for path in folder.rglob("*") if path.is_file() and path.name != "lock") if folder.is_dir() else ()


# ---- reading ----------------------------------------------------------------------------------------------------------


def prepare(engine: Engine, pseudonyms: Pseudonyms) -> None:
    """Tells the engine how numbers become pseudonyms."""
    inner, outer = pseudonyms.key().pads()
    engine.remember("pseudonym_inner", inner)
    engine.remember("pseudonym_outer", outer)
    engine.script("tables/rules.sql")
    engine.script("register/pseudonyms.sql")


def hide(engine: Engine, item: Input, view: str, read: ReadFile) -> ReadFile:
    """Puts pseudonyms in the place of the numbers in `view`, and leaves out what is personal there, in `view`_unreadable and in what is
    told of the file. The links are kept before anything else is.
    """
    pseudonyms = item.pseudonyms
    if pseudonyms is None:
        return read
    prepare(engine, pseudonyms)
    tags, plain, columns = personal(item.table or "transactions"), f"{view}_plain", engine.columns(view)
    engine.rename(view, plain)
    _keep_links(engine, pseudonyms, plain, [role for role in tags.ids if role in columns])
    engine.project(view, plain, {name: _covered(name, columns, tags, is_table=bool(item.table)) for name in columns})
    engine.rename(f"{view}_unreadable", f"{plain}_unreadable")
    told = {"line": Reading(("line",)), "reason": Reading(arguments=(_UNREADABLE,), type="VARCHAR"), "raw": _nothing()}
    engine.project(f"{view}_unreadable", f"{plain}_unreadable", told)
    left_out = [guess for guess in read.guesses if tags.leaves_out(guess["role"], is_text=columns.get(guess["role"]) == "VARCHAR")]
    return replace(
        read,
        guesses=tuple({**guess, "samples": []} for guess in read.guesses if guess not in left_out),
        unmapped=(*read.unmapped, *(guess["column"] for guess in left_out)),
        facts=(*read.facts, *(_fact(guess) for guess in left_out)),
    )


def _covered(name: str, columns: Mapping[str, str], tags: Personal, *, is_table: bool) -> Reading:
    """How a column is read: as its role is tagged; the text of a cell beside its value tells only whether there was something."""
    role = name.removesuffix("_text")
    if name in tags.ids:
        return Reading((name,), "pseudonym", type="VARCHAR")
    if name in tags.staff:
        return Reading((name,), "staff_pseudonym", type="VARCHAR")
    if name == "raw":
        return _nothing()
    if name in _TEXTS:
        return Reading((name,), "covered_text", type="VARCHAR")
    if is_table and tags.leaves_out(role, is_text=columns.get(role) == "VARCHAR"):
        return Reading(type=columns[name])
    if is_table and name.endswith("_text"):
        return Reading((name,), "covered_text", type="VARCHAR")
    return Reading((name,))


def _nothing() -> Reading:
    return Reading(arguments=("",), type="VARCHAR")


def _fact(guess: Mapping[str, Any]) -> dict[str, str]:
    return {"name": str(guess["role"]), "value": "left out", "reason": "the project works with pseudonyms", "warning": "False"}


# ---- links ------------------------------------------------------------------------------------------------------------


def _keep_links(engine: Engine, pseudonyms: Pseudonyms, plain: str, roles: Sequence[str]) -> None:
    """Adds the numbers of a file to the links, unless they stand there already; nobody who was erased is added."""
    if not roles:
        return
    for role in roles:
        engine.project(f"ids_of_{role}", plain, {"customer_id": Reading((role,), type="VARCHAR")})
    engine.union("ids_read", [f"ids_of_{role}" for role in roles])
    engine.table("links_new", "register/links_found.sql")
    _write_links(engine, pseudonyms, "links_new")


def forget_links(pseudonyms: Pseudonyms) -> int:
    """Takes erased persons out of the links; returns how many were in them."""
    if not pseudonyms.links_file.is_file():
        return 0
    with open_engine(threads=1) as engine:
        return _write_links(engine, pseudonyms, "")


def _write_links(engine: Engine, pseudonyms: Pseudonyms, new: str) -> int:
    """Writes the links anew if that changes them: those there are and those of table `new`, less erased persons; how many fewer there are.

    One at a time: whoever is erased while a file is read is either seen here, or taken out after.
    """
    from kundenwert.flows.scrubbing import prepare as know_erased

    path = pseudonyms.links_file
    Register(pseudonyms.project).finish()
    with files.held(pseudonyms.project / "register"):
        parts = [new] if new else []
        if path.is_file():
            engine.open_parquet("links_before", [path], numbered=False)
            parts.append("links_before")
        engine.union("links_all", parts)
        know_erased(engine, erased(pseudonyms.project) or Erased(Key(bytes(32)), frozenset(), frozenset()))
        kept = engine.table("links_now", "register/links_kept.sql")
        (counted,) = engine.rows("register/links_counted.sql")
        if counted["links"] != counted["pseudonyms"]:
            raise DataError(_two_alike(path))
        changed = _changed(engine, kept, has_before=path.is_file())
        if changed["added"] or changed["removed"]:
            with storage.building(path.parent, "links") as building, storage.told(path):
                written = building / path.name
                # Rights come first: the file must not be readable by others for a moment.
                written.touch(mode=0o600)
                engine.write(written, "register/links_sorted.sql", compact=True)
                written.chmod(0o600)
                storage.rename(written, path)
        return changed["removed"]


def _changed(engine: Engine, kept: int, *, has_before: bool) -> dict[str, int]:
    return dict(engine.rows("register/links_changed.sql")[0]) if has_before else {"added": kept, "removed": 0}


def _two_alike(path: Path) -> Problem:
    return Problem(
        "Two customer numbers would have the same pseudonym.",
        "one pseudonym a customer.",
        "begin a new project with a new key.",
        file=str(path),
    )


@dataclass(frozen=True)
class Reidentified:
    """A pseudonym and the number of the customer behind it, "" if the links do not know it."""

    pseudonym: str
    customer_id: str


def reidentify(folder: Path, wanted: Sequence[str], *, by: str, clock: datetime) -> tuple[Reidentified, ...]:
    """The numbers behind pseudonyms; each that is found is noted in the log of the register, by its pseudonym. Needs key and links."""
    pseudonyms = of_folder(folder)
    if pseudonyms is None:
        raise CallError(f"{folder} works with plain customer numbers; there is nothing to tell back.")
    problems = [Problem("It is not said who asks.", "a name.", "add it with --by.", file="")] if not by.strip() else []
    problems += [
        Problem(f"{one!r} is no pseudonym.", "P- and 20 digits, as the tables show them.", "copy it whole.")
        for one in wanted
        if not is_pseudonym(one.strip())
    ]
    if problems:
        raise DataError(*problems)
    # Links without the key would tell too much to somebody who found only them.
    pseudonyms.key()
    if not pseudonyms.links_file.is_file():
        remedy = "put it back beside the key, or read the sources again with `kundenwert check DIR`."
        raise DataError(
            Problem("The links of the pseudonyms are not there.", "the table beside the key.", remedy, str(pseudonyms.links_file))
        )
    asked = list(dict.fromkeys(one.strip() for one in wanted))
    with open_engine(threads=1) as engine:
        engine.open_parquet("links_now", [pseudonyms.links_file], numbered=False)
        found = {row["pseudonym"]: row["customer_id"] for row in engine.rows("register/links_of.sql", pseudonyms=asked)}
    if found:
        Register(folder).record([Decision("reidentify", subject=one) for one in asked if one in found], at=clock, by=by.strip())
    return tuple(Reidentified(one, found.get(one, "")) for one in asked)
