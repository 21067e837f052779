from enum import Enum


class Permission(Enum):
    """The complete list of what a person may be allowed to do. Each view names exactly one."""

    TODAY_VIEW = "today.view"
    FAMILY_VIEW = "family.view"
    FAMILY_REGISTER = "family.register"
    FAMILY_EDIT = "family.edit"
    FAMILY_IMPORT = "family.import"
    FAMILY_BREAK_GLASS = "family.break_glass"
    REFERRAL_TRIAGE = "referral.triage"
    SUPPORT_MOVE = "support.move"
    HANDOVER_WRITE = "handover.write"
    VISIT_PLAN = "visit.plan"
    VISIT_LOG = "visit.log"
    MATCH_MANAGE = "match.manage"
    MY_VISITS_VIEW = "my_visits.view"
    CHECK_IN_RECORD = "check_in.record"
    CHECK_IN_READ = "check_in.read"
    GROUP_RUN = "group.run"
    GROUP_SIGN_IN = "group.sign_in"
    METRICS_VIEW = "metrics.view"
    CONCERNS_VIEW = "concerns.view"
    PEOPLE_MANAGE = "people.manage"
    SERVICE_MANAGE = "service.manage"
    LEXICON_EDIT = "lexicon.edit"
    AUDIT_VIEW = "audit.view"
