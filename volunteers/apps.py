from django.apps import AppConfig


class VolunteersConfig(AppConfig):
    name = "volunteers"

    def ready(self) -> None:
        from betterstart.access.actions import on_role_given
        from families.reports.timeline import register_feelings
        from volunteers.actions.volunteer import welcome
        from volunteers.reports.feelings import feelings_of_visit

        on_role_given(welcome)
        register_feelings(feelings_of_visit)
