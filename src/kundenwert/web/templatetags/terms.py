"""A word that leads to its explanation: `{% load terms %}{% term "asof" %}{% text "As of" %}{% endterm %}`."""

from __future__ import annotations

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from kundenwert.reports.language.terms import keys

register = template.Library()


@register.simple_block_tag
def term(content: str, key: str) -> SafeString:
    """The words inside as a link to what they mean; plain where no such word is explained."""
    return to_term(key, content)


def to_term(key: str, words: str) -> SafeString:
    """Words as a link to the explanation called `key`; plain where there is none."""
    if key not in keys():
        return format_html("{}", words)
    return format_html('<a class="term" href="{}#{}">{}</a>', reverse("terms:terms"), key, words)
