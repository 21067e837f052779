import django.db.models.deletion
import django.utils.timezone
import pgtrigger.compiler
from django.conf import settings
from django.db import migrations, models

from betterstart.access.row_security import (
    VISIBLE_FAMILIES,
    VISIBLE_SUPPORTS,
    AddTrigger,
    RemoveTrigger,
    protect,
    protect_log,
)

# The sender reads its transfers; the service that was asked, what was sent while it waits, and what it said yes to.
OF_THE_SENDER = "support_id = any(array(select families_responsible_support_ids()))"
TRANSFERS = f"""
    {OF_THE_SENDER}
    or (to_service_id = any(array(select access_services_held('coordinator'))) and state in ('sent', 'accepted'))
"""
# Whoever reads the transfer: its own policy decides.
OF_A_TRANSFER = "transfer_id in (select id from families_transfer)"
UNDER_A_SUPPORT = f"support_id = {VISIBLE_SUPPORTS}"
MOVES = f"""
create policy transitions_transition_transfers on transitions_transition for select to app_scoped using (
    family_id = {VISIBLE_FAMILIES} and machine = 'transfer'
    and exists (select from families_transfer t where t.id = subject_id and t.{OF_THE_SENDER})
)
"""
# Other services that are with a family this person may see, where the family agreed that they are named.
NAMED = """
create function families_named_beside(asked bigint) returns jsonb
language sql stable security definer set search_path = public, pg_temp as $$
    select coalesce(
        jsonb_agg(jsonb_build_object('service', v.name, 'organisation', o.name) order by v.name, v.id), '[]'::jsonb
    )
    from families_support s
    join access_service v on v.id = s.service_id
    join access_organisation o on o.id = v.organisation_id
    where s.family_id = asked and s.may_be_named = 'yes'
      and s.state in ('offered', 'getting_to_know', 'waiting', 'active', 'paused', 'ending')
      and asked = any(array(select families_visible_ids()))
      and not (s.id = any(array(select families_visible_support_ids())))
$$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0006_public_referrals"),
        ("families", "0010_b_known_to_one_organisation"),
        ("pghistory", "0007_auto_20250421_0444"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ContactChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("added", "Added"), ("changed", "Changed"), ("stopped", "Not used any more")],
                        max_length=10,
                    ),
                ),
                ("before", models.JSONField(default=list)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("unanswered", "Not answered yet"),
                            ("used", "We use it too"),
                            ("kept", "We keep ours"),
                        ],
                        default="unanswered",
                        max_length=12,
                    ),
                ),
                ("changed_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("answered_at", models.DateTimeField(null=True)),
                (
                    "address",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="changes",
                        to="families.address",
                    ),
                ),
                (
                    "answered_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "changed_by_service",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.service"
                    ),
                ),
                (
                    "contact",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="changes",
                        to="families.contactmethod",
                    ),
                ),
                (
                    "family",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="families.family"
                    ),
                ),
                (
                    "support",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="contact_changes",
                        to="families.support",
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("address__isnull", False), ("contact", None)),
                            models.Q(("address", None), ("contact__isnull", False)),
                            _connector="OR",
                        ),
                        name="contact_change_of_one_thing",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["unanswered", "used", "kept"])),
                        name="contact_change_state_known",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("address", None)), fields=("support", "contact"), name="contact_change_once"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("contact", None)), fields=("support", "address"), name="address_change_once"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ContactChangeEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                (
                    "kind",
                    models.CharField(
                        choices=[("added", "Added"), ("changed", "Changed"), ("stopped", "Not used any more")],
                        max_length=10,
                    ),
                ),
                ("before", models.JSONField(default=list)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("unanswered", "Not answered yet"),
                            ("used", "We use it too"),
                            ("kept", "We keep ours"),
                        ],
                        default="unanswered",
                        max_length=12,
                    ),
                ),
                ("changed_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("answered_at", models.DateTimeField(null=True)),
                (
                    "address",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="families.address",
                    ),
                ),
                (
                    "answered_by",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "changed_by_service",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="access.service",
                    ),
                ),
                (
                    "contact",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="families.contactmethod",
                    ),
                ),
                (
                    "family",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="families.family",
                    ),
                ),
                (
                    "pgh_context",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pghistory.context",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="families.contactchange",
                    ),
                ),
                (
                    "support",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="families.support",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Transfer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("proposed", "Proposed"),
                            ("family_agreed", "The family agreed"),
                            ("sent", "Sent"),
                            ("accepted", "Accepted"),
                            ("declined", "Not possible"),
                            ("lapsed", "Not answered in time"),
                            ("withdrawn", "Taken back"),
                        ],
                        default="proposed",
                        max_length=20,
                        verbose_name="state",
                    ),
                ),
                ("summary", models.TextField(max_length=2000, verbose_name="what the other service reads")),
                (
                    "agreed_how",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("spoken", "Spoken, face to face"),
                            ("phone", "On the phone"),
                            ("written", "In writing"),
                        ],
                        max_length=10,
                        verbose_name="how they agreed",
                    ),
                ),
                ("agreed_on", models.DateField(null=True, verbose_name="they agreed on")),
                ("sent_on", models.DateField(null=True)),
                ("lapses_on", models.DateField(null=True)),
                ("answered_on", models.DateField(null=True)),
                (
                    "decline_reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("no_place", "No place free now"),
                            ("not_in_remit", "Age or area does not fit"),
                            ("other_service", "Another service would fit better"),
                            ("other", "Something else"),
                        ],
                        max_length=20,
                    ),
                ),
                ("answer_note", models.TextField(blank=True, max_length=2000)),
                ("noted_at", models.DateTimeField(null=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                (
                    "agreed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="families.familymember",
                    ),
                ),
                (
                    "answered_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "family",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="transfers", to="families.family"
                    ),
                ),
                (
                    "from_service",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.service"
                    ),
                ),
                (
                    "new_support",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="came_by",
                        to="families.support",
                    ),
                ),
                (
                    "sent_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "support",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="transfers", to="families.support"
                    ),
                ),
                (
                    "to_service",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.service"
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                ["proposed", "family_agreed", "sent", "accepted", "declined", "lapsed", "withdrawn"],
                            )
                        ),
                        name="transfer_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["proposed", "withdrawn"]),
                            models.Q(
                                ("agreed_by__isnull", False),
                                ("agreed_on__isnull", False),
                                models.Q(("agreed_how", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="transfer_family_agreed",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["sent", "accepted", "declined", "lapsed"]), _negated=True),
                            models.Q(("lapses_on__isnull", False), ("sent_on__isnull", False)),
                            _connector="OR",
                        ),
                        name="transfer_sent_has_a_date",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("new_support__isnull", False), ("state", "accepted")),
                            models.Q(models.Q(("state", "accepted"), _negated=True), ("new_support", None)),
                            _connector="OR",
                        ),
                        name="transfer_accepted_goes_on",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ("proposed", "family_agreed", "sent"))),
                        fields=("support",),
                        name="transfer_one_open",
                    ),
                ],
                "indexes": [
                    models.Index(fields=["to_service", "state"], name="transfer_to_service"),
                    models.Index(fields=["from_service", "state"], name="transfer_from_service"),
                    models.Index(condition=models.Q(("state", "sent")), fields=["lapses_on"], name="transfer_waits"),
                ],
            },
        ),
        migrations.CreateModel(
            name="TransferEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("proposed", "Proposed"),
                            ("family_agreed", "The family agreed"),
                            ("sent", "Sent"),
                            ("accepted", "Accepted"),
                            ("declined", "Not possible"),
                            ("lapsed", "Not answered in time"),
                            ("withdrawn", "Taken back"),
                        ],
                        default="proposed",
                        max_length=20,
                        verbose_name="state",
                    ),
                ),
                ("summary", models.TextField(max_length=2000, verbose_name="what the other service reads")),
                (
                    "agreed_how",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("spoken", "Spoken, face to face"),
                            ("phone", "On the phone"),
                            ("written", "In writing"),
                        ],
                        max_length=10,
                        verbose_name="how they agreed",
                    ),
                ),
                ("agreed_on", models.DateField(null=True, verbose_name="they agreed on")),
                ("sent_on", models.DateField(null=True)),
                ("lapses_on", models.DateField(null=True)),
                ("answered_on", models.DateField(null=True)),
                (
                    "decline_reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("no_place", "No place free now"),
                            ("not_in_remit", "Age or area does not fit"),
                            ("other_service", "Another service would fit better"),
                            ("other", "Something else"),
                        ],
                        max_length=20,
                    ),
                ),
                ("answer_note", models.TextField(blank=True, max_length=2000)),
                ("noted_at", models.DateTimeField(null=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                (
                    "agreed_by",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="families.familymember",
                    ),
                ),
                (
                    "answered_by",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "family",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="families.family",
                    ),
                ),
                (
                    "from_service",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="access.service",
                    ),
                ),
                (
                    "new_support",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="families.support",
                    ),
                ),
                (
                    "pgh_context",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pghistory.context",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="families.transfer",
                    ),
                ),
                (
                    "sent_by",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "support",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="families.support",
                    ),
                ),
                (
                    "to_service",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="access.service",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="TransferQuestion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("question", models.TextField(max_length=2000, verbose_name="your question")),
                ("asked_at", models.DateTimeField(auto_now_add=True)),
                ("reply", models.TextField(blank=True, max_length=2000, verbose_name="your answer")),
                ("replied_at", models.DateTimeField(null=True)),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "family",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="families.family"
                    ),
                ),
                (
                    "replied_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "transfer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="questions", to="families.transfer"
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("replied_at", None), ("replied_by", None), ("reply", "")),
                            models.Q(
                                models.Q(("reply", ""), _negated=True),
                                ("replied_at__isnull", False),
                                ("replied_by__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="transfer_question_replied_whole",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("replied_at", None)),
                        fields=("transfer",),
                        name="transfer_question_one_open",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TransferQuestionEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("question", models.TextField(max_length=2000, verbose_name="your question")),
                ("asked_at", models.DateTimeField(auto_now_add=True)),
                ("reply", models.TextField(blank=True, max_length=2000, verbose_name="your answer")),
                ("replied_at", models.DateTimeField(null=True)),
                (
                    "asked_by",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "family",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="families.family",
                    ),
                ),
                (
                    "pgh_context",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pghistory.context",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="families.transferquestion",
                    ),
                ),
                (
                    "replied_by",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "transfer",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="families.transfer",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        RemoveTrigger(
            model_name="family",
            name="insert_insert",
        ),
        RemoveTrigger(
            model_name="family",
            name="update_update",
        ),
        RemoveTrigger(
            model_name="support",
            name="insert_insert",
        ),
        RemoveTrigger(
            model_name="support",
            name="update_update",
        ),
        migrations.AddField(
            model_name="family",
            name="lead_contact",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="who the family tells its story to",
            ),
        ),
        migrations.AddField(
            model_name="familyevent",
            name="lead_contact",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="who the family tells its story to",
            ),
        ),
        migrations.AddField(
            model_name="support",
            name="may_be_named",
            field=models.CharField(
                choices=[("not_asked", "Not asked yet"), ("yes", "Yes"), ("no", "No")],
                default="not_asked",
                max_length=10,
                verbose_name="may other services know that we are with them?",
            ),
        ),
        migrations.AddField(
            model_name="support",
            name="named_asked_on",
            field=models.DateField(blank=True, null=True, verbose_name="the family was asked on"),
        ),
        migrations.AddField(
            model_name="supportevent",
            name="may_be_named",
            field=models.CharField(
                choices=[("not_asked", "Not asked yet"), ("yes", "Yes"), ("no", "No")],
                default="not_asked",
                max_length=10,
                verbose_name="may other services know that we are with them?",
            ),
        ),
        migrations.AddField(
            model_name="supportevent",
            name="named_asked_on",
            field=models.DateField(blank=True, null=True, verbose_name="the family was asked on"),
        ),
        AddTrigger(
            model_name="family",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "families_familyevent" ("created_at", "created_by_id", "external_reference", "id", "interpreter_needed", "language", "lead_contact_id", "name", "organisation_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reference", "safety_notes", "silent_since", "updated_at", "uuid", "version") VALUES (NEW."created_at", NEW."created_by_id", NEW."external_reference", NEW."id", NEW."interpreter_needed", NEW."language", NEW."lead_contact_id", NEW."name", NEW."organisation_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."reference", NEW."safety_notes", NEW."silent_since", NEW."updated_at", NEW."uuid", NEW."version"); RETURN NULL;',
                    hash="f546adb4b9ad28412721038d0c625bbba82f49ae",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_b3032",
                    table="families_family",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="family",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."created_by_id" IS DISTINCT FROM (NEW."created_by_id") OR OLD."external_reference" IS DISTINCT FROM (NEW."external_reference") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."interpreter_needed" IS DISTINCT FROM (NEW."interpreter_needed") OR OLD."language" IS DISTINCT FROM (NEW."language") OR OLD."lead_contact_id" IS DISTINCT FROM (NEW."lead_contact_id") OR OLD."name" IS DISTINCT FROM (NEW."name") OR OLD."organisation_id" IS DISTINCT FROM (NEW."organisation_id") OR OLD."reference" IS DISTINCT FROM (NEW."reference") OR OLD."safety_notes" IS DISTINCT FROM (NEW."safety_notes") OR OLD."silent_since" IS DISTINCT FROM (NEW."silent_since") OR OLD."updated_at" IS DISTINCT FROM (NEW."updated_at") OR OLD."uuid" IS DISTINCT FROM (NEW."uuid") OR OLD."version" IS DISTINCT FROM (NEW."version"))',
                    func='INSERT INTO "families_familyevent" ("created_at", "created_by_id", "external_reference", "id", "interpreter_needed", "language", "lead_contact_id", "name", "organisation_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reference", "safety_notes", "silent_since", "updated_at", "uuid", "version") VALUES (NEW."created_at", NEW."created_by_id", NEW."external_reference", NEW."id", NEW."interpreter_needed", NEW."language", NEW."lead_contact_id", NEW."name", NEW."organisation_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."reference", NEW."safety_notes", NEW."silent_since", NEW."updated_at", NEW."uuid", NEW."version"); RETURN NULL;',
                    hash="a405edc8630a41f2454471508b677a364494edb0",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_9cc70",
                    table="families_family",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="support",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "families_supportevent" ("accepted_on", "agreed_on", "contact_every_days", "created_at", "ended_on", "ending_on", "ending_reason", "external_reference", "family_id", "final_scores_declined", "final_scores_on", "first_wish", "home_safety_on", "id", "may_be_named", "named_asked_on", "paused_until", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "review_on", "service_id", "started_on", "state", "updated_at", "version", "waiting_since") VALUES (NEW."accepted_on", NEW."agreed_on", NEW."contact_every_days", NEW."created_at", NEW."ended_on", NEW."ending_on", NEW."ending_reason", NEW."external_reference", NEW."family_id", NEW."final_scores_declined", NEW."final_scores_on", NEW."first_wish", NEW."home_safety_on", NEW."id", NEW."may_be_named", NEW."named_asked_on", NEW."paused_until", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."review_on", NEW."service_id", NEW."started_on", NEW."state", NEW."updated_at", NEW."version", NEW."waiting_since"); RETURN NULL;',
                    hash="5c2ba82f6d9f8444f5b5eb6d82377d0d2aa8b2e9",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_479ae",
                    table="families_support",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="support",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."accepted_on" IS DISTINCT FROM (NEW."accepted_on") OR OLD."agreed_on" IS DISTINCT FROM (NEW."agreed_on") OR OLD."contact_every_days" IS DISTINCT FROM (NEW."contact_every_days") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."ended_on" IS DISTINCT FROM (NEW."ended_on") OR OLD."ending_on" IS DISTINCT FROM (NEW."ending_on") OR OLD."ending_reason" IS DISTINCT FROM (NEW."ending_reason") OR OLD."external_reference" IS DISTINCT FROM (NEW."external_reference") OR OLD."family_id" IS DISTINCT FROM (NEW."family_id") OR OLD."final_scores_declined" IS DISTINCT FROM (NEW."final_scores_declined") OR OLD."final_scores_on" IS DISTINCT FROM (NEW."final_scores_on") OR OLD."first_wish" IS DISTINCT FROM (NEW."first_wish") OR OLD."home_safety_on" IS DISTINCT FROM (NEW."home_safety_on") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."may_be_named" IS DISTINCT FROM (NEW."may_be_named") OR OLD."named_asked_on" IS DISTINCT FROM (NEW."named_asked_on") OR OLD."paused_until" IS DISTINCT FROM (NEW."paused_until") OR OLD."review_on" IS DISTINCT FROM (NEW."review_on") OR OLD."service_id" IS DISTINCT FROM (NEW."service_id") OR OLD."started_on" IS DISTINCT FROM (NEW."started_on") OR OLD."state" IS DISTINCT FROM (NEW."state") OR OLD."updated_at" IS DISTINCT FROM (NEW."updated_at") OR OLD."version" IS DISTINCT FROM (NEW."version") OR OLD."waiting_since" IS DISTINCT FROM (NEW."waiting_since"))',
                    func='INSERT INTO "families_supportevent" ("accepted_on", "agreed_on", "contact_every_days", "created_at", "ended_on", "ending_on", "ending_reason", "external_reference", "family_id", "final_scores_declined", "final_scores_on", "first_wish", "home_safety_on", "id", "may_be_named", "named_asked_on", "paused_until", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "review_on", "service_id", "started_on", "state", "updated_at", "version", "waiting_since") VALUES (NEW."accepted_on", NEW."agreed_on", NEW."contact_every_days", NEW."created_at", NEW."ended_on", NEW."ending_on", NEW."ending_reason", NEW."external_reference", NEW."family_id", NEW."final_scores_declined", NEW."final_scores_on", NEW."first_wish", NEW."home_safety_on", NEW."id", NEW."may_be_named", NEW."named_asked_on", NEW."paused_until", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."review_on", NEW."service_id", NEW."started_on", NEW."state", NEW."updated_at", NEW."version", NEW."waiting_since"); RETURN NULL;',
                    hash="1412625ca837b2c507a8a911a5e34715b78455b8",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_84d15",
                    table="families_support",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="support",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("may_be_named", "not_asked"), ("named_asked_on", None)),
                    models.Q(("may_be_named__in", ["yes", "no"]), ("named_asked_on__isnull", False)),
                    _connector="OR",
                ),
                name="support_naming_has_a_day",
            ),
        ),
        AddTrigger(
            model_name="contactchange",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "families_contactchangeevent" ("address_id", "answered_at", "answered_by_id", "before", "changed_at", "changed_by_service_id", "contact_id", "family_id", "id", "kind", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "state", "support_id") VALUES (NEW."address_id", NEW."answered_at", NEW."answered_by_id", NEW."before", NEW."changed_at", NEW."changed_by_service_id", NEW."contact_id", NEW."family_id", NEW."id", NEW."kind", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."state", NEW."support_id"); RETURN NULL;',
                    hash="c27e473e333ad86cfb8c110f87612a58c0ddc502",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_707a3",
                    table="families_contactchange",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="contactchange",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "families_contactchangeevent" ("address_id", "answered_at", "answered_by_id", "before", "changed_at", "changed_by_service_id", "contact_id", "family_id", "id", "kind", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "state", "support_id") VALUES (NEW."address_id", NEW."answered_at", NEW."answered_by_id", NEW."before", NEW."changed_at", NEW."changed_by_service_id", NEW."contact_id", NEW."family_id", NEW."id", NEW."kind", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."state", NEW."support_id"); RETURN NULL;',
                    hash="34eb8421304ecbdb0621955a1c0383e2c25e8016",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_d34d7",
                    table="families_contactchange",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="contactchangeevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="95377991def10a59f7910e7c245f69c6cff068d2",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_5103b",
                    table="families_contactchangeevent",
                    when="BEFORE",
                ),
            ),
        ),
        AddTrigger(
            model_name="transfer",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "families_transferevent" ("agreed_by_id", "agreed_how", "agreed_on", "answer_note", "answered_by_id", "answered_on", "created_at", "created_by_id", "decline_reason", "family_id", "from_service_id", "id", "lapses_on", "new_support_id", "noted_at", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "sent_by_id", "sent_on", "state", "summary", "support_id", "to_service_id", "updated_at") VALUES (NEW."agreed_by_id", NEW."agreed_how", NEW."agreed_on", NEW."answer_note", NEW."answered_by_id", NEW."answered_on", NEW."created_at", NEW."created_by_id", NEW."decline_reason", NEW."family_id", NEW."from_service_id", NEW."id", NEW."lapses_on", NEW."new_support_id", NEW."noted_at", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."sent_by_id", NEW."sent_on", NEW."state", NEW."summary", NEW."support_id", NEW."to_service_id", NEW."updated_at"); RETURN NULL;',
                    hash="7b6d9362b4d912d88efbeaa19bc4e0146dc6d6ea",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_26634",
                    table="families_transfer",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="transfer",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "families_transferevent" ("agreed_by_id", "agreed_how", "agreed_on", "answer_note", "answered_by_id", "answered_on", "created_at", "created_by_id", "decline_reason", "family_id", "from_service_id", "id", "lapses_on", "new_support_id", "noted_at", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "sent_by_id", "sent_on", "state", "summary", "support_id", "to_service_id", "updated_at") VALUES (NEW."agreed_by_id", NEW."agreed_how", NEW."agreed_on", NEW."answer_note", NEW."answered_by_id", NEW."answered_on", NEW."created_at", NEW."created_by_id", NEW."decline_reason", NEW."family_id", NEW."from_service_id", NEW."id", NEW."lapses_on", NEW."new_support_id", NEW."noted_at", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."sent_by_id", NEW."sent_on", NEW."state", NEW."summary", NEW."support_id", NEW."to_service_id", NEW."updated_at"); RETURN NULL;',
                    hash="296b6b2ad06465b4423c5d1b85afc8096d91d248",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_79e4f",
                    table="families_transfer",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="transferevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="4e439ca8215979bb513d02079468c29e02e4ebe6",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_e3d6a",
                    table="families_transferevent",
                    when="BEFORE",
                ),
            ),
        ),
        AddTrigger(
            model_name="transferquestion",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "families_transferquestionevent" ("asked_at", "asked_by_id", "family_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "question", "replied_at", "replied_by_id", "reply", "transfer_id") VALUES (NEW."asked_at", NEW."asked_by_id", NEW."family_id", NEW."id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."question", NEW."replied_at", NEW."replied_by_id", NEW."reply", NEW."transfer_id"); RETURN NULL;',
                    hash="91e87d7be0cfade3ddfe0b7a79629d0f8ac3c3bb",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_0fd63",
                    table="families_transferquestion",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="transferquestion",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "families_transferquestionevent" ("asked_at", "asked_by_id", "family_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "question", "replied_at", "replied_by_id", "reply", "transfer_id") VALUES (NEW."asked_at", NEW."asked_by_id", NEW."family_id", NEW."id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."question", NEW."replied_at", NEW."replied_by_id", NEW."reply", NEW."transfer_id"); RETURN NULL;',
                    hash="c2b8b6550b7a4db87617b1982c45f20d2cc8fc53",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_fd6fb",
                    table="families_transferquestion",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="transferquestionevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="705aaae1d3ee4b7a2e5a5347ed1ee1c84de408ec",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_897d3",
                    table="families_transferquestionevent",
                    when="BEFORE",
                ),
            ),
        ),
        protect("families_transfer", TRANSFERS),
        protect_log("families_transferevent", OF_THE_SENDER),
        protect("families_contactchange", UNDER_A_SUPPORT),
        protect_log("families_contactchangeevent", UNDER_A_SUPPORT),
        migrations.RunSQL(MOVES, "drop policy transitions_transition_transfers on transitions_transition"),
        migrations.RunSQL(NAMED, "drop function families_named_beside(bigint)"),
        protect("families_transferquestion", OF_A_TRANSFER),
        protect_log("families_transferquestionevent", OF_A_TRANSFER),
    ]
