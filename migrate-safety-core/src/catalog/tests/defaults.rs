//! Defaults whose volatility PostgreSQL 14, 16 and 18 were asked for: whether `ADD COLUMN … DEFAULT` rewrites the table.

use crate::catalog::testing::catalog_of;
use crate::sql::operation::TableAction;
use crate::sql::{Operation, parse};

const FUNCTIONS: &str = "
    create function sql_one() returns int language sql as 'select 1';
    create function sql_vol() returns float8 language sql as 'select random()';
    create function sql_arg(a int) returns int language sql as 'select a + 1';
    create function sql_arg2(int) returns int language sql as 'select $1 + 1';
    create function sql_strict(a int) returns int language sql strict as 'select a + 1';
    create function sql_strict_co(a int) returns int language sql strict as 'select coalesce(a, 1)';
    create function sql_table() returns bigint language sql as 'select count(*) from pg_class';
    create function sql_two() returns int language sql as 'select 1; select 2';
    create function sql_set() returns setof int language sql as 'select 1';
    create function sql_secdef() returns int language sql security definer as 'select 1';
    create function sql_conf() returns int language sql set work_mem='1MB' as 'select 1';
    create function sql_now() returns timestamptz language sql as 'select now()';
    create function sql_nest() returns int language sql as 'select sql_one() + 1';
    create function sql_stable_vol() returns float8 language sql stable as 'select random()';
    create function sql_imm_vol() returns float8 language sql immutable as 'select random()';
    create function sql_case(a int) returns text language sql as $$select case when a > 1 then 'a' else 'b' end$$;
    create function sql_case_strict(a int) returns text language sql strict as $$select case when a > 1 then 'a' else 'b' end$$;
    create function sql_ret() returns int language sql return 1;
    create function sql_ret_vol() returns float8 language sql return random();
    create function sql_atomic() returns int language sql begin atomic select 1; end;
    create function sql_out(out x int) language sql as 'select 1';
    create function sql_sub() returns int language sql as 'select (select 1)';
    create function sql_default(a int default 3) returns int language sql as 'select a';
    create function sql_void() returns void language sql as 'select 1';
    create function sql_limit() returns int language sql as 'select 1 limit 1';
    create function sql_where() returns int language sql as 'select 1 where true';
    create function sql_values() returns int language sql as 'values (1)';
    create function sql_cast() returns text language sql as 'select 1::text';
    create function sql_twice(a float8) returns float8 language sql as 'select a + a';
    create function pl_vol() returns int language plpgsql as 'begin return 1; end';
    create function pl_stable() returns int language plpgsql stable as 'begin return 1; end';
    create function pl_imm() returns int language plpgsql immutable as 'begin return 1; end';
    create function pl_arg(a float8) returns float8 language plpgsql immutable as 'begin return 1; end';
    create type mood as enum('a','b'); create domain dc as int check (value>0); create domain dn as int; create domain dnn as int not null default 1; create sequence sq;";

/// These rewrite.
const VOLATILE: &[&str] = &[
    "sql_vol()",
    "sql_strict_co(1)",
    "sql_table()",
    "sql_two()",
    "sql_secdef()",
    "sql_conf()",
    "sql_case_strict(1)",
    "sql_ret_vol()",
    "sql_sub()",
    "sql_limit()",
    "sql_where()",
    "sql_values()",
    "sql_twice(random())",
    "pl_vol()",
    "pl_arg(random())",
    "clock_timestamp()",
    "timeofday()",
    "gen_random_uuid()",
    "gen_random_uuid()::text",
    "md5(random()::text)",
    "md5(clock_timestamp()::text)",
    "nextval('sq')",
    "extract(epoch from clock_timestamp())",
    "random()",
    "floor(random()*10)",
    "(random()*10)::int",
    "case when random()>1 then 'a' else 'b' end",
    "(array[random()])[1]",
    "concat('a', random())",
    "pg_sleep(0)::text",
    "set_config('a.b','c',false)",
    "pg_relation_size('t')",
    "'a' || random()",
    "greatest(now(), clock_timestamp())",
    "lower(md5(upper(random()::text)))",
    "json_build_object('a', random())",
];

