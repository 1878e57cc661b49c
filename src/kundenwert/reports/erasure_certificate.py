"""The certificate of an erasure, for people: what was taken out, what holds, and what is out of reach."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from kundenwert.reports.language import Language


def erasure_certificate(certificate: Mapping[str, Any], lang: str = "de") -> str:
    """The text of a certificate; it names nobody but who erased."""
    return "\n".join(_lines(certificate, Language(lang)))


def _lines(certificate: Mapping[str, Any], words: Language) -> Iterator[str]:
    text = words.text
    yield text("Certificate of erasure {number}", number=certificate["erasure"])
    yield ""
    yield text(
        "Recorded {at} by {by}, finished {finished}.", at=certificate["recorded"], by=certificate["by"], finished=certificate["finished"]
    )
    yield text("The person is known by this keyed hash only: {hash}", hash=certificate["subject"])
    yield ""
    yield text("Taken out:")
    yield "  " + text("register: {n} rows", n=certificate["rows"])
    for place in certificate["places"]:
        for file, count in place["files"].items():
            yield f"  {place['folder']}/{file}: {words.number(count)}"
    yield ""
    yield text("Money stays: it stands in one row without a name, by year.")
    for total in certificate["totals"]:
        yield f"  {total['place']}, {total['measure']}: {total['before']} / {total['after']}"
    held = certificate["totals_hold"]
    yield text("All totals are what they were.") if held else text("Not all totals are what they were. Please report this.")
    yield ""
    yield text("{n} files of the project were searched for number and name.", n=certificate["files_checked"])
    if certificate["remaining"]:
        yield text("These still name the person and are not ours to change. Please look at them:")
        yield from (f"  {name}" for name in certificate["remaining"])
    else:
        yield text("None of them names the person.")
    yield ""
    yield text("Out of our reach are the files the project is loaded from, copies and backups. Please erase the person there too:")
    yield from (f"  {name}" for name in certificate["sources"])
    yield text("If such a file is loaded again, the person stays erased.")


PLUGIN = erasure_certificate
