from django.apps import AppConfig


class FamiliesConfig(AppConfig):
    name = "families"

    def ready(self) -> None:
        from betterstart.access.homes import register_things_to_do
        from betterstart.access.roles import Role
        from betterstart.clock import london_today
        from families.reports.needs import needs_of

        register_things_to_do(Role.COORDINATOR, lambda user: needs_of(user, london_today(), 1).total)