/// These do not.
const NOT_VOLATILE: &[&str] = &[
    "sql_one()",
    "sql_arg(1)",
    "sql_arg2(1)",
    "sql_strict(1)",
    "sql_now()",
    "sql_nest()",
    "sql_stable_vol()",
    "sql_imm_vol()",
    "sql_case(1)",
    "sql_ret()",
    "sql_atomic()",
    "sql_out()",
    "sql_default()",
    "sql_default(1)",
    "sql_cast()",
    "sql_twice(1)",
    "pl_stable()",
    "pl_imm()",
    "pl_arg(1)",
    "1",
    "1 + 1",
    "'a'",
    "lower('A')",
    "'{}'",
    "'{}'::jsonb",
    "jsonb_build_object('a', 1)",
    "now()",
    "current_timestamp",
    "now() + interval '1 day'",
    "now() + '1 day'",
    "statement_timestamp()",
    "transaction_timestamp()",
    "'now'",
    "'now'::text::timestamptz",
    "current_date",
    "localtime",
    "now()::date",
    "md5(now()::text)",
    "encode(sha256('a'::bytea),'hex')",
    "txid_current()",
    "current_user",
    "session_user",
    "current_setting('TimeZone')",
    "version()",
    "pg_backend_pid()",
    "inet_server_port()",
    "to_char(now(),'YYYY')",
    "timezone('utc', now())",
    "extract(epoch from now())",
    "'a'",
    "'a'::mood",
    "1",
    "'{}'",
    "array[1,2]",
    "array[]::text[]",
    "coalesce(null,'a')",
    "case when true then 'a' else 'b' end",
    "greatest(1, 2)",
    "true",
    "concat('a', now())",
    "format('%s', 1)",
    "'\\x00'",
    "'1 day'",
    "1.5",
    "date_trunc('day', now())",
    "tstzrange(now(), null)",
    "'00000000-0000-0000-0000-000000000000'",
    "'a' || now()",
    "'a' || 1",
    "nullif(1, 1)",
    "extract(year from current_date)::int",
    "localtimestamp",
    "make_timestamptz(2020,1,1,0,0,0)",
    "length('abc')",
    "inet_client_addr()",
    "quote_literal('a')",
    "'t'::regclass",
    "'t'",
    "'<a/>'",
    "xmlparse(content '<a/>')",
    "to_tsvector('a')",
    "'a'",
    "current_database()",
    "current_schema",
    "hashtext('a')",
    "pi()",
    "power(2,3)",
    "width_bucket(5,1,10,2)",
    "pg_current_xact_id()::text::bigint",
    "pg_postmaster_start_time()",
    "json_build_object('a', now())",
    "row_to_json(row(1,2))",
    "pg_typeof(1)::text",
    "array_length(array[1,2],1)",
];

#[test]
fn volatile_defaults_are_told_from_others() {
    let catalog = catalog_of(FUNCTIONS);
    let volatile = |expression: &str| {
        let script = parse(catalog.target(), &format!("ALTER TABLE t ADD COLUMN x int DEFAULT {expression}"));
        let Operation::AlterTable(alter) = &script.statements[0].operations[0].operation else {
            panic!("{expression}");
        };
        let TableAction::AddColumn { column, .. } = &alter.action else { panic!("{expression}") };
        catalog.contains_volatile_functions(&column.default.as_ref().expect(expression).expr)
    };
    let wrong = |list: &[&'static str], expected| {
        list.iter().filter(|e| volatile(e) != Some(expected)).copied().collect::<Vec<_>>()
    };
    assert_eq!(wrong(VOLATILE, true), Vec::<&str>::new());
    assert_eq!(wrong(NOT_VOLATILE, false), Vec::<&str>::new());
}
