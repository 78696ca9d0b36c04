"""Addresses of the library. What somebody looks for is posted and stands in none of them."""

from django.urls import path

from fivefold.web.library import note_views, relevance_views, views

urlpatterns = [
    path("library", views.start, name="library"),
    path("library/search", views.find, name="library_search"),
    path("library/glossary", views.glossary, name="library_glossary"),
    path("library/our-caseload", relevance_views.relevance, name="library_caseload"),
    path("library/notes/<slug:module>", note_views.note, name="library_note"),
    path("library/notes/<slug:module>/versions", note_views.versions, name="library_note_versions"),
    path("library/<slug:chapter>", views.chapter, name="library_chapter"),
    path("library/<slug:chapter>/<slug:name>", views.entry, name="library_page"),
]
