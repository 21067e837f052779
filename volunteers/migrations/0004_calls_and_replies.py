import django.db.models.deletion
import pgtrigger.compiler
from django.conf import settings
from django.db import migrations, models

from betterstart.access.row_security import AddTrigger, RemoveTrigger


class Migration(migrations.Migration):
    dependencies = [
        ("pghistory", "0007_auto_20250421_0444"),
        ("volunteers", "0003_check_in_recorded_at"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="CallRequest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("words", models.CharField(blank=True, max_length=300, verbose_name="what about, or when to ring")),
                ("asked_at", models.DateTimeField(auto_now_add=True)),
                ("closed_at", models.DateTimeField(editable=False, null=True)),
            ],
            options={
                "ordering": ["asked_at"],
            },
        ),
        migrations.CreateModel(
            name="CallRequestEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("words", models.CharField(blank=True, max_length=300, verbose_name="what about, or when to ring")),
                ("asked_at", models.DateTimeField(auto_now_add=True)),
                ("closed_at", models.DateTimeField(editable=False, null=True)),
            ],
            options={
                "abstract": False,
            },
        ),
        RemoveTrigger(
            model_name="checkin",
            name="insert_insert",
        ),
        RemoveTrigger(
            model_name="checkin",
            name="update_update",
        ),
        migrations.AddField(
            model_name="checkin",
            name="sent_digest",
            field=models.CharField(blank=True, editable=False, max_length=64),
        ),
        migrations.AddField(
            model_name="checkinevent",
            name="sent_digest",
            field=models.CharField(blank=True, editable=False, max_length=64),
        ),
        migrations.AddField(
            model_name="checkinnote",
            name="seen_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AlterField(
            model_name="checkinnote",
            name="kind",
            field=models.CharField(
                choices=[
                    ("question", "Question"),
                    ("answer", "Answer"),
                    ("addendum", "Added later"),
                    ("reply", "Reply"),
                ],
                max_length=10,
            ),
        ),
        AddTrigger(
            model_name="checkin",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "volunteers_checkinevent" ("author_id", "device_time", "family_id", "family_said", "heaviness", "id", "line_to_share", "may_share_line", "my_impression", "my_mood", "my_words", "other_feeling", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "rather_not_say", "recorded_at", "seen_at", "seen_by_id", "sent_digest", "updated_at", "uuid", "version", "visit_id", "wants_call", "worry", "worry_words") VALUES (NEW."author_id", NEW."device_time", NEW."family_id", NEW."family_said", NEW."heaviness", NEW."id", NEW."line_to_share", NEW."may_share_line", NEW."my_impression", NEW."my_mood", NEW."my_words", NEW."other_feeling", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."rather_not_say", NEW."recorded_at", NEW."seen_at", NEW."seen_by_id", NEW."sent_digest", NEW."updated_at", NEW."uuid", NEW."version", NEW."visit_id", NEW."wants_call", NEW."worry", NEW."worry_words"); RETURN NULL;',
                    hash="1c9f4c9e456edcf1066c25e7b50a16c020dcd73f",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_64a81",
                    table="volunteers_checkin",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="checkin",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "volunteers_checkinevent" ("author_id", "device_time", "family_id", "family_said", "heaviness", "id", "line_to_share", "may_share_line", "my_impression", "my_mood", "my_words", "other_feeling", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "rather_not_say", "recorded_at", "seen_at", "seen_by_id", "sent_digest", "updated_at", "uuid", "version", "visit_id", "wants_call", "worry", "worry_words") VALUES (NEW."author_id", NEW."device_time", NEW."family_id", NEW."family_said", NEW."heaviness", NEW."id", NEW."line_to_share", NEW."may_share_line", NEW."my_impression", NEW."my_mood", NEW."my_words", NEW."other_feeling", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."rather_not_say", NEW."recorded_at", NEW."seen_at", NEW."seen_by_id", NEW."sent_digest", NEW."updated_at", NEW."uuid", NEW."version", NEW."visit_id", NEW."wants_call", NEW."worry", NEW."worry_words"); RETURN NULL;',
                    hash="32b0085ec1278e5ddb6136571c47eede3cada9de",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_c1928",
                    table="volunteers_checkin",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddField(
            model_name="callrequest",
            name="check_in",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="volunteers.checkin"
            ),
        ),
        migrations.AddField(
            model_name="callrequest",
            name="closed_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="callrequest",
            name="volunteer",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="volunteers.volunteer"
            ),
        ),
        migrations.AddField(
            model_name="callrequestevent",
            name="check_in",
            field=models.ForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="volunteers.checkin",
            ),
        ),
        migrations.AddField(
            model_name="callrequestevent",
            name="closed_by",
            field=models.ForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="callrequestevent",
            name="pgh_context",
            field=models.ForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="pghistory.context",
            ),
        ),
        migrations.AddField(
            model_name="callrequestevent",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="events",
                to="volunteers.callrequest",
            ),
        ),
        migrations.AddField(
            model_name="callrequestevent",
            name="volunteer",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="volunteers.volunteer",
            ),
        ),
        migrations.AddConstraint(
            model_name="callrequest",
            constraint=models.UniqueConstraint(
                condition=models.Q(("closed_at", None)), fields=("volunteer",), name="call_request_one_open"
            ),
        ),
        migrations.AddConstraint(
            model_name="callrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("closed_at", None), ("closed_by", None)),
                    models.Q(("closed_at__isnull", False), ("closed_by__isnull", False)),
                    _connector="OR",
                ),
                name="call_request_closed_by_someone",
            ),
        ),
        AddTrigger(
            model_name="callrequest",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "volunteers_callrequestevent" ("asked_at", "check_in_id", "closed_at", "closed_by_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "volunteer_id", "words") VALUES (NEW."asked_at", NEW."check_in_id", NEW."closed_at", NEW."closed_by_id", NEW."id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."volunteer_id", NEW."words"); RETURN NULL;',
                    hash="24d823330820d674668dbfecdb77fc54731474a4",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_67c6a",
                    table="volunteers_callrequest",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="callrequest",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "volunteers_callrequestevent" ("asked_at", "check_in_id", "closed_at", "closed_by_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "volunteer_id", "words") VALUES (NEW."asked_at", NEW."check_in_id", NEW."closed_at", NEW."closed_by_id", NEW."id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."volunteer_id", NEW."words"); RETURN NULL;',
                    hash="b3d737d55f6e5335327d3c984fc5e57dc652028e",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_ae9fe",
                    table="volunteers_callrequest",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="callrequestevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="126cdd1664e81c6993e7d9a88841fa9526f9e64b",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_47c6d",
                    table="volunteers_callrequestevent",
                    when="BEFORE",
                ),
            ),
        ),
    ]
