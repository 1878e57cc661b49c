"""Every address and every role: an address without a rule, or a rule that lets in too many, fails here."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from kundenwert.web.rights import EVERYBODY, NOBODY, ROLES, RULES, allows


def _names(patterns: list[Any], prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    for one in patterns:
        if isinstance(one, URLResolver):
            inside = f"{prefix}{one.namespace}:" if one.namespace else prefix
            yield from _names(one.url_patterns, inside)
        else:
            yield f"{prefix}{one.name}" if one.name else str(one.pattern), one


ADDRESSES = dict(_names(get_resolver().url_patterns))


def test_every_address_has_a_rule_and_every_rule_an_address() -> None:
    assert sorted(set(ADDRESSES) - set(RULES)) == []
    assert sorted(set(RULES) - set(ADDRESSES)) == []


def _address(pattern: URLPattern, name: str) -> str:
    from django.urls import reverse

    values = {"int": 1, "str": "x", "slug": "x", "uuid": "00000000-0000-0000-0000-000000000000", "path": "x"}
    kinds = {key: type(converter).__name__.removesuffix("Converter").lower() for key, converter in pattern.pattern.converters.items()}
    named = {key: values.get({"string": "str"}.get(kind, kind), "x") for key, kind in kinds.items()}
    regex = getattr(pattern.pattern, "regex", None)
    groups = dict.fromkeys(regex.groupindex if regex is not None and not kinds else {}, "x")
    return reverse(name, kwargs={**named, **groups})


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(ADDRESSES))
def test_nobody_gets_in_without_a_role_that_the_table_names(
    name: str, signed_in: Callable[..., Client], person: Callable[..., Any]
) -> None:
    address = _address(ADDRESSES[name], name)
    rule = RULES[name]
    person("admin", "first@firma.example")
    outside = Client(raise_request_exception=False).get(address)
    if rule is NOBODY:
        assert outside.status_code == 404
    elif rule is not EVERYBODY:
        assert outside.status_code == 302
        assert outside["Location"].startswith("/account/login/")
    for role in ROLES:
        client = signed_in(role)
        client.raise_request_exception = False
        answer = client.get(address)
        if allows(name, person(role)):
            assert answer.status_code != 403, role
        else:
            assert answer.status_code == (404 if rule is NOBODY else 403), role
