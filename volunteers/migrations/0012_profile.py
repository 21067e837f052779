import django.contrib.postgres.fields
import django.db.models.deletion
import pgtrigger.compiler
from django.conf import settings
from django.db import migrations, models

import betterstart.clock
from betterstart.access.row_security import RESPONSIBLE_FAMILIES, AddTrigger, protect, protect_log, watch_added

# One's own; coordinators those of the volunteers they keep.
PROFILES = "volunteer_id = (select volunteers_own_id()) or volunteer_id in (select volunteers_kept_ids())"
# Neither side reads what the other said: coordinators both, volunteers what they said themselves.
KEPT_APART = f"family_id = {RESPONSIBLE_FAMILIES} and volunteer_id in (select volunteers_kept_ids())"
NEVER = f"{KEPT_APART} or volunteer_id = (select volunteers_own_id()) and said_by = 'volunteer'"


class Migration(migrations.Migration):
    dependencies = [
        ("families", "0028_visit_needs"),
        ("pghistory", "0007_auto_20250421_0444"),
        ("volunteers", "0011_checks"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="NeverWith",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "said_by",
                    models.CharField(
                        choices=[
                            ("family", "The family"),
                            ("volunteer", "The volunteer"),
                            ("coordinator", "A coordinator"),
                        ],
                        max_length=11,
                        verbose_name="who said so",
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("knows_them", "They know each other"),
                            ("same_street", "They live in the same street"),
                            ("school_gate", "They meet at school or nursery"),
                            ("agency", "The volunteer works for an agency that is involved"),
                            ("asked", "Asked for somebody else"),
                            ("other", "Something else"),
                        ],
                        max_length=11,
                        verbose_name="why",
                    ),
                ),
                ("words", models.TextField(blank=True, max_length=1000, verbose_name="in a few words")),
                ("said_on", models.DateField(default=betterstart.clock.london_today, verbose_name="said on")),
                ("recorded_at", models.DateTimeField(auto_now_add=True)),
                ("taken_back_at", models.DateTimeField(editable=False, null=True)),
                (
                    "taken_back_why",
                    models.TextField(blank=True, max_length=1000, verbose_name="why it no longer holds"),
                ),
                (
                    "family",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="families.family"
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "reply",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="families.familyreply",
                    ),
                ),
                (
                    "taken_back_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "volunteer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="volunteers.volunteer"
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "never with",
                "ordering": ["-id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("reason__in", ["knows_them", "same_street", "school_gate", "agency", "asked", "other"]),
                            ("said_by__in", ["family", "volunteer", "coordinator"]),
                        ),
                        name="never_with_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("taken_back_at", None), ("taken_back_by", None), ("taken_back_why", "")),
                            models.Q(
                                ("taken_back_at__isnull", False),
                                ("taken_back_by__isnull", False),
                                models.Q(("taken_back_why", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="never_with_taken_back_for_a_reason",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="NeverWithEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                (
                    "said_by",
                    models.CharField(
                        choices=[
                            ("family", "The family"),
                            ("volunteer", "The volunteer"),
                            ("coordinator", "A coordinator"),
                        ],
                        max_length=11,
                        verbose_name="who said so",
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("knows_them", "They know each other"),
                            ("same_street", "They live in the same street"),
                            ("school_gate", "They meet at school or nursery"),
                            ("agency", "The volunteer works for an agency that is involved"),
                            ("asked", "Asked for somebody else"),
                            ("other", "Something else"),
                        ],
                        max_length=11,
                        verbose_name="why",
                    ),
                ),
                ("words", models.TextField(blank=True, max_length=1000, verbose_name="in a few words")),
                ("said_on", models.DateField(default=betterstart.clock.london_today, verbose_name="said on")),
                ("recorded_at", models.DateTimeField(auto_now_add=True)),
                ("taken_back_at", models.DateTimeField(editable=False, null=True)),
                (
                    "taken_back_why",
                    models.TextField(blank=True, max_length=1000, verbose_name="why it no longer holds"),
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
                        to="volunteers.neverwith",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "reply",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="families.familyreply",
                    ),
                ),
                (
                    "taken_back_by",
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
                    "volunteer",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="volunteers.volunteer",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="VolunteerProfile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "times",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=24),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="when I can come",
                    ),
                ),
                (
                    "hours_a_week",
                    models.DecimalField(
                        decimal_places=1, max_digits=3, null=True, verbose_name="hours a week, with the way there"
                    ),
                ),
                ("postcode", models.CharField(blank=True, max_length=8, verbose_name="my postcode")),
                ("miles", models.PositiveSmallIntegerField(null=True, verbose_name="how far I go")),
                (
                    "means",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=24),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="how I get there",
                    ),
                ),
                ("has_car", models.BooleanField(null=True, verbose_name="I have a car")),
                ("insurance_seen_on", models.DateField(null=True, verbose_name="business-use insurance seen on")),
                ("languages", models.JSONField(default=list, verbose_name="languages")),
                (
                    "skills",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=24),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="what I can help with",
                    ),
                ),
                ("skills_words", models.CharField(blank=True, max_length=300, verbose_name="something else I can do")),
                (
                    "enjoys",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=24),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="what I like to do",
                    ),
                ),
                (
                    "shared",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=24),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="what I lived through",
                    ),
                ),
                ("shared_words", models.TextField(blank=True, max_length=1000, verbose_name="in my own words")),
                ("homes", models.JSONField(default=dict, verbose_name="homes I can visit")),
                ("has_pets", models.BooleanField(null=True, verbose_name="I have animals at home")),
                ("limits", models.TextField(blank=True, max_length=1000, verbose_name="what I would rather not do")),
                ("gender", models.CharField(blank=True, max_length=100, verbose_name="my gender, in my own words")),
                (
                    "offered_as",
                    models.CharField(
                        blank=True,
                        choices=[("", "I would rather not say"), ("woman", "A woman"), ("man", "A man")],
                        default="",
                        max_length=5,
                    ),
                ),
                ("said", models.JSONField(default=dict, editable=False)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                (
                    "insurance_seen_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "volunteer",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="profile", to="volunteers.volunteer"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "times__contained_by",
                                [
                                    "mon-morning",
                                    "mon-afternoon",
                                    "mon-evening",
                                    "tue-morning",
                                    "tue-afternoon",
                                    "tue-evening",
                                    "wed-morning",
                                    "wed-afternoon",
                                    "wed-evening",
                                    "thu-morning",
                                    "thu-afternoon",
                                    "thu-evening",
                                    "fri-morning",
                                    "fri-afternoon",
                                    "fri-evening",
                                    "sat-morning",
                                    "sat-afternoon",
                                    "sat-evening",
                                    "sun-morning",
                                    "sun-afternoon",
                                    "sun-evening",
                                ],
                            )
                        ),
                        name="profile_times_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("hours_a_week", None), ("hours_a_week__range", (0.5, 40)), _connector="OR"),
                        name="profile_hours_possible",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("miles", None), ("miles__range", (1, 60)), _connector="OR"),
                        name="profile_miles_possible",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("insurance_seen_by", None), ("insurance_seen_on", None)),
                            models.Q(("insurance_seen_by__isnull", False), ("insurance_seen_on__isnull", False)),
                            _connector="OR",
                        ),
                        name="profile_insurance_seen_by_someone",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("offered_as__in", ["", "woman", "man"])), name="profile_offered_as_known"
                    ),
                ]
            },
        ),
        migrations.CreateModel(
            name="VolunteerProfileEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                (
                    "times",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=24),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="when I can come",
                    ),
                ),
                (
                    "hours_a_week",
                    models.DecimalField(
                        decimal_places=1, max_digits=3, null=True, verbose_name="hours a week, with the way there"
                    ),
                ),
                ("postcode", models.CharField(blank=True, max_length=8, verbose_name="my postcode")),
                ("miles", models.PositiveSmallIntegerField(null=True, verbose_name="how far I go")),
                (
                    "means",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=24),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="how I get there",
                    ),
                ),
                ("has_car", models.BooleanField(null=True, verbose_name="I have a car")),
                ("insurance_seen_on", models.DateField(null=True, verbose_name="business-use insurance seen on")),
                ("languages", models.JSONField(default=list, verbose_name="languages")),
                (
                    "skills",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=24),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="what I can help with",
                    ),
                ),
                ("skills_words", models.CharField(blank=True, max_length=300, verbose_name="something else I can do")),
                (
                    "enjoys",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=24),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="what I like to do",
                    ),
                ),
                (
                    "shared",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=24),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="what I lived through",
                    ),
                ),
                ("shared_words", models.TextField(blank=True, max_length=1000, verbose_name="in my own words")),
                ("homes", models.JSONField(default=dict, verbose_name="homes I can visit")),
                ("has_pets", models.BooleanField(null=True, verbose_name="I have animals at home")),
                ("limits", models.TextField(blank=True, max_length=1000, verbose_name="what I would rather not do")),
                ("gender", models.CharField(blank=True, max_length=100, verbose_name="my gender, in my own words")),
                (
                    "offered_as",
                    models.CharField(
                        blank=True,
                        choices=[("", "I would rather not say"), ("woman", "A woman"), ("man", "A man")],
                        default="",
                        max_length=5,
                    ),
                ),
                ("said", models.JSONField(default=dict, editable=False)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                (
                    "insurance_seen_by",
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
                        to="volunteers.volunteerprofile",
                    ),
                ),
                (
                    "volunteer",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="volunteers.volunteer",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        AddTrigger(
            model_name="neverwith",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "volunteers_neverwithevent" ("family_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "recorded_at", "recorded_by_id", "reply_id", "said_by", "said_on", "taken_back_at", "taken_back_by_id", "taken_back_why", "volunteer_id", "words") VALUES (NEW."family_id", NEW."id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."reason", NEW."recorded_at", NEW."recorded_by_id", NEW."reply_id", NEW."said_by", NEW."said_on", NEW."taken_back_at", NEW."taken_back_by_id", NEW."taken_back_why", NEW."volunteer_id", NEW."words"); RETURN NULL;',
                    hash="0e994e188331495dad957f826266e7314de6d31b",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_c7e93",
                    table="volunteers_neverwith",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="neverwith",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "volunteers_neverwithevent" ("family_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "recorded_at", "recorded_by_id", "reply_id", "said_by", "said_on", "taken_back_at", "taken_back_by_id", "taken_back_why", "volunteer_id", "words") VALUES (NEW."family_id", NEW."id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."reason", NEW."recorded_at", NEW."recorded_by_id", NEW."reply_id", NEW."said_by", NEW."said_on", NEW."taken_back_at", NEW."taken_back_by_id", NEW."taken_back_why", NEW."volunteer_id", NEW."words"); RETURN NULL;',
                    hash="bcf6a7672ac3db52e43c6f3ce167595ffac34e3e",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_605dd",
                    table="volunteers_neverwith",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="neverwithevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="08f1024424e55dfc12ffcd550606e349b32588ed",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_1d616",
                    table="volunteers_neverwithevent",
                    when="BEFORE",
                ),
            ),
        ),
        AddTrigger(
            model_name="volunteerprofile",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "volunteers_volunteerprofileevent" ("created_at", "enjoys", "gender", "has_car", "has_pets", "homes", "hours_a_week", "id", "insurance_seen_by_id", "insurance_seen_on", "languages", "limits", "means", "miles", "offered_as", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "postcode", "said", "shared", "shared_words", "skills", "skills_words", "times", "updated_at", "version", "volunteer_id") VALUES (NEW."created_at", NEW."enjoys", NEW."gender", NEW."has_car", NEW."has_pets", NEW."homes", NEW."hours_a_week", NEW."id", NEW."insurance_seen_by_id", NEW."insurance_seen_on", NEW."languages", NEW."limits", NEW."means", NEW."miles", NEW."offered_as", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."postcode", NEW."said", NEW."shared", NEW."shared_words", NEW."skills", NEW."skills_words", NEW."times", NEW."updated_at", NEW."version", NEW."volunteer_id"); RETURN NULL;',
                    hash="0cf5a69cf81a6d4c08777c91738e7de206a7dfd7",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_f43fc",
                    table="volunteers_volunteerprofile",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="volunteerprofile",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "volunteers_volunteerprofileevent" ("created_at", "enjoys", "gender", "has_car", "has_pets", "homes", "hours_a_week", "id", "insurance_seen_by_id", "insurance_seen_on", "languages", "limits", "means", "miles", "offered_as", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "postcode", "said", "shared", "shared_words", "skills", "skills_words", "times", "updated_at", "version", "volunteer_id") VALUES (NEW."created_at", NEW."enjoys", NEW."gender", NEW."has_car", NEW."has_pets", NEW."homes", NEW."hours_a_week", NEW."id", NEW."insurance_seen_by_id", NEW."insurance_seen_on", NEW."languages", NEW."limits", NEW."means", NEW."miles", NEW."offered_as", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."postcode", NEW."said", NEW."shared", NEW."shared_words", NEW."skills", NEW."skills_words", NEW."times", NEW."updated_at", NEW."version", NEW."volunteer_id"); RETURN NULL;',
                    hash="462e8b5a68f94711f2db3075a09b7d703dfbd79c",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_8a030",
                    table="volunteers_volunteerprofile",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="volunteerprofileevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="cb04c4ca2b6ae2e7b9070077f740130f266a9c80",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_9f2a9",
                    table="volunteers_volunteerprofileevent",
                    when="BEFORE",
                ),
            ),
        ),
        protect("volunteers_volunteerprofile", PROFILES),
        protect_log("volunteers_volunteerprofileevent", PROFILES),
        protect("volunteers_neverwith", NEVER),
        watch_added("volunteers_neverwith", "families_not_into_joined"),
        protect_log("volunteers_neverwithevent", KEPT_APART),
    ]
