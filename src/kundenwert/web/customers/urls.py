"""Addresses of customers. Numbers of customers may hold any sign, so what is done comes before them."""

from __future__ import annotations

from django.urls import path

from kundenwert.web.customers import listing, page

app_name = "customers"
urlpatterns = [
    path("", listing.listing, name="list"),
    path("export/", listing.export, name="export"),
    path("views/", listing.views, name="views"),
    path("views/save/", listing.save_view, name="save_view"),
    path("views/<int:pk>/delete/", listing.delete_view, name="delete_view"),
    path("customer/<path:customer_id>/", page.customer, name="customer"),
    path("more/<path:customer_id>/", page.more, name="more"),
    path("lines/<path:customer_id>/", page.lines, name="lines"),
    path("rate/<path:customer_id>/", page.rate, name="rate"),
    path("note/<path:customer_id>/", page.note, name="note"),
    path("sheet/<path:customer_id>/", page.sheet, name="sheet"),
]
