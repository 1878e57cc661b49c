"""Small pictures in cells, `{% load marks %}<td class="bars">{% bar row.value max_value %}</td>`; web/marks.py says what each draws."""

from __future__ import annotations

from django import template

from kundenwert.web import marks

register = template.Library()

register.simple_tag(marks.bar, name="bar")
register.simple_tag(marks.band, name="band")
register.simple_tag(marks.points, name="points")
register.simple_tag(marks.spark, name="spark")
register.simple_tag(marks.of_cell, name="of_cell")
