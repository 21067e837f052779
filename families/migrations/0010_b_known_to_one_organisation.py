import importlib

import django.db.models.deletion
import pgtrigger.compiler
from django.conf import settings
from django.db import migrations, models

from betterstart.access.row_security import RESPONSIBLE_FAMILIES, AddTrigger, RemoveTrigger, change_policy

# What was told, griefs, agencies, the council's decisions and NHS numbers are known to the organisation that wrote
# them down. `known_to` and `known_to_coordinators` (families.models.known) say in Python what these policies say.
FUNCTIONS = """
create function families_organisations_held(held_roles text[]) returns setof bigint
language sql stable security definer set search_path = public, pg_temp as $$
    select m.organisation_id
    from access_membership m
    join access_user u on u.id = m.user_id and u.is_active
    where m.user_id = access_user_id() and m.role = any(held_roles)
      and m.starts_at <= statement_timestamp() and (m.ends_at is null or m.ends_at > statement_timestamp())
$$;
create function families_opened_ids() returns setof bigint
language sql stable security definer set search_path = public, pg_temp as $$
    select b.family_id from families_breakglass b
    join access_user u on u.id = b.user_id and u.is_active
    where b.user_id = access_user_id() and b.closed_at is null and b.expires_at > statement_timestamp()
$$;
create function families_opened_shared_ids() returns setof bigint
language sql stable security definer set search_path = public, pg_temp as $$
    select member_id from families_sharedcare
    where until is null and family_id = any(array(select families_opened_ids()))
$$;
"""
FORGET = """
drop function families_opened_shared_ids();
drop function families_opened_ids();
drop function families_organisations_held(text[]);
"""
TABLES = [
    "families_householdflag",
    "families_otheragency",
    "families_personal",
    "families_statutorystatus",
    "families_nhsnumber",
]
# Whoever registered the family wrote it, as far as anybody can tell of rows from before.
FILL = "".join(
    f"""
    alter table {table} disable trigger user;
    update {table} t set organisation_id = f.organisation_id from families_family f where f.id = t.family_id;
    set constraints all immediate;
    alter table {table} enable trigger user;
    """
    for row_table in TABLES
    for table in (row_table, f"{row_table}event")
)

