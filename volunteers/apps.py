from django.apps import AppConfig


class VolunteersConfig(AppConfig):
    name = "volunteers"

    def ready(self) -> None:
        from betterstart.access.actions import on_role_given
        from volunteers.actions.volunteer import welcome

        on_role_given(welcome)
