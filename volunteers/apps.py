from django.apps import AppConfig


class VolunteersConfig(AppConfig):
    name = "volunteers"

    def ready(self) -> None:
        from betterstart.access.actions import on_role_given
        from betterstart.access.banners import register_banner
        from betterstart.access.homes import register_things_to_do
        from betterstart.access.roles import Role
        from betterstart.links.purposes import register_purpose
        from families.reports.handover import PROMISED, register_lines
        from families.reports.needs import register_needs
        from families.reports.review_page import register_volunteers_say
        from families.reports.timeline import register_feelings
        from volunteers.actions.enquiry import APPLY_LINK
        from volunteers.actions.references import REFERENCE_LINK
        from volunteers.actions.volunteer import welcome
        from volunteers.reports import handover, lapsed, needs, pipeline
        from volunteers.reports.feelings import feelings_of_visit
        from volunteers.reports.match_needs import match_steps
        from volunteers.reports.match_views import what_volunteers_say
        from volunteers.reports.waiting import waiting_today

        on_role_given(welcome)
        register_purpose(APPLY_LINK, "volunteers:apply-open")
        register_purpose(REFERENCE_LINK, "volunteers:reference-answer")
        register_banner(lapsed.banner_of)
        register_things_to_do(Role.VOLUNTEER, waiting_today)
        register_feelings(feelings_of_visit)
        register_volunteers_say(what_volunteers_say)
        for source in (handover.promised, handover.waiting):
            register_lines(PROMISED, source)
        for provider in (needs.asked, needs.calls, match_steps, pipeline.people_needs):
            register_needs(provider)
