"""What people read for names of ours that stand in cells of tables, whichever list or file shows them."""

from __future__ import annotations

from kundenwert.reports.language import Language


def stage_names(language: Language) -> dict[str, str]:
    """Stages of the lifecycle."""
    return {
        "acquisition": language.text("Acquisition"),
        "development": language.text("Development"),
        "retention": language.text("Retention"),
        "win_back": language.text("Win-back"),
    }


def field_names(language: Language) -> dict[str, str]:
    """Fields of the portfolio of four."""
    return {
        "star": language.text("Star customers"),
        "question": language.text("Question marks"),
        "earning": language.text("Earning customers"),
        "incidental": language.text("Incidental customers"),
    }
