from django.apps import AppConfig


class FamiliesConfig(AppConfig):
    name = "families"

    def ready(self) -> None:
        from betterstart.access.banners import register_banner
        from betterstart.access.homes import register_things_to_do
        from betterstart.access.roles import Role
        from betterstart.clock import london_today
        from betterstart.links.purposes import register_purpose
        from betterstart.reminders.gate import register_keeper
        from families.actions.calendar import CALENDAR_LINK
        from families.actions.own_page import OWN_PAGE_LINK
        from families.actions.referral_draft import RETURN_LINK
        from families.actions.referrer import ANSWER_LINK, STATUS_LINK
        from families.actions.sending import keep_safe
        from families.actions.sharing import keep_what_is_not_agreed
        from families.reports import (
            answers,
            changing,
            circles,
            contact_banner,
            contact_rules,
            cover,
            endings_due,
            grief,
            group_needs,
            needs,
            plan_handover,
            referrals,
            replies,
            reviews,
            signposts,
            together,
            transfers,
            waiting,
        )
        from families.reports.handover import MATTERS, register_lines

        register_keeper(keep_safe)
        register_lines(MATTERS, plan_handover.goals_told)
        register_lines(MATTERS, plan_handover.life_told)
        register_banner(contact_banner.banner_of)
        register_keeper(keep_what_is_not_agreed)
        register_purpose(RETURN_LINK, "families:refer-return")
        register_purpose(STATUS_LINK, "families:referral-status")
        register_purpose(ANSWER_LINK, "families:referral-answer")
        register_purpose(OWN_PAGE_LINK, "families:own-open")
        register_purpose(CALENDAR_LINK, "families:my-calendar")
        providers = (
            waiting.promises,
            waiting.unrecorded,
            waiting.closed_doors,
            grief.grief,
            replies.to_answer,
            cover.asked_to_hold,
            referrals.waiting_needs,
            endings_due.endings,
            signposts.to_ask,
            circles.to_ask,
            reviews.coming,
            transfers.asked,
            transfers.to_see_to,
            changing.changes_of_coordinator,
            group_needs.free_places,
            group_needs.to_finish,
            together.changed_elsewhere,
            together.lead_asked,
            contact_rules.to_ask_again,
            answers.ending_soon,
            answers.no_longer_agreed,
        )
        for provider in providers:
            needs.register_needs(provider)
        register_things_to_do(Role.COORDINATOR, lambda user: needs.needs_of(user, london_today(), 1).total)
