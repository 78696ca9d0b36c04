"""Addresses of the help."""

from django.urls import path

from fivefold.web.help import views

urlpatterns = [
    path("help", views.help_page, name="help"),
    path("help/first-steps/end", views.end_tour, name="tour_end"),
    path("help/first-steps/again", views.begin_tour_again, name="tour_again"),
]
