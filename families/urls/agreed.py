"""What families agreed to, what was shared without a yes, and what an organisation asks."""

from django.urls import path

import families.urls.reference  # noqa: F401  (the converter that addresses below need)
from families.views import answers, disclosures

patterns = [
    path("families/<reference:reference>/agreed/", answers.answers, name="answers"),
    path("families/<reference:reference>/agreed/<uuid:uuid>/to/<int:pk>/", answers.agreement_ask, name="agreement-ask"),
    path("families/<reference:reference>/agreed/<uuid:uuid>/<int:pk>/share/", answers.permission_ask, name="share-ask"),
    path(
        "families/<reference:reference>/agreed/<uuid:uuid>/<int:pk>/<slug:purpose>/",
        answers.choice_ask,
        name="choice-ask",
    ),
    path(
        "families/<reference:reference>/agreed/take-back/<slug:kind>/<uuid:uuid>/",
        answers.answer_take_back,
        name="answer-take-back",
    ),
    path("families/<reference:reference>/disclosures/", disclosures.disclosures, name="disclosures"),
    path("families/<reference:reference>/disclosures/new/", disclosures.disclosure_add, name="disclosure-add"),
    path("organisations/<int:organisation_id>/asked/", disclosures.asked, name="asked"),
    path(
        "organisations/<int:organisation_id>/asked/<slug:about>/<slug:language>/",
        disclosures.asked_edit,
        name="asked-edit",
    ),
]
