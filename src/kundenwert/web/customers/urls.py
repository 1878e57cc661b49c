"""Addresses of customers. Numbers of customers may hold any sign, so what is done comes before them."""

from __future__ import annotations

from django.urls import path

from kundenwert.web.customers import page

app_name = "customers"
urlpatterns = [
    path("customer/<path:customer_id>/", page.customer, name="customer"),
    path("more/<path:customer_id>/", page.more, name="more"),
    path("lines/<path:customer_id>/", page.lines, name="lines"),
    path("rate/<path:customer_id>/", page.rate, name="rate"),
    path("note/<path:customer_id>/", page.note, name="note"),
    path("sheet/<path:customer_id>/", page.sheet, name="sheet"),
]
