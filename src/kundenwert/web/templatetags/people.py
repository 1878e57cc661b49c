"""How a browser is called by those who use it: `{% load people %}{{ session.user_agent|browser }}`."""

from __future__ import annotations

from django import template

register = template.Library()
# The first that occurs: later ones call themselves by the names of earlier ones, too.
_BROWSERS = (("Edg", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
_SYSTEMS = (
    ("Windows", "Windows"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)
_LONGEST = 60


@register.filter
def browser(user_agent: str) -> str:
    """Name and system, such as Firefox, Windows; the words of the browser itself where neither is known."""
    found = [next((name for mark, name in marks if mark in user_agent), "") for marks in (_BROWSERS, _SYSTEMS)]
    return ", ".join(name for name in found if name) or user_agent[:_LONGEST]
