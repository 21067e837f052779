import django.contrib.postgres.fields
import django.db.models.deletion
import pgtrigger.compiler
from django.conf import settings
from django.db import migrations, models

import betterstart.clock
from betterstart.access.row_security import RESPONSIBLE_SUPPORTS, AddTrigger, protect, protect_log, watch_added

OF_THE_COORDINATOR = f"support_id = any(array{RESPONSIBLE_SUPPORTS})"


class Migration(migrations.Migration):
    dependencies = [
        ("families", "0027_page_once"),
        ("pghistory", "0007_auto_20250421_0444"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="VisitNeeds",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "suits",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=24),
                        blank=True,
                        null=True,
                        size=None,
                        verbose_name="when visits suit",
                    ),
                ),
                (
                    "at_home",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=24),
                        blank=True,
                        null=True,
                        size=None,
                        verbose_name="at their home",
                    ),
                ),
                ("no_pets", models.BooleanField(default=False, verbose_name="nobody who has animals at home")),
                (
                    "who_comes",
                    models.CharField(
                        choices=[
                            ("one", "One volunteer can come alone"),
                            ("two", "Two people have to come together"),
                            ("worker", "A paid worker has to come"),
                        ],
                        default="one",
                        max_length=6,
                        verbose_name="who has to come",
                    ),
                ),
                ("why", models.TextField(blank=True, max_length=1000, verbose_name="why")),
                ("language", models.CharField(blank=True, max_length=35, verbose_name="visits have to be in")),
                ("interpreter_will_do", models.BooleanField(default=False, verbose_name="an interpreter is fine too")),
                (
                    "enjoys",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=24),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="what they like to do",
                    ),
                ),
                ("words", models.TextField(blank=True, max_length=1000, verbose_name="what else has to be so")),
                ("said_on", models.DateField(default=betterstart.clock.london_today, verbose_name="said on")),
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
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "said_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="families.familymember",
                    ),
                ),
                (
                    "support",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="visit_needs", to="families.support"
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "visit needs",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("suits", None),
                            (
                                "suits__contained_by",
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
                            ),
                            _connector="OR",
                        ),
                        name="visit_needs_times_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "enjoys__contained_by",
                                [
                                    "baking",
                                    "walks",
                                    "gardening",
                                    "crafts",
                                    "books",
                                    "music",
                                    "sport",
                                    "films",
                                    "animals",
                                    "faith",
                                    "languages",
                                    "tea",
                                ],
                            )
                        ),
                        name="visit_needs_enjoys_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("at_home", None),
                            ("at_home__contained_by", ["dog", "cat", "other_animal", "smoke", "stairs"]),
                            _connector="OR",
                        ),
                        name="visit_needs_home_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("who_comes", "one"), ("why", "")),
                            models.Q(("who_comes__in", ["two", "worker"]), models.Q(("why", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="visit_needs_who_has_a_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("language", ""), _negated=True), ("interpreter_will_do", False), _connector="OR"
                        ),
                        name="visit_needs_interpreter_for_a_language",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="VisitNeedsEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                (
                    "suits",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=24),
                        blank=True,
                        null=True,
                        size=None,
                        verbose_name="when visits suit",
                    ),
                ),
                (
                    "at_home",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=24),
                        blank=True,
                        null=True,
                        size=None,
                        verbose_name="at their home",
                    ),
                ),
                ("no_pets", models.BooleanField(default=False, verbose_name="nobody who has animals at home")),
                (
                    "who_comes",
                    models.CharField(
                        choices=[
                            ("one", "One volunteer can come alone"),
                            ("two", "Two people have to come together"),
                            ("worker", "A paid worker has to come"),
                        ],
                        default="one",
                        max_length=6,
                        verbose_name="who has to come",
                    ),
                ),
                ("why", models.TextField(blank=True, max_length=1000, verbose_name="why")),
                ("language", models.CharField(blank=True, max_length=35, verbose_name="visits have to be in")),
                ("interpreter_will_do", models.BooleanField(default=False, verbose_name="an interpreter is fine too")),
                (
                    "enjoys",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=24),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="what they like to do",
                    ),
                ),
                ("words", models.TextField(blank=True, max_length=1000, verbose_name="what else has to be so")),
                ("said_on", models.DateField(default=betterstart.clock.london_today, verbose_name="said on")),
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
                        to="families.visitneeds",
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
                    "said_by",
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
        AddTrigger(
            model_name="visitneeds",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "families_visitneedsevent" ("at_home", "created_at", "enjoys", "family_id", "id", "interpreter_will_do", "language", "no_pets", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "recorded_by_id", "said_by_id", "said_on", "suits", "support_id", "updated_at", "version", "who_comes", "why", "words") VALUES (NEW."at_home", NEW."created_at", NEW."enjoys", NEW."family_id", NEW."id", NEW."interpreter_will_do", NEW."language", NEW."no_pets", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."recorded_by_id", NEW."said_by_id", NEW."said_on", NEW."suits", NEW."support_id", NEW."updated_at", NEW."version", NEW."who_comes", NEW."why", NEW."words"); RETURN NULL;',
                    hash="45d034dd224b899cce983a5e877c5254cbac33a6",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_03fc1",
                    table="families_visitneeds",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="visitneeds",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "families_visitneedsevent" ("at_home", "created_at", "enjoys", "family_id", "id", "interpreter_will_do", "language", "no_pets", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "recorded_by_id", "said_by_id", "said_on", "suits", "support_id", "updated_at", "version", "who_comes", "why", "words") VALUES (NEW."at_home", NEW."created_at", NEW."enjoys", NEW."family_id", NEW."id", NEW."interpreter_will_do", NEW."language", NEW."no_pets", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."recorded_by_id", NEW."said_by_id", NEW."said_on", NEW."suits", NEW."support_id", NEW."updated_at", NEW."version", NEW."who_comes", NEW."why", NEW."words"); RETURN NULL;',
                    hash="7ab8f5c75617bb245f57d4c30aed3120bbf98ee9",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_bdee7",
                    table="families_visitneeds",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="visitneedsevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="5e81a0cd2767fc619c011faead3ef53207e15c5a",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_2c845",
                    table="families_visitneedsevent",
                    when="BEFORE",
                ),
            ),
        ),
        protect("families_visitneeds", OF_THE_COORDINATOR),
        watch_added("families_visitneeds", "families_not_into_joined"),
        protect_log("families_visitneedsevent", OF_THE_COORDINATOR),
    ]
