from django.apps import AppConfig


class FamiliesConfig(AppConfig):
    name = "families"

    def ready(self) -> None:
        from betterstart.access.homes import register_things_to_do
        from betterstart.access.roles import Role
        from betterstart.clock import london_today
        from families.reports import grief, needs, waiting

        for provider in (waiting.promises, waiting.unrecorded, waiting.closed_doors, grief.grief):
            needs.register_needs(provider)
        register_things_to_do(Role.COORDINATOR, lambda user: needs.needs_of(user, london_today(), 1).total)
