import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.comparison
import pgtrigger.compiler
from django.conf import settings
from django.db import migrations, models

import betterstart.clock
from betterstart.access.row_security import (
    RESPONSIBLE_FAMILIES,
    VISIBLE_FAMILIES,
    AddTrigger,
    RemoveTrigger,
    change_policy,
    protect,
    protect_log,
)

# Children that the families somebody may see share, or shared, with another family; who belongs to the families they
# answer for, or coordinate, beside those families' own people; and the families they coordinate.
FUNCTIONS = """
create function families_shared_member_ids() returns setof bigint
language sql stable security definer set search_path = public, pg_temp as $$
    select member_id from families_sharedcare where family_id = any(array(select families_visible_ids()))
$$;
create function families_responsible_shared_ids() returns setof bigint
language sql stable security definer set search_path = public, pg_temp as $$
    select member_id from families_sharedcare
    where until is null and family_id = any(array(select families_responsible_ids()))
$$;
create function families_coordinated_ids() returns setof bigint
language sql stable security definer set search_path = public, pg_temp as $$
    select family_id from families_support where service_id = any(array(select access_services_held('coordinator')))
$$;
create function families_coordinated_shared_ids() returns setof bigint
language sql stable security definer set search_path = public, pg_temp as $$
    select member_id from families_sharedcare
    where until is null and family_id = any(array(select families_coordinated_ids()))
$$;
"""
BACK = """
drop function families_coordinated_shared_ids(); drop function families_coordinated_ids();
drop function families_responsible_shared_ids(); drop function families_shared_member_ids();
"""

# Whoever writes a death or a loss, and by whatever way: in the same transaction nothing automatic is said any more, to
# the person's own family and to one that shares them.
SILENCE = """
create function families_keep_silence() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    if new.died_on is null and new.pregnancy_outcome not in ('loss', 'stillbirth', 'ended', 'unknown') then
        return null;
    end if;
    if tg_op = 'UPDATE' and (new.died_on, new.pregnancy_outcome) is not distinct from (old.died_on, old.pregnancy_outcome)
    then
        return null;
    end if;
    update families_family set silent_since = now()
    where silent_since is null
      and (id = new.family_id
           or id in (select family_id from families_sharedcare where member_id = new.member_id and until is null));
    return null;
end $$;
create trigger personal_keep_silence after insert or update on families_personal
    for each row execute function families_keep_silence();
"""
SILENCE_BACK = "drop trigger personal_keep_silence on families_personal; drop function families_keep_silence();"

OF_FAMILIES = f"family_id = {VISIBLE_FAMILIES}"
SHARED = "id = any(array(select families_shared_member_ids()))"
OF_PEOPLE = f"family_id = {RESPONSIBLE_FAMILIES} or member_id = any(array(select families_responsible_shared_ids()))"
OF_COORDINATED = (
    "family_id = any(array(select families_coordinated_ids()))"
    " or member_id = any(array(select families_coordinated_shared_ids()))"
)
CONDITIONS = {
    "families_sharedcare": OF_FAMILIES,
    "families_relationship": f"family_id = {RESPONSIBLE_FAMILIES}",
    "families_otheragency": f"family_id = {RESPONSIBLE_FAMILIES}",
    "families_householdflag": f"family_id = {RESPONSIBLE_FAMILIES}",
    "families_personal": OF_PEOPLE,
    "families_statutorystatus": OF_PEOPLE,
    "families_nhsnumber": OF_COORDINATED,
}


