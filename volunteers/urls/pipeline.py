from django.urls import path

from volunteers.views import enquiry, pipeline, suspensions

urlpatterns = [
    # Without an account
    path("volunteer-with-us/", enquiry.ask, name="ask"),
    path("volunteer-with-us/thanks/", enquiry.asked, name="asked"),
    path("volunteer-with-us/open/", enquiry.apply_open, name="apply-open"),
    path("volunteer-with-us/apply/", enquiry.apply_review, name="apply"),
    path("volunteer-with-us/apply/sent/", enquiry.applied, name="applied"),
    path("volunteer-with-us/apply/<slug:slug>/", enquiry.apply_step, name="apply-step"),
    # On a coordinator's desk
    path("volunteers/on-their-way/", pipeline.people, name="on-their-way"),
    path("volunteers/on-their-way/new/", pipeline.enquiry_new, name="enquiry-new"),
    path("volunteers/<int:pk>/told/", pipeline.told, name="told"),
    path("volunteers/<int:pk>/link/", pipeline.send_link, name="send-link"),
    path("volunteers/<int:pk>/answered/", pipeline.answered, name="answered"),
    path("volunteers/<int:pk>/together/", pipeline.together, name="together"),
    path("volunteers/<int:pk>/reach/", pipeline.reach, name="reach"),
    path("volunteers/<int:pk>/interview/", pipeline.interview, name="interview"),
    path("volunteers/<int:pk>/invite/", pipeline.invite, name="invite"),
    path("volunteers/<int:pk>/looked/", pipeline.looked, name="looked"),
    path("volunteers/<int:pk>/break/", pipeline.time_off, name="break"),
    path("volunteers/<int:pk>/back/", pipeline.back, name="back"),
    path("volunteers/<int:pk>/leave/", pipeline.goodbye_new, name="leave"),
    path("volunteers/<int:pk>/goodbye/", pipeline.goodbye, name="goodbye"),
    # For whoever may have to stop somebody
    path("volunteers/everybody/", suspensions.volunteers, name="everybody"),
    path("volunteers/<int:pk>/suspend/", suspensions.suspension_new, name="suspend"),
    path("volunteers/<int:pk>/suspension/", suspensions.suspension, name="suspension"),
]
