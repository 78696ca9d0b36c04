"""Addresses of the patient's own pages, which name nobody, and of the pages beside a record on which they are prepared."""

from django.urls import path

from fivefold.web.my import diary_side_views, diary_views, entry_views, goal_views, plan_views, preview_views, side_views, views

urlpatterns = [
    path("my/open/<str:token>", entry_views.join, name="my_join"),
    path("my/away", entry_views.away, name="my_away"),
    path("my/worker.js", entry_views.worker, name="my_worker"),
    path("my/plan", plan_views.plan, name="my_plan"),
    path("my/plan/write", plan_views.write, name="my_plan_write"),
    path("my/plan/practised", plan_views.practised, name="my_plan_practised"),
    path("my/today", diary_views.today, name="my_today"),
    path("my/today/bring-up", diary_views.bring_up, name="my_bring_up"),
    path("my/questions/<uuid:request_id>", diary_views.questionnaire, name="my_questionnaire"),
    path("my/questions/<uuid:request_id>/answer", diary_views.questionnaire_answer, name="my_questionnaire_answer"),
    path("my/diary", diary_views.entries, name="my_diary"),
    path("my/diary/sync", diary_views.sync, name="my_sync"),
    path("my/diary/<uuid:client_id>/correct", diary_views.correct, name="my_diary_correct"),
    path("my/goals", goal_views.goals, name="my_goals"),
    path("my/goals/<uuid:goal_id>/change", goal_views.change, name="my_goal_change"),
    path("my/goals/<uuid:goal_id>/rate", goal_views.rate, name="my_goal_rate"),
    path("my/goals/<uuid:goal_id>/agreed", goal_views.rate_agreed, name="my_goal_agreed"),
    path("my/map", views.my_map, name="my_map"),
    path("my/map/ask", views.ask, name="my_map_ask"),
    path("my/skills", views.skills, name="my_skills"),
    path("my/data/consent", views.consent, name="my_consent"),
    path("my/data/download", views.download, name="my_download"),
    path("my/data", views.data, name="my_data"),
    path("my/data/phone", views.phone, name="my_phone"),
    path("my/data/close", views.close, name="my_close"),
    path("patients/<uuid:patient_id>/own-pages", side_views.own_side, name="own_side"),
    path("patients/<uuid:patient_id>/safety-plan", plan_views.side, name="safety_plan"),
    path("patients/<uuid:patient_id>/safety-plan/practised", plan_views.side_practised, name="safety_plan_practised"),
    path("patients/<uuid:patient_id>/diary", diary_side_views.diary, name="diary"),
    path("patients/<uuid:patient_id>/diary/usual", diary_side_views.usual, name="diary_usual"),
    path("patients/<uuid:patient_id>/own-pages/preview", preview_views.preview, name="own_preview"),
    path("patients/<uuid:patient_id>/own-pages/preview/<slug:name>", preview_views.preview, name="own_preview_page"),
    path("patients/<uuid:patient_id>/own-pages/withdraw", side_views.withdraw, name="own_side_withdraw"),
    path("patients/<uuid:patient_id>/own-pages/end", side_views.end, name="own_side_end"),
]
