from django.urls import path

from volunteers.views import agreements, checks, my_checks, referee, training

urlpatterns = [
    path("your-reference/", referee.reference_answer, name="reference-answer"),
    path("my-visits/checks/", my_checks.my_checks_page, name="my-checks"),
    path("my-visits/agreements/<str:kind>/", my_checks.my_agreement, name="my-agreement"),
    path("volunteers/<int:pk>/checks/", checks.checks, name="checks"),
    path("volunteers/<int:pk>/references/add/", checks.reference_add, name="reference-add"),
    path("volunteers/<int:pk>/dbs/add/", checks.dbs_add, name="dbs-add"),
    path("volunteers/<int:pk>/agreements/paper/", checks.agreement_paper, name="agreement-paper"),
    path("references/<int:pk>/", checks.reference, name="reference"),
    path("references/<int:pk>/ask/", checks.reference_ask, name="reference-ask"),
    path("references/<int:pk>/phone/", checks.reference_phone, name="reference-phone"),
    path("dbs/", checks.dbs_to_decide, name="dbs-to-decide"),
    path("dbs/<int:pk>/certificate/", checks.dbs_certificate, name="dbs-certificate"),
    path("dbs/<int:pk>/update-service/", checks.dbs_update_service, name="dbs-update-service"),
    path("dbs/<int:pk>/decide/", checks.dbs_decide, name="dbs-decide"),
    path("courses/", training.courses, name="course-list"),
    path("courses/add/", training.course_add, name="course-add"),
    path("courses/<int:pk>/edit/", training.course_edit, name="course-edit"),
    path("courses/<int:pk>/plan/", training.run_add, name="run-add"),
    path("courses/held/<int:pk>/", training.course_run, name="course-run"),
    path("courses/held/<int:pk>/places/", training.run_places, name="run-places"),
    path("courses/held/<int:pk>/caught-up/", training.run_catch_up, name="run-catch-up"),
    path("courses/sessions/<int:pk>/", training.session_edit, name="session-edit"),
    path("agreements/", agreements.agreement_list, name="agreement-list"),
    path("agreements/<int:organisation_id>/<str:kind>/", agreements.agreement_word, name="agreement-word"),
]
