from django.db import models
from django.utils.translation import gettext_lazy as _

from betterstart.access.permissions import Permission as P


class Role(models.TextChoices):
    VOLUNTEER = "volunteer", _("Volunteer")
    COORDINATOR = "coordinator", _("Coordinator")
    MANAGER = "manager", _("Manager")
    SAFEGUARDING_LEAD = "safeguarding_lead", _("Safeguarding lead")
    ADMINISTRATOR = "administrator", _("Administrator")


# Staff must use a second factor; volunteers are offered one.
STAFF_ROLES = frozenset({Role.COORDINATOR, Role.MANAGER, Role.SAFEGUARDING_LEAD, Role.ADMINISTRATOR})
# These answer for an organisation, not for one of its services.
WHOLE_ORGANISATION_ROLES = frozenset({Role.SAFEGUARDING_LEAD, Role.ADMINISTRATOR})

ROLE_PERMISSIONS: dict[str, frozenset[P]] = {
    Role.VOLUNTEER: frozenset(
        {P.MY_VISITS_VIEW, P.FAMILY_VIEW, P.HANDOVER_WRITE, P.VISIT_PLAN, P.CHECK_IN_RECORD, P.GROUP_SIGN_IN}
    ),
    Role.COORDINATOR: frozenset(
        {
            P.TODAY_VIEW,
            P.FAMILY_VIEW,
            P.FAMILY_REGISTER,
            P.FAMILY_EDIT,
            P.FAMILY_IMPORT,
            P.DISCLOSURE_RECORD,
            P.REFERRAL_TRIAGE,
            P.SUPPORT_MOVE,
            P.DIRECTORY_VIEW,
            P.DIRECTORY_EDIT,
            P.HANDOVER_WRITE,
            P.VISIT_PLAN,
            P.VISIT_LOG,
            P.MATCH_MANAGE,
            P.CHECK_IN_READ,
            P.VOLUNTEER_MANAGE,
            P.AGREEMENT_WORD,
            P.SUPERVISION_HOLD,
            P.EXPENSE_DECIDE,
            P.GROUP_RUN,
            P.GROUP_SIGN_IN,
        }
    ),
    Role.MANAGER: frozenset(
        {
            P.METRICS_VIEW,
            P.COVER_SET,
            P.FAMILY_VIEW,
            P.FAMILY_BREAK_GLASS,
            P.SUPERVISION_HOLD,
            P.SUPERVISION_OVERSEE,
            P.VOLUNTEER_SUSPEND,
            P.DBS_DECIDE,
            P.EXPENSE_DECIDE,
            P.EXPENSE_PAY,
        }
    ),
    Role.SAFEGUARDING_LEAD: frozenset(
        {
            P.CONCERNS_VIEW,
            P.COVER_SET,
            P.DISCLOSURE_RECORD,
            P.FAMILY_VIEW,
            P.FAMILY_BREAK_GLASS,
            P.VOLUNTEER_SUSPEND,
        }
    ),
    Role.ADMINISTRATOR: frozenset(
        {
            P.PEOPLE_MANAGE,
            P.SERVICE_MANAGE,
            P.DIRECTORY_VIEW,
            P.DIRECTORY_EDIT,
            P.DIRECTORY_IMPORT,
            P.NEEDS_EDIT,
            P.AGREEMENT_WORD,
            P.LEXICON_EDIT,
            P.AUDIT_VIEW,
            P.EXPENSE_PAY,
        }
    ),
}
