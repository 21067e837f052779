-- The five database roles (docs/decisions.md, "Row-level security"). Once per cluster, by someone who may create roles;
-- running it again changes nothing. Passwords are set apart: ALTER ROLE app_owner PASSWORD '...', the same for app_rw.
do $$
begin
    if not exists (select from pg_roles where rolname = 'app_owner') then
        create role app_owner login createdb;      -- owns the tables, migrates, loads data
    end if;
    if not exists (select from pg_roles where rolname = 'app_rw') then
        create role app_rw login noinherit;        -- web and workers: sees no row until it acts as someone
    end if;
    if not exists (select from pg_roles where rolname = 'app_scoped') then
        create role app_scoped nologin;            -- the families this person works with
    end if;
    if not exists (select from pg_roles where rolname = 'app_all') then
        create role app_all nologin;               -- every family
    end if;
    if not exists (select from pg_roles where rolname = 'app_family') then
        create role app_family nologin;            -- an adult of a family, on their own page
    end if;
end
$$;
grant app_scoped, app_all, app_family to app_rw;
grant app_rw, app_scoped, app_all, app_family to app_owner;    -- the owner may try out what the others see