class Migration(migrations.Migration):
    dependencies = [
        ("families", "0017_places"),
        ("pghistory", "0007_auto_20250421_0444"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="HouseholdFlag",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "flag",
                    models.CharField(
                        choices=[
                            ("lone_parent", "One parent alone"),
                            ("teenage_parent", "A parent of 19 or younger"),
                            ("postnatal_depression", "Low after the birth"),
                            ("mental_health", "Mental health"),
                            ("learning_disability", "A learning disability"),
                            ("substance_use", "Alcohol or drugs"),
                            ("domestic_abuse", "Domestic abuse"),
                            ("interpreter", "An interpreter is needed"),
                            ("multiple_birth", "Twins or more"),
                        ],
                        max_length=24,
                    ),
                ),
                ("source", models.CharField(max_length=200)),
                ("told_on", models.DateField()),
                (
                    "answer",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "Not asked yet"),
                            ("confirmed", "The family says so too"),
                            ("corrected", "The family says it is not so"),
                        ],
                        default="",
                        max_length=10,
                    ),
                ),
                ("answered_on", models.DateField(null=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                (
                    "created_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "family",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="flags", to="families.family"
                    ),
                ),
            ],
            options={
                "ordering": ["answer", "flag", "-told_on", "id"],
                "constraints": [
                    models.UniqueConstraint(fields=("family", "flag", "source", "told_on"), name="flag_told_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("answer", ""), ("answered_on", None)),
                            models.Q(("answer__in", ["confirmed", "corrected"]), ("answered_on__isnull", False)),
                            _connector="OR",
                        ),
                        name="flag_answer_has_its_day",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="HouseholdFlagEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                (
                    "flag",
                    models.CharField(
                        choices=[
                            ("lone_parent", "One parent alone"),
                            ("teenage_parent", "A parent of 19 or younger"),
                            ("postnatal_depression", "Low after the birth"),
                            ("mental_health", "Mental health"),
                            ("learning_disability", "A learning disability"),
                            ("substance_use", "Alcohol or drugs"),
                            ("domestic_abuse", "Domestic abuse"),
                            ("interpreter", "An interpreter is needed"),
                            ("multiple_birth", "Twins or more"),
                        ],
                        max_length=24,
                    ),
                ),
                ("source", models.CharField(max_length=200)),
                ("told_on", models.DateField()),
                (
                    "answer",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "Not asked yet"),
                            ("confirmed", "The family says so too"),
                            ("corrected", "The family says it is not so"),
                        ],
                        default="",
                        max_length=10,
                    ),
                ),
                ("answered_on", models.DateField(null=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                (
                    "created_by",
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
                        to="families.householdflag",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="NhsNumber",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=10, verbose_name="NHS number")),
                ("gateway", models.CharField(max_length=200, verbose_name="the law or agreement that lets us keep it")),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                (
                    "created_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "family",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="families.family"
                    ),
                ),
                (
                    "member",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="nhs_number",
                        to="families.familymember",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("number__regex", "^[0-9]{10}$"), models.Q(("gateway", ""), _negated=True)),
                        name="nhs_number_allowed",
                    )
                ]
            },
        ),
        migrations.CreateModel(
            name="NhsNumberEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("number", models.CharField(max_length=10, verbose_name="NHS number")),
                ("gateway", models.CharField(max_length=200, verbose_name="the law or agreement that lets us keep it")),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                (
                    "created_by",
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
                    "member",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="families.familymember",
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
                        to="families.nhsnumber",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="OtherAgency",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("health_visitor", "Health visitor"),
                            ("midwife", "Midwife"),
                            ("gp", "GP"),
                            ("family_hub", "Children’s centre or family hub"),
                            ("social_worker", "Social worker"),
                            ("nursery", "Nursery, childminder or school"),
                            ("other", "Somebody else"),
                        ],
                        max_length=20,
                        verbose_name="who they are",
                    ),
                ),
                ("agency", models.CharField(blank=True, max_length=200, verbose_name="where they work")),
                ("person_name", models.CharField(blank=True, max_length=200, verbose_name="name")),
                ("contact", models.CharField(blank=True, max_length=254, verbose_name="phone or email")),
                (
                    "may_contact",
                    models.CharField(
                        choices=[("not_asked", "Not asked yet"), ("yes", "Yes"), ("no", "No")],
                        default="not_asked",
                        max_length=10,
                        verbose_name="may we contact them",
                    ),
                ),
                ("asked_on", models.DateField(blank=True, null=True, verbose_name="the family said so on")),
                ("ended_on", models.DateField(blank=True, null=True, verbose_name="no longer with them since")),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                (
                    "family",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="agencies", to="families.family"
                    ),
                ),
                (
                    "member",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="families.familymember",
                        verbose_name="for whom",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "other agencies",
                "ordering": ["role", "id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("asked_on", None), ("may_contact", "not_asked")),
                            models.Q(("asked_on__isnull", False), ("may_contact__in", ["yes", "no"])),
                            _connector="OR",
                        ),
                        name="agency_answer_has_its_day",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="OtherAgencyEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("health_visitor", "Health visitor"),
                            ("midwife", "Midwife"),
                            ("gp", "GP"),
                            ("family_hub", "Children’s centre or family hub"),
                            ("social_worker", "Social worker"),
                            ("nursery", "Nursery, childminder or school"),
                            ("other", "Somebody else"),
                        ],
                        max_length=20,
                        verbose_name="who they are",
                    ),
                ),
                ("agency", models.CharField(blank=True, max_length=200, verbose_name="where they work")),
                ("person_name", models.CharField(blank=True, max_length=200, verbose_name="name")),
                ("contact", models.CharField(blank=True, max_length=254, verbose_name="phone or email")),
                (
                    "may_contact",
                    models.CharField(
                        choices=[("not_asked", "Not asked yet"), ("yes", "Yes"), ("no", "No")],
                        default="not_asked",
                        max_length=10,
                        verbose_name="may we contact them",
                    ),
                ),
                ("asked_on", models.DateField(blank=True, null=True, verbose_name="the family said so on")),
                ("ended_on", models.DateField(blank=True, null=True, verbose_name="no longer with them since")),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
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
                    "member",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="families.familymember",
                        verbose_name="for whom",
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
                        to="families.otheragency",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Personal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("gender", models.CharField(blank=True, max_length=100, verbose_name="gender")),
                (
                    "ethnic_group",
                    models.CharField(
                        choices=[
                            ("not_asked", "Not asked"),
                            ("not_known", "Asked, not known yet"),
                            ("prefer_not", "Prefers not to say"),
                            ("1", "Bangladeshi"),
                            ("2", "Chinese"),
                            ("3", "Indian"),
                            ("4", "Pakistani"),
                            ("5", "Any other Asian background"),
                            ("6", "African"),
                            ("7", "Caribbean"),
                            ("8", "Any other Black, Black British or Caribbean background"),
                            ("9", "White and Asian"),
                            ("10", "White and Black African"),
                            ("11", "White and Black Caribbean"),
                            ("12", "Any other mixed or multiple background"),
                            ("13", "English, Welsh, Scottish, Northern Irish or British"),
                            ("14", "Irish"),
                            ("15", "Gypsy or Irish Traveller"),
                            ("16", "Roma"),
                            ("17", "Any other White background"),
                            ("18", "Arab"),
                            ("19", "Any other ethnic group"),
                        ],
                        default="not_asked",
                        max_length=12,
                        verbose_name="ethnic group",
                    ),
                ),
                ("ethnic_words", models.CharField(blank=True, max_length=200, verbose_name="in their own words")),
                (
                    "pregnancy_outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("live_birth", "The baby was born"),
                            ("loss", "The baby died before birth"),
                            ("stillbirth", "The baby was stillborn"),
                            ("ended", "The pregnancy was ended"),
                            ("unknown", "We do not know"),
                        ],
                        editable=False,
                        max_length=12,
                    ),
                ),
                ("died_on", models.DateField(editable=False, null=True)),
                ("grief_noted_at", models.DateTimeField(editable=False, null=True)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                (
                    "family",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="families.family"
                    ),
                ),
                (
                    "member",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="personal", to="families.familymember"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ethnic_words", ""), ("ethnic_group__in", ("5", "8", "12", "17", "19")), _connector="OR"
                        ),
                        name="personal_own_word_beside_other",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "ethnic_group__in",
                                [
                                    "not_asked",
                                    "not_known",
                                    "prefer_not",
                                    "1",
                                    "2",
                                    "3",
                                    "4",
                                    "5",
                                    "6",
                                    "7",
                                    "8",
                                    "9",
                                    "10",
                                    "11",
                                    "12",
                                    "13",
                                    "14",
                                    "15",
                                    "16",
                                    "17",
                                    "18",
                                    "19",
                                ],
                            )
                        ),
                        name="personal_ethnic_group_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("died_on", None),
                                ("grief_noted_at", None),
                                models.Q(("pregnancy_outcome__in", ("loss", "stillbirth", "ended")), _negated=True),
                            ),
                            ("grief_noted_at__isnull", False),
                            _connector="OR",
                        ),
                        name="personal_grief_has_its_moment",
                    ),
                ],
                "indexes": [
                    models.Index(
                        condition=models.Q(("grief_noted_at__isnull", False)), fields=["family"], name="personal_grief"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="PersonalEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("gender", models.CharField(blank=True, max_length=100, verbose_name="gender")),
                (
                    "ethnic_group",
                    models.CharField(
                        choices=[
                            ("not_asked", "Not asked"),
                            ("not_known", "Asked, not known yet"),
                            ("prefer_not", "Prefers not to say"),
                            ("1", "Bangladeshi"),
                            ("2", "Chinese"),
                            ("3", "Indian"),
                            ("4", "Pakistani"),
                            ("5", "Any other Asian background"),
                            ("6", "African"),
                            ("7", "Caribbean"),
                            ("8", "Any other Black, Black British or Caribbean background"),
                            ("9", "White and Asian"),
                            ("10", "White and Black African"),
                            ("11", "White and Black Caribbean"),
                            ("12", "Any other mixed or multiple background"),
                            ("13", "English, Welsh, Scottish, Northern Irish or British"),
                            ("14", "Irish"),
                            ("15", "Gypsy or Irish Traveller"),
                            ("16", "Roma"),
                            ("17", "Any other White background"),
                            ("18", "Arab"),
                            ("19", "Any other ethnic group"),
                        ],
                        default="not_asked",
                        max_length=12,
                        verbose_name="ethnic group",
                    ),
                ),
                ("ethnic_words", models.CharField(blank=True, max_length=200, verbose_name="in their own words")),
                (
                    "pregnancy_outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("live_birth", "The baby was born"),
                            ("loss", "The baby died before birth"),
                            ("stillbirth", "The baby was stillborn"),
                            ("ended", "The pregnancy was ended"),
                            ("unknown", "We do not know"),
                        ],
                        editable=False,
                        max_length=12,
                    ),
                ),
                ("died_on", models.DateField(editable=False, null=True)),
                ("grief_noted_at", models.DateTimeField(editable=False, null=True)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
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
                    "member",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="families.familymember",
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
                        to="families.personal",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Relationship",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("parent", "mother, father or parent"),
                            ("step_parent", "step-parent"),
                            ("foster_parent", "foster or adoptive parent"),
                            ("grandparent", "grandparent"),
                            ("aunt_uncle", "aunt or uncle"),
                            ("guardian", "guardian, or looks after them"),
                            ("sibling", "brother or sister"),
                            ("partner", "partner"),
                            ("former_partner", "former partner"),
                            ("relative", "another relative"),
                            ("friend", "friend"),
                        ],
                        max_length=20,
                        verbose_name="what they are to each other",
                    ),
                ),
                (
                    "responsibility",
                    models.CharField(
                        choices=[("unknown", "Not known"), ("yes", "Yes"), ("no", "No")],
                        default="unknown",
                        max_length=8,
                        verbose_name="parental responsibility",
                    ),
                ),
                (
                    "lives_with",
                    models.CharField(
                        choices=[("unknown", "Not known"), ("yes", "Yes"), ("part", "Part of the time"), ("no", "No")],
                        default="unknown",
                        max_length=8,
                        verbose_name="they live together",
                    ),
                ),
                (
                    "contact_restriction",
                    models.TextField(blank=True, max_length=1000, verbose_name="limits to their contact"),
                ),
                ("court_order_note", models.TextField(blank=True, max_length=1000, verbose_name="court order")),
                ("ended_on", models.DateField(editable=False, null=True)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                (
                    "family",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="relationships", to="families.family"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="relationships",
                        to="families.familymember",
                    ),
                ),
                (
                    "relative",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="families.familymember"
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("person", models.F("relative")), _negated=True),
                        name="relationship_not_with_oneself",
                    ),
                    models.UniqueConstraint(
                        models.F("family"),
                        django.db.models.functions.comparison.Least("person", "relative"),
                        django.db.models.functions.comparison.Greatest("person", "relative"),
                        condition=models.Q(("ended_on", None)),
                        name="relationship_once_for_two",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                ["parent", "step_parent", "foster_parent", "grandparent", "aunt_uncle", "guardian"],
                            ),
                            ("responsibility", "unknown"),
                            _connector="OR",
                        ),
                        name="relationship_responsibility_for_somebody",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RelationshipEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("parent", "mother, father or parent"),
                            ("step_parent", "step-parent"),
                            ("foster_parent", "foster or adoptive parent"),
                            ("grandparent", "grandparent"),
                            ("aunt_uncle", "aunt or uncle"),
                            ("guardian", "guardian, or looks after them"),
                            ("sibling", "brother or sister"),
                            ("partner", "partner"),
                            ("former_partner", "former partner"),
                            ("relative", "another relative"),
                            ("friend", "friend"),
                        ],
                        max_length=20,
                        verbose_name="what they are to each other",
                    ),
                ),
                (
                    "responsibility",
                    models.CharField(
                        choices=[("unknown", "Not known"), ("yes", "Yes"), ("no", "No")],
                        default="unknown",
                        max_length=8,
                        verbose_name="parental responsibility",
                    ),
                ),
                (
                    "lives_with",
                    models.CharField(
                        choices=[("unknown", "Not known"), ("yes", "Yes"), ("part", "Part of the time"), ("no", "No")],
                        default="unknown",
                        max_length=8,
                        verbose_name="they live together",
                    ),
                ),
                (
                    "contact_restriction",
                    models.TextField(blank=True, max_length=1000, verbose_name="limits to their contact"),
                ),
                ("court_order_note", models.TextField(blank=True, max_length=1000, verbose_name="court order")),
                ("ended_on", models.DateField(editable=False, null=True)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
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
                    "person",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="families.familymember",
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
                        to="families.relationship",
                    ),
                ),
                (
                    "relative",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="families.familymember",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="SharedCare",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("since", models.DateField(default=betterstart.clock.london_today, verbose_name="since")),
                ("until", models.DateField(blank=True, null=True, verbose_name="until")),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                (
                    "created_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "family",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="shares", to="families.family"
                    ),
                ),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="shares", to="families.familymember"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("until", None)),
                        fields=("member", "family"),
                        name="shared_care_once_while_open",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("until", None), ("until__gte", models.F("since")), _connector="OR"),
                        name="shared_care_dates_in_order",
                    ),
                ]
            },
        ),
        migrations.CreateModel(
            name="SharedCareEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("since", models.DateField(default=betterstart.clock.london_today, verbose_name="since")),
                ("until", models.DateField(blank=True, null=True, verbose_name="until")),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                (
                    "created_by",
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
                    "member",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="families.familymember",
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
                        to="families.sharedcare",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="StatutoryStatus",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("none", "None"),
                            ("early_help", "Early help"),
                            ("in_need", "Child in need plan"),
                            ("protection", "Child protection plan"),
                            ("looked_after", "Looked after by the council"),
                        ],
                        max_length=20,
                        verbose_name="what the council has decided",
                    ),
                ),
                ("since", models.DateField(default=betterstart.clock.london_today, verbose_name="since")),
                ("source", models.CharField(max_length=200, verbose_name="who told us")),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "created_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "family",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="families.family"
                    ),
                ),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="statuses", to="families.familymember"
                    ),
                ),
            ],
            options={
                "ordering": ["-since", "-id"],
            },
        ),
        migrations.CreateModel(
            name="StatutoryStatusEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("none", "None"),
                            ("early_help", "Early help"),
                            ("in_need", "Child in need plan"),
                            ("protection", "Child protection plan"),
                            ("looked_after", "Looked after by the council"),
                        ],
                        max_length=20,
                        verbose_name="what the council has decided",
                    ),
                ),
                ("since", models.DateField(default=betterstart.clock.london_today, verbose_name="since")),
                ("source", models.CharField(max_length=200, verbose_name="who told us")),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "created_by",
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
                    "member",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="families.familymember",
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
                        to="families.statutorystatus",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        RemoveTrigger(
            model_name="familymember",
            name="insert_insert",
        ),
        RemoveTrigger(
            model_name="familymember",
            name="update_update",
        ),
        migrations.AddField(
            model_name="familymember",
            name="access_needs",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(
                    choices=[
                        ("large_print", "Large print"),
                        ("easy_read", "Easy read"),
                        ("text_only", "Text messages, no calls"),
                        ("spoken", "Spoken, not written"),
                        ("lip_reading", "Face to face, for lip-reading"),
                        ("hearing_aid", "Wears a hearing aid"),
                        ("step_free", "Step-free"),
                        ("quiet_place", "A quiet place"),
                        ("more_time", "More time, one thing after another"),
                        ("beforehand", "To know beforehand what will happen"),
                        ("companion", "Somebody with them"),
                    ],
                    max_length=12,
                ),
                blank=True,
                default=list,
                size=None,
                verbose_name="what helps",
            ),
        ),
        migrations.AddField(
            model_name="familymember",
            name="access_notes",
            field=models.TextField(blank=True, max_length=1000, verbose_name="anything else that helps"),
        ),
        migrations.AddField(
            model_name="familymember",
            name="interpreter",
            field=models.CharField(
                blank=True,
                choices=[
                    ("", "Not asked yet"),
                    ("no", "No"),
                    ("language", "Yes, for a spoken language"),
                    ("bsl", "Yes, for British Sign Language"),
                ],
                default="",
                max_length=8,
                verbose_name="needs an interpreter",
            ),
        ),
        migrations.AddField(
            model_name="familymember",
            name="interpreter_gender",
            field=models.CharField(
                blank=True,
                choices=[("", "Either is fine"), ("woman", "A woman"), ("man", "A man")],
                default="",
                max_length=5,
                verbose_name="would rather have",
            ),
        ),
        migrations.AddField(
            model_name="familymember",
            name="is_shared",
            field=models.BooleanField(default=False, editable=False),
        ),
        migrations.AddField(
            model_name="familymember",
            name="languages",
            field=models.JSONField(blank=True, default=list, verbose_name="languages"),
        ),
        migrations.AddField(
            model_name="familymemberevent",
            name="access_needs",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(
                    choices=[
                        ("large_print", "Large print"),
                        ("easy_read", "Easy read"),
                        ("text_only", "Text messages, no calls"),
                        ("spoken", "Spoken, not written"),
                        ("lip_reading", "Face to face, for lip-reading"),
                        ("hearing_aid", "Wears a hearing aid"),
                        ("step_free", "Step-free"),
                        ("quiet_place", "A quiet place"),
                        ("more_time", "More time, one thing after another"),
                        ("beforehand", "To know beforehand what will happen"),
                        ("companion", "Somebody with them"),
                    ],
                    max_length=12,
                ),
                blank=True,
                default=list,
                size=None,
                verbose_name="what helps",
            ),
        ),
        migrations.AddField(
            model_name="familymemberevent",
            name="access_notes",
            field=models.TextField(blank=True, max_length=1000, verbose_name="anything else that helps"),
        ),
        migrations.AddField(
            model_name="familymemberevent",
            name="interpreter",
            field=models.CharField(
                blank=True,
                choices=[
                    ("", "Not asked yet"),
                    ("no", "No"),
                    ("language", "Yes, for a spoken language"),
                    ("bsl", "Yes, for British Sign Language"),
                ],
                default="",
                max_length=8,
                verbose_name="needs an interpreter",
            ),
        ),
        migrations.AddField(
            model_name="familymemberevent",
            name="interpreter_gender",
            field=models.CharField(
                blank=True,
                choices=[("", "Either is fine"), ("woman", "A woman"), ("man", "A man")],
                default="",
                max_length=5,
                verbose_name="would rather have",
            ),
        ),
        migrations.AddField(
            model_name="familymemberevent",
            name="is_shared",
            field=models.BooleanField(default=False, editable=False),
        ),
        migrations.AddField(
            model_name="familymemberevent",
            name="languages",
            field=models.JSONField(blank=True, default=list, verbose_name="languages"),
        ),
        migrations.AlterField(
            model_name="familymember",
            name="family",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="home_members",
                related_query_name="members",
                to="families.family",
            ),
        ),
        AddTrigger(
            model_name="familymember",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "families_familymemberevent" ("access_needs", "access_notes", "birth_precision", "created_at", "date_of_birth", "display_name", "due_date", "external_reference", "family_id", "id", "interpreter", "interpreter_gender", "is_main_carer", "is_shared", "known_as", "languages", "left_on", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "pronouns", "pronunciation", "role", "updated_at", "uuid", "version") VALUES (NEW."access_needs", NEW."access_notes", NEW."birth_precision", NEW."created_at", NEW."date_of_birth", NEW."display_name", NEW."due_date", NEW."external_reference", NEW."family_id", NEW."id", NEW."interpreter", NEW."interpreter_gender", NEW."is_main_carer", NEW."is_shared", NEW."known_as", NEW."languages", NEW."left_on", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."pronouns", NEW."pronunciation", NEW."role", NEW."updated_at", NEW."uuid", NEW."version"); RETURN NULL;',
                    hash="271824801ce9caef7cc805784a9ec7797c450b7f",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_c4154",
                    table="families_familymember",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="familymember",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "families_familymemberevent" ("access_needs", "access_notes", "birth_precision", "created_at", "date_of_birth", "display_name", "due_date", "external_reference", "family_id", "id", "interpreter", "interpreter_gender", "is_main_carer", "is_shared", "known_as", "languages", "left_on", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "pronouns", "pronunciation", "role", "updated_at", "uuid", "version") VALUES (NEW."access_needs", NEW."access_notes", NEW."birth_precision", NEW."created_at", NEW."date_of_birth", NEW."display_name", NEW."due_date", NEW."external_reference", NEW."family_id", NEW."id", NEW."interpreter", NEW."interpreter_gender", NEW."is_main_carer", NEW."is_shared", NEW."known_as", NEW."languages", NEW."left_on", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."pronouns", NEW."pronunciation", NEW."role", NEW."updated_at", NEW."uuid", NEW."version"); RETURN NULL;',
                    hash="8adda7c3ce833b8a664ef0c11119bd9c1527ab0c",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_0ee8b",
                    table="families_familymember",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="householdflag",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "families_householdflagevent" ("answer", "answered_on", "created_at", "created_by_id", "family_id", "flag", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "source", "told_on", "updated_at") VALUES (NEW."answer", NEW."answered_on", NEW."created_at", NEW."created_by_id", NEW."family_id", NEW."flag", NEW."id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."source", NEW."told_on", NEW."updated_at"); RETURN NULL;',
                    hash="d9c04dc47e3c4be2419019402125b0b6d6aa6e93",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_eb8df",
                    table="families_householdflag",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="householdflag",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "families_householdflagevent" ("answer", "answered_on", "created_at", "created_by_id", "family_id", "flag", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "source", "told_on", "updated_at") VALUES (NEW."answer", NEW."answered_on", NEW."created_at", NEW."created_by_id", NEW."family_id", NEW."flag", NEW."id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."source", NEW."told_on", NEW."updated_at"); RETURN NULL;',
                    hash="4df05b924816a120982f4f770af8247c15b85424",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_99f64",
                    table="families_householdflag",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="householdflagevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="82153d93693c23860ecaeebf104bc329d0cedab7",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_fc788",
                    table="families_householdflagevent",
                    when="BEFORE",
                ),
            ),
        ),
        AddTrigger(
            model_name="nhsnumber",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "families_nhsnumberevent" ("created_at", "created_by_id", "family_id", "gateway", "id", "member_id", "number", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "updated_at", "version") VALUES (NEW."created_at", NEW."created_by_id", NEW."family_id", NEW."gateway", NEW."id", NEW."member_id", NEW."number", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."updated_at", NEW."version"); RETURN NULL;',
                    hash="8fca4354f9839f9e1618c156f632a2e179e873d2",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_58f8b",
                    table="families_nhsnumber",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="nhsnumber",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "families_nhsnumberevent" ("created_at", "created_by_id", "family_id", "gateway", "id", "member_id", "number", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "updated_at", "version") VALUES (NEW."created_at", NEW."created_by_id", NEW."family_id", NEW."gateway", NEW."id", NEW."member_id", NEW."number", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."updated_at", NEW."version"); RETURN NULL;',
                    hash="994d1bbb6a5290779492d78262801f00c735a852",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_39345",
                    table="families_nhsnumber",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="nhsnumberevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="b8140770a291a1b8aafa30bcd74620ae2902df3b",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_5b7d4",
                    table="families_nhsnumberevent",
                    when="BEFORE",
                ),
            ),
        ),
        AddTrigger(
            model_name="otheragency",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "families_otheragencyevent" ("agency", "asked_on", "contact", "created_at", "ended_on", "family_id", "id", "may_contact", "member_id", "person_name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "role", "updated_at", "version") VALUES (NEW."agency", NEW."asked_on", NEW."contact", NEW."created_at", NEW."ended_on", NEW."family_id", NEW."id", NEW."may_contact", NEW."member_id", NEW."person_name", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."role", NEW."updated_at", NEW."version"); RETURN NULL;',
                    hash="23bba0ab0bdd9be8f6ed3651c0589f7a5ad80e51",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_b03e5",
                    table="families_otheragency",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="otheragency",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "families_otheragencyevent" ("agency", "asked_on", "contact", "created_at", "ended_on", "family_id", "id", "may_contact", "member_id", "person_name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "role", "updated_at", "version") VALUES (NEW."agency", NEW."asked_on", NEW."contact", NEW."created_at", NEW."ended_on", NEW."family_id", NEW."id", NEW."may_contact", NEW."member_id", NEW."person_name", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."role", NEW."updated_at", NEW."version"); RETURN NULL;',
                    hash="25cd8850d8a9eaa8c3d5b393c1f4f1c1c5292e31",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_c50a6",
                    table="families_otheragency",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="otheragencyevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="b12b72a0071af6fb831002676388e2b15dd6738c",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_eb673",
                    table="families_otheragencyevent",
                    when="BEFORE",
                ),
            ),
        ),
        AddTrigger(
            model_name="personal",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "families_personalevent" ("created_at", "died_on", "ethnic_group", "ethnic_words", "family_id", "gender", "grief_noted_at", "id", "member_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "pregnancy_outcome", "updated_at", "version") VALUES (NEW."created_at", NEW."died_on", NEW."ethnic_group", NEW."ethnic_words", NEW."family_id", NEW."gender", NEW."grief_noted_at", NEW."id", NEW."member_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."pregnancy_outcome", NEW."updated_at", NEW."version"); RETURN NULL;',
                    hash="3eee4be391a6a2e920cefc01b0f85375da6f5e1d",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_a80f1",
                    table="families_personal",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="personal",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "families_personalevent" ("created_at", "died_on", "ethnic_group", "ethnic_words", "family_id", "gender", "grief_noted_at", "id", "member_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "pregnancy_outcome", "updated_at", "version") VALUES (NEW."created_at", NEW."died_on", NEW."ethnic_group", NEW."ethnic_words", NEW."family_id", NEW."gender", NEW."grief_noted_at", NEW."id", NEW."member_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."pregnancy_outcome", NEW."updated_at", NEW."version"); RETURN NULL;',
                    hash="e82bfac681a7c9871c34902cb5d194b20c13fbcc",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_d5e86",
                    table="families_personal",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="personalevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="6dd04a194735fd4d722b427431f7765846772001",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_56a9e",
                    table="families_personalevent",
                    when="BEFORE",
                ),
            ),
        ),
        AddTrigger(
            model_name="relationship",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "families_relationshipevent" ("contact_restriction", "court_order_note", "created_at", "ended_on", "family_id", "id", "kind", "lives_with", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "relative_id", "responsibility", "updated_at", "version") VALUES (NEW."contact_restriction", NEW."court_order_note", NEW."created_at", NEW."ended_on", NEW."family_id", NEW."id", NEW."kind", NEW."lives_with", NEW."person_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."relative_id", NEW."responsibility", NEW."updated_at", NEW."version"); RETURN NULL;',
                    hash="6a9e16b257bd4448bf09f1a561dbedc353c37dab",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_9df59",
                    table="families_relationship",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="relationship",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "families_relationshipevent" ("contact_restriction", "court_order_note", "created_at", "ended_on", "family_id", "id", "kind", "lives_with", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "relative_id", "responsibility", "updated_at", "version") VALUES (NEW."contact_restriction", NEW."court_order_note", NEW."created_at", NEW."ended_on", NEW."family_id", NEW."id", NEW."kind", NEW."lives_with", NEW."person_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."relative_id", NEW."responsibility", NEW."updated_at", NEW."version"); RETURN NULL;',
                    hash="7b89cc5b05a3798b17a85c545a46998e54b25ef9",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_0ec40",
                    table="families_relationship",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="relationshipevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="9e9a813b9b6831e6c24ddedf6ddc3f4d4f9df86c",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_441f5",
                    table="families_relationshipevent",
                    when="BEFORE",
                ),
            ),
        ),
        AddTrigger(
            model_name="sharedcare",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "families_sharedcareevent" ("created_at", "created_by_id", "family_id", "id", "member_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "since", "until", "updated_at") VALUES (NEW."created_at", NEW."created_by_id", NEW."family_id", NEW."id", NEW."member_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."since", NEW."until", NEW."updated_at"); RETURN NULL;',
                    hash="699ff056ac9901f74a82d51a3194d876bcada308",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_41291",
                    table="families_sharedcare",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="sharedcare",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "families_sharedcareevent" ("created_at", "created_by_id", "family_id", "id", "member_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "since", "until", "updated_at") VALUES (NEW."created_at", NEW."created_by_id", NEW."family_id", NEW."id", NEW."member_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."since", NEW."until", NEW."updated_at"); RETURN NULL;',
                    hash="2cfa8df4f04eb82996f369d48d5ac2de26b2172b",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_f172a",
                    table="families_sharedcare",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="sharedcareevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="b76d060e329a06a4fd0120e4535b384945070b94",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_6a87c",
                    table="families_sharedcareevent",
                    when="BEFORE",
                ),
            ),
        ),
        AddTrigger(
            model_name="statutorystatus",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "families_statutorystatusevent" ("created_at", "created_by_id", "family_id", "id", "member_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "since", "source", "status") VALUES (NEW."created_at", NEW."created_by_id", NEW."family_id", NEW."id", NEW."member_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."since", NEW."source", NEW."status"); RETURN NULL;',
                    hash="4ac1f593ab03c63c2e8f9ae2fea015a039649ebc",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_11c3a",
                    table="families_statutorystatus",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="statutorystatus",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "families_statutorystatusevent" ("created_at", "created_by_id", "family_id", "id", "member_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "since", "source", "status") VALUES (NEW."created_at", NEW."created_by_id", NEW."family_id", NEW."id", NEW."member_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."since", NEW."source", NEW."status"); RETURN NULL;',
                    hash="9f634cb8452a6db3d248ec9aa1ef1e268e17243d",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_6a2cc",
                    table="families_statutorystatus",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="statutorystatusevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="80a02deaf2890c263526456ffdb96e0c99d49881",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_aecb8",
                    table="families_statutorystatusevent",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.RunSQL(FUNCTIONS, BACK),
        change_policy("families_familymember", f"{OF_FAMILIES} or {SHARED}", OF_FAMILIES),
        *[protect(table, condition) for table, condition in CONDITIONS.items()],
        *[protect_log(f"{table}event", condition) for table, condition in CONDITIONS.items()],
        migrations.RunSQL(SILENCE, SILENCE_BACK),
    ]
