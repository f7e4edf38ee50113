"""Queries to PostgreSQL about privileges, for ``store/across/rights.py``."""
# ruff: noqa: S608 -- the statements are built from constants of this file

from sqlalchemy import text

_OURS = "nspname !~ '^pg_' and nspname <> 'information_schema'"

#: The relations of this database, by displayed name.
_RELATIONS = f"""
    select pg_class.oid, relkind, relacl, relowner,
           case when relnamespace = current_schema()::regnamespace then relname else nspname || '.' || relname end
               as name,
           format('%I.%I', nspname, relname) as quoted,
           exists (select from pg_depend where classid = 'pg_class'::regclass and objid = pg_class.oid
                   and deptype = 'e') as is_foreign
    from pg_class join pg_namespace on pg_namespace.oid = relnamespace
    where {_OURS} and relkind in ('r', 'p', 'v', 'm', 'f', 'S')
"""

# All privileges of the role, whether its own, public, or inherited from a role that it is a member of.
HELD = text(f"""
    with relation as ({_RELATIONS}), usable as (
        select relation.* from relation join pg_class using (oid)
        where has_schema_privilege(:role, pg_class.relnamespace, 'USAGE')
    )
    select name, is_foreign, attname::text as column, privilege,
           has_column_privilege(:role, oid, attnum, privilege || ' WITH GRANT OPTION') as passed_on
    from usable join pg_attribute on attrelid = oid and attnum > 0 and not attisdropped,
         unnest(cast(:by_column as text[])) as privilege
    where relkind <> 'S' and has_column_privilege(:role, oid, attnum, privilege)
    union all
    select name, is_foreign, '', privilege, has_table_privilege(:role, oid, privilege || ' WITH GRANT OPTION')
    from usable, unnest(cast(:whole as text[])) as privilege
    where relkind <> 'S' and has_table_privilege(:role, oid, privilege)
    union all
    select name, is_foreign, '', privilege, has_sequence_privilege(:role, oid, privilege || ' WITH GRANT OPTION')
    from usable, unnest(array['USAGE', 'SELECT', 'UPDATE']) as privilege
    where relkind = 'S' and has_sequence_privilege(:role, oid, privilege)
""")

COLUMNS = text(f"""
    with relation as ({_RELATIONS})
    select name, array_agg(attname::text) from relation join pg_attribute on attrelid = oid
    where attnum > 0 and not attisdropped and relkind <> 'S' group by name
""")

# What PUBLIC may do with our tables.
PUBLIC = text(f"""
    with relation as ({_RELATIONS})
    select distinct name, privilege_type from relation, aclexplode(relacl) where grantee = 0 and not is_foreign
    union
    select name, privilege_type from relation join pg_attribute on attrelid = oid, aclexplode(attacl)
    where grantee = 0 and not is_foreign
""")

FUNCTIONS = text(f"""
    select pg_proc.oid::regprocedure::text as name, prosecdef, pg_get_userbyid(proowner) = current_user as is_mine,
           prokind = 'p' as is_procedure
    from pg_proc join pg_namespace on pg_namespace.oid = pronamespace
    where {_OURS} and has_schema_privilege(:role, pronamespace, 'USAGE')
      and has_function_privilege(:role, pg_proc.oid, 'EXECUTE')
      and not exists (select from pg_depend where classid = 'pg_proc'::regclass and objid = pg_proc.oid
                      and deptype = 'e')
    order by name
""")

# Each query returns deviations in words.
FAULTS = text(f"""
    select 'it is a superuser' from pg_roles where rolname = :role and rolsuper
    union all select 'it may make roles' from pg_roles where rolname = :role and rolcreaterole
    union all select 'it may make databases' from pg_roles where rolname = :role and rolcreatedb
    union all select 'it may copy the whole server' from pg_roles where rolname = :role and rolreplication
    union all select 'it passes row security by' from pg_roles where rolname = :role and rolbypassrls
    union all
    select 'it is a member of the role ' || roleid::regrole from pg_auth_members
    where member = (select oid from pg_roles where rolname = :role)
    union all
    select 'it owns ' || pg_describe_object(classid, objid, objsubid) from pg_shdepend
    where refclassid = 'pg_authid'::regclass and refobjid = (select oid from pg_roles where rolname = :role)
      and deptype = 'o'
      and (dbid = (select oid from pg_database where datname = current_database())
           or classid = 'pg_database'::regclass
              and objid = (select oid from pg_database where datname = current_database()))
    union all
    select 'it was given rights on ' || pg_describe_object(classid, objid, objsubid) from pg_shdepend
    where refclassid = 'pg_authid'::regclass and refobjid = (select oid from pg_roles where rolname = :role)
      and deptype = 'a' and dbid in (0, (select oid from pg_database where datname = current_database()))
      and classid not in ('pg_database'::regclass, 'pg_namespace'::regclass, 'pg_default_acl'::regclass)
      and not exists (select from pg_class join pg_namespace on pg_namespace.oid = relnamespace
                      where classid = 'pg_class'::regclass and pg_class.oid = objid and {_OURS})
      and not exists (select from pg_proc join pg_namespace on pg_namespace.oid = pronamespace
                      where classid = 'pg_proc'::regclass and pg_proc.oid = objid and {_OURS})
    union all
    select 'it may make schemas' where has_database_privilege(:role, current_database(), 'CREATE')
    union all
    select 'it may make tables in the schema ' || nspname from pg_namespace
    where {_OURS} and has_schema_privilege(:role, oid, 'CREATE')
    union all
    select distinct 'new ' || case defaclobjtype when 'r' then 'tables' when 'S' then 'sequences' when 'f'
           then 'functions' else 'schemas' end || ' of ' || defaclrole::regrole || ' are open to '
           || case when grantee = 0 then 'everybody' else 'it' end
    from pg_default_acl, aclexplode(defaclacl)
    where defaclobjtype <> 'T' and (grantee = 0 or grantee = (select oid from pg_roles where rolname = :role))
      and defaclrole in (select relowner from pg_class where relname = 'alembic_version')
""")

DEFAULTS = text("""
    select distinct nspname::text as schema,
           case defaclobjtype when 'r' then 'tables' when 'S' then 'sequences' when 'f' then 'functions'
           else 'schemas' end as what
    from pg_default_acl left join pg_namespace on pg_namespace.oid = defaclnamespace
    where pg_get_userbyid(defaclrole) = current_user and defaclobjtype <> 'T'
""")

MINE = text(f"""
    with relation as ({_RELATIONS})
    select name, quoted, relkind = 'S' as is_sequence, relkind in ('r', 'p') as is_table
    from relation where pg_get_userbyid(relowner) = current_user
""")

SCHEMAS = text(f"""
    select nspname::text, nspname = current_schema() as is_ours from pg_namespace
    where {_OURS} and pg_has_role(current_user, nspowner, 'USAGE')
""")

HAS_ROLE = text("select exists (select from pg_roles where rolname = :role)")

OWNS = text("""
    select exists (select from pg_class where relname = 'alembic_version' and relkind = 'r'
                   and pg_has_role(current_user, relowner, 'USAGE'))
""")
