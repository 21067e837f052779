from django.urls import path

from volunteers.views import joint_plan

urlpatterns = [
    path("joint-plans/", joint_plan.plans, name="joint-plans"),
    path("joint-plans/ask/<int:service_id>/", joint_plan.plan_ask, name="joint-plan-ask"),
    path("joint-plans/<uuid:uuid>/", joint_plan.plan_page, name="joint-plan"),
    path("joint-plans/<uuid:uuid>/stop/", joint_plan.plan_stop, name="joint-plan-stop"),
]