COORDINATES = "organisation_id in (select families_organisations_held('{coordinator}'))"
OPENED = "organisation_id in (select families_organisations_held('{manager,safeguarding_lead}'))"
# By the family first: that drives the index, the rest is hashed.
OF_FAMILIES = f"""
    family_id = {RESPONSIBLE_FAMILIES} and (
        {COORDINATES} and family_id in (select families_coordinated_ids())
        or {OPENED} and family_id in (select families_opened_ids())
    )
"""
OF_COORDINATED = (
    "(family_id = any(array(select families_coordinated_ids()))"
    " or member_id = any(array(select families_coordinated_shared_ids())))"
)
OF_PEOPLE = f"""
    (family_id = {RESPONSIBLE_FAMILIES} or member_id = any(array(select families_responsible_shared_ids()))) and (
        {COORDINATES} and {OF_COORDINATED}
        or {OPENED} and (family_id in (select families_opened_ids())
                         or member_id in (select families_opened_shared_ids()))
    )
"""
CONDITIONS = {
    "families_householdflag": OF_FAMILIES,
    "families_otheragency": OF_FAMILIES,
    "families_personal": OF_PEOPLE,
    "families_statutorystatus": OF_PEOPLE,
    "families_nhsnumber": f"{OF_COORDINATED} and {COORDINATES}",
}
_BEFORE = importlib.import_module("families.migrations.0010_people").CONDITIONS


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0006_public_referrals"),
        ("families", "0015_endings"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        RemoveTrigger(
            model_name="householdflag",
            name="insert_insert",
        ),
        RemoveTrigger(
            model_name="householdflag",
            name="update_update",
        ),
        RemoveTrigger(
            model_name="nhsnumber",
            name="insert_insert",
        ),
        RemoveTrigger(
            model_name="nhsnumber",
            name="update_update",
        ),
        RemoveTrigger(
            model_name="otheragency",
            name="insert_insert",
        ),
        RemoveTrigger(
            model_name="otheragency",
            name="update_update",
        ),
        RemoveTrigger(
            model_name="personal",
            name="insert_insert",
        ),
        RemoveTrigger(
            model_name="personal",
            name="update_update",
        ),
        RemoveTrigger(
            model_name="statutorystatus",
            name="insert_insert",
        ),
        RemoveTrigger(
            model_name="statutorystatus",
            name="update_update",
        ),
        migrations.RemoveConstraint(
            model_name="householdflag",
            name="flag_told_once",
        ),
        # With a default, so that going back finds something to write.
        migrations.AlterField(
            model_name="nhsnumberevent", name="number", field=models.CharField(default="", max_length=10)
        ),
        migrations.RemoveField(
            model_name="nhsnumberevent",
            name="number",
        ),
        migrations.AddField(
            model_name="householdflag",
            name="organisation",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="access.organisation",
            ),
        ),
        migrations.AddField(
            model_name="householdflagevent",
            name="organisation",
            field=models.ForeignKey(
                db_constraint=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="access.organisation",
            ),
        ),
        migrations.AddField(
            model_name="nhsnumber",
            name="organisation",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="access.organisation",
            ),
        ),
        migrations.AddField(
            model_name="nhsnumberevent",
            name="organisation",
            field=models.ForeignKey(
                db_constraint=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="access.organisation",
            ),
        ),
        migrations.AddField(
            model_name="otheragency",
            name="organisation",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="access.organisation",
            ),
        ),
        migrations.AddField(
            model_name="otheragencyevent",
            name="organisation",
            field=models.ForeignKey(
                db_constraint=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="access.organisation",
            ),
        ),
        migrations.AddField(
            model_name="personal",
            name="organisation",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="access.organisation",
            ),
        ),
        migrations.AddField(
            model_name="personalevent",
            name="organisation",
            field=models.ForeignKey(
                db_constraint=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="access.organisation",
            ),
        ),
        migrations.AddField(
            model_name="statutorystatus",
            name="organisation",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="access.organisation",
            ),
        ),
        migrations.AddField(
            model_name="statutorystatusevent",
            name="organisation",
            field=models.ForeignKey(
                db_constraint=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="access.organisation",
            ),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.AlterField(
            model_name="householdflag",
            name="organisation",
            field=models.ForeignKey(
                editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.organisation"
            ),
        ),
        migrations.AlterField(
            model_name="householdflagevent",
            name="organisation",
            field=models.ForeignKey(
                db_constraint=False,
                editable=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="access.organisation",
            ),
        ),
        migrations.AlterField(
            model_name="nhsnumber",
            name="organisation",
            field=models.ForeignKey(
                editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.organisation"
            ),
        ),
        migrations.AlterField(
            model_name="nhsnumberevent",
            name="organisation",
            field=models.ForeignKey(
                db_constraint=False,
                editable=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="access.organisation",
            ),
        ),
        migrations.AlterField(
            model_name="otheragency",
            name="organisation",
            field=models.ForeignKey(
                editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.organisation"
            ),
        ),
        migrations.AlterField(
            model_name="otheragencyevent",
            name="organisation",
            field=models.ForeignKey(
                db_constraint=False,
                editable=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="access.organisation",
            ),
        ),
        migrations.AlterField(
            model_name="personal",
            name="organisation",
            field=models.ForeignKey(
                editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.organisation"
            ),
        ),
        migrations.AlterField(
            model_name="personalevent",
            name="organisation",
            field=models.ForeignKey(
                db_constraint=False,
                editable=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="access.organisation",
            ),
        ),
        migrations.AlterField(
            model_name="statutorystatus",
            name="organisation",
            field=models.ForeignKey(
                editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.organisation"
            ),
        ),
        migrations.AlterField(
            model_name="statutorystatusevent",
            name="organisation",
            field=models.ForeignKey(
                db_constraint=False,
                editable=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="access.organisation",
            ),
        ),
        migrations.AlterField(
            model_name="nhsnumber",
            name="member",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="nhs_numbers", to="families.familymember"
            ),
        ),
        migrations.AlterField(
            model_name="personal",
            name="member",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="personal", to="families.familymember"
            ),
        ),
        AddTrigger(
            model_name="householdflag",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "families_householdflagevent" ("answer", "answered_on", "created_at", "created_by_id", "family_id", "flag", "id", "organisation_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "source", "told_on", "updated_at") VALUES (NEW."answer", NEW."answered_on", NEW."created_at", NEW."created_by_id", NEW."family_id", NEW."flag", NEW."id", NEW."organisation_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."source", NEW."told_on", NEW."updated_at"); RETURN NULL;',
                    hash="6629139041e685a7948a44d4d521814bfb4f8361",
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
                    func='INSERT INTO "families_householdflagevent" ("answer", "answered_on", "created_at", "created_by_id", "family_id", "flag", "id", "organisation_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "source", "told_on", "updated_at") VALUES (NEW."answer", NEW."answered_on", NEW."created_at", NEW."created_by_id", NEW."family_id", NEW."flag", NEW."id", NEW."organisation_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."source", NEW."told_on", NEW."updated_at"); RETURN NULL;',
                    hash="413184c204df3c20792484696ed32de40493ce7f",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_99f64",
                    table="families_householdflag",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="nhsnumber",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "families_nhsnumberevent" ("created_at", "created_by_id", "family_id", "gateway", "id", "member_id", "organisation_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "updated_at", "version") VALUES (NEW."created_at", NEW."created_by_id", NEW."family_id", NEW."gateway", NEW."id", NEW."member_id", NEW."organisation_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."updated_at", NEW."version"); RETURN NULL;',
                    hash="cdab0f4374b733101d43a72b670d4f0ed3c9adae",
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
                    condition='WHEN (OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."created_by_id" IS DISTINCT FROM (NEW."created_by_id") OR OLD."family_id" IS DISTINCT FROM (NEW."family_id") OR OLD."gateway" IS DISTINCT FROM (NEW."gateway") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."member_id" IS DISTINCT FROM (NEW."member_id") OR OLD."organisation_id" IS DISTINCT FROM (NEW."organisation_id") OR OLD."updated_at" IS DISTINCT FROM (NEW."updated_at") OR OLD."version" IS DISTINCT FROM (NEW."version"))',
                    func='INSERT INTO "families_nhsnumberevent" ("created_at", "created_by_id", "family_id", "gateway", "id", "member_id", "organisation_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "updated_at", "version") VALUES (NEW."created_at", NEW."created_by_id", NEW."family_id", NEW."gateway", NEW."id", NEW."member_id", NEW."organisation_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."updated_at", NEW."version"); RETURN NULL;',
                    hash="0e755e62b17f716b983d96706776de88436e036c",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_39345",
                    table="families_nhsnumber",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="otheragency",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "families_otheragencyevent" ("agency", "asked_on", "contact", "created_at", "ended_on", "family_id", "id", "may_contact", "member_id", "organisation_id", "person_name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "role", "updated_at", "version") VALUES (NEW."agency", NEW."asked_on", NEW."contact", NEW."created_at", NEW."ended_on", NEW."family_id", NEW."id", NEW."may_contact", NEW."member_id", NEW."organisation_id", NEW."person_name", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."role", NEW."updated_at", NEW."version"); RETURN NULL;',
                    hash="9a8b93c1230a10f85e827769406e53732afeda04",
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
                    func='INSERT INTO "families_otheragencyevent" ("agency", "asked_on", "contact", "created_at", "ended_on", "family_id", "id", "may_contact", "member_id", "organisation_id", "person_name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "role", "updated_at", "version") VALUES (NEW."agency", NEW."asked_on", NEW."contact", NEW."created_at", NEW."ended_on", NEW."family_id", NEW."id", NEW."may_contact", NEW."member_id", NEW."organisation_id", NEW."person_name", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."role", NEW."updated_at", NEW."version"); RETURN NULL;',
                    hash="6a6c23130c41d23da2ca5ef00234ed76d273b289",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_c50a6",
                    table="families_otheragency",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="personal",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "families_personalevent" ("created_at", "died_on", "ethnic_group", "ethnic_words", "family_id", "gender", "grief_noted_at", "id", "member_id", "organisation_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "pregnancy_outcome", "updated_at", "version") VALUES (NEW."created_at", NEW."died_on", NEW."ethnic_group", NEW."ethnic_words", NEW."family_id", NEW."gender", NEW."grief_noted_at", NEW."id", NEW."member_id", NEW."organisation_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."pregnancy_outcome", NEW."updated_at", NEW."version"); RETURN NULL;',
                    hash="9cca393c6aa11eeb512324fe1e41f7a33bf37707",
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
                    func='INSERT INTO "families_personalevent" ("created_at", "died_on", "ethnic_group", "ethnic_words", "family_id", "gender", "grief_noted_at", "id", "member_id", "organisation_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "pregnancy_outcome", "updated_at", "version") VALUES (NEW."created_at", NEW."died_on", NEW."ethnic_group", NEW."ethnic_words", NEW."family_id", NEW."gender", NEW."grief_noted_at", NEW."id", NEW."member_id", NEW."organisation_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."pregnancy_outcome", NEW."updated_at", NEW."version"); RETURN NULL;',
                    hash="019194a5fe8abeff9b9e4baeb8835ee5722428a8",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_d5e86",
                    table="families_personal",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="statutorystatus",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "families_statutorystatusevent" ("created_at", "created_by_id", "family_id", "id", "member_id", "organisation_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "since", "source", "status") VALUES (NEW."created_at", NEW."created_by_id", NEW."family_id", NEW."id", NEW."member_id", NEW."organisation_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."since", NEW."source", NEW."status"); RETURN NULL;',
                    hash="b2010731c154143ef1870638d50acb60d8e1d1f9",
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
                    func='INSERT INTO "families_statutorystatusevent" ("created_at", "created_by_id", "family_id", "id", "member_id", "organisation_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "since", "source", "status") VALUES (NEW."created_at", NEW."created_by_id", NEW."family_id", NEW."id", NEW."member_id", NEW."organisation_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."since", NEW."source", NEW."status"); RETURN NULL;',
                    hash="db1316cb01357d731645d0483ebaf710cc42085c",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_6a2cc",
                    table="families_statutorystatus",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="householdflag",
            constraint=models.UniqueConstraint(
                fields=("family", "organisation", "flag", "source", "told_on"), name="flag_told_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="nhsnumber",
            constraint=models.UniqueConstraint(fields=("member", "organisation"), name="nhs_number_once"),
        ),
        migrations.AddConstraint(
            model_name="personal",
            constraint=models.UniqueConstraint(fields=("member", "organisation"), name="personal_once"),
        ),
        migrations.RunSQL(FUNCTIONS, FORGET),
        *[
            change_policy(f"{table}{history}", condition, _BEFORE[table])
            for table, condition in CONDITIONS.items()
            for history in ("", "event")
        ],
    ]
