//! Columns of a table with keys, indexes and a view.

use crate::row::Row;

const SETUP: &str = r#"
create table p (id int primary key, code text unique, v varchar(20), x int);
create table t (id serial primary key, a int, b text, v varchar(10), p_id int references p(id), n numeric(10,2), ts timestamp, e int not null, u int unique, j json, d int default 5, g int generated always as identity, constraint t_a_check check (a >= 0), constraint t_b_len check (length(b) < 100) not valid);
create index t_a_idx on t(a);
create index t_b_idx on t(b);
create index t_expr on t(lower(b));
create index t_part on t(id) where v is not null;
create index t_v_idx on t(v);
create index t_ts_idx on t(ts);
create table c (id int primary key, t_id int references t(id), t_u int references t(u), o int);
create index c_t_id on c(t_id);
create table s (id int primary key, parent int references s(id), x int);
insert into p select i, 'c'||i, 'v'||i, i from generate_series(1,2000) i;
insert into t(a,b,v,p_id,n,ts,e,u) select i,'b'||i,'v'||i,i,i,now(),i,i from generate_series(1,2000) i;
insert into c select i,i,i,i from generate_series(1,2000) i;
insert into s select i,i,i from generate_series(1,2000) i;
create view w as select id, b from t;
create function vol() returns int language plpgsql volatile as 'begin return 1; end';
create function imm() returns int language plpgsql immutable as 'begin return 1; end';
create domain dom_plain as int;
create domain dom_check as int check (value > 0);
create domain dom_nn as int not null;
create domain dom_def as int default 3;
create type mood as enum ('a','b');
create sequence sq;
create unique index p_x_uq on p(x);
create schema zz;
"#;

pub(super) const ROWS: &[Row] = &[
    Row::new(SETUP, "alter table t add column z int"),
    Row::new(SETUP, "alter table t add column z int default 3 not null"),
    Row::new(SETUP, "alter table t add column z int default vol()"),
    Row::new(SETUP, "alter table t add column z int default imm()"),
    Row::new(SETUP, "alter table t add column z serial"),
    Row::new(SETUP, "alter table t add column z int default nextval('sq')"),
    Row::new(SETUP, "alter table t add column z int generated always as identity"),
    Row::new(SETUP, "alter table t add column z int generated always as (a*2) stored"),
    Row::new(SETUP, "alter table t add column z int generated always as (a*2)"),
    Row::new(SETUP, "alter table t add column z int generated always as (a*2) virtual not null"),
    Row::new(SETUP, "alter table t add column z dom_plain"),
    Row::new(SETUP, "alter table t add column z dom_check"),
    Row::new(SETUP, "alter table t add column z dom_check default 4"),
    Row::new(SETUP, "alter table t add column z dom_nn"),
    Row::new(SETUP, "alter table t add column z dom_nn default 4"),
    Row::new(SETUP, "alter table t add column z dom_def"),
    Row::new(SETUP, "alter table t add column z dom_check[]"),
    Row::new(SETUP, "alter table t add column z int check (z > 0)"),
    Row::new(SETUP, "alter table t add column z int default 5 check (z > 0)"),
    Row::new(SETUP, "alter table t add column z int unique"),
    Row::new(SETUP, "alter table t add column z int unique using index tablespace pg_default"),
    Row::new(SETUP, "alter table t add column z int references p"),
    Row::new(SETUP, "alter table t add column z int default 1 references p"),
    Row::new(SETUP, "alter table t add column z int default 1 references p(x)"),
    Row::new(SETUP, "alter table t add column z int default null references p"),
    Row::new(SETUP, "alter table t add column z int references p, add column y int default 1"),
    Row::new(SETUP, "alter table t add column z int references p, add column y int"),
    Row::new(SETUP, "alter table t add column z int references p, add constraint cc check (a > -1) not valid"),
    Row::new(SETUP, "alter table t add column z int references t"),
    Row::new(SETUP, "alter table t add column z int not null"),
    Row::new(SETUP, "alter table t add column z int not null default null"),
    Row::new(SETUP, "alter table t add column z serial primary key"),
    Row::new(SETUP, "alter table s add column z serial unique"),
    Row::new(SETUP, "alter table t add column z int generated always as identity references p"),
    Row::new(SETUP, "alter table t add column if not exists a int"),
    Row::new(SETUP, "alter table t add column z timestamptz default now()"),
    Row::new(SETUP, "alter table t add column z timestamptz default clock_timestamp()"),
    Row::new(SETUP, "alter table t add column z uuid default gen_random_uuid()"),
    Row::new(SETUP, "alter table t add column z mood default 'a'"),
    Row::new(SETUP, "alter table t add column z float default random()"),
    Row::new(SETUP, "alter table t drop column a"),
    Row::new(SETUP, "alter table t drop column a, drop column d"),
    Row::new(SETUP, "alter table t drop column d"),
    Row::new(SETUP, "alter table t drop column g"),
    Row::new(SETUP, "alter table t drop column b"),
    Row::new(SETUP, "alter table t drop column b cascade"),
    Row::new(SETUP, "alter table t drop column id"),
    Row::new(SETUP, "alter table t drop column id cascade"),
    Row::new(SETUP, "alter table t drop column p_id"),
    Row::new(SETUP, "alter table t drop column v"),
    Row::new(SETUP, "alter table s drop column parent"),
    Row::new(SETUP, "alter table s drop column id cascade"),
    Row::new(SETUP, "alter table c drop column t_id"),
    Row::new(SETUP, "alter table c drop column t_id, drop column t_u"),
    Row::new(SETUP, "alter table t drop column if exists zzz"),
    Row::new(SETUP, "alter table t rename column a to a2"),
    Row::new(SETUP, "alter table t rename column id to id2"),
    Row::new(SETUP, "alter table t rename to t2"),
    Row::new(SETUP, "alter table t rename constraint t_a_check to x"),
    Row::new(SETUP, "alter table t rename constraint t_pkey to x"),
    Row::new(SETUP, "alter table t rename constraint t_p_id_fkey to x"),
    Row::new(SETUP, "alter table t owner to postgres"),
    Row::new(SETUP, "alter table t alter a set default 4"),
    Row::new(SETUP, "alter table t alter a drop default"),
    Row::new(SETUP, "alter table t alter e drop not null"),
    Row::new(SETUP, "alter table t alter a drop not null"),
    Row::new(SETUP, "alter table t alter a set not null"),
    Row::new(SETUP, "alter table t alter e set not null"),
    Row::new(SETUP, "alter table t alter id set not null"),
    Row::new(SETUP, "alter table t alter e add generated always as identity"),
    Row::new(SETUP, "alter table t alter g drop identity"),
    Row::new(SETUP, "alter table t alter g set generated by default"),
    Row::new(SETUP, "alter table t alter g restart"),
    Row::new(SETUP, "alter table t alter g set increment 5"),
    Row::new(SETUP, "alter table t alter a set statistics 100"),
    Row::new(SETUP, "alter table t alter a set (n_distinct = 5)"),
    Row::new(SETUP, "alter table t alter b set storage external"),
    Row::new(SETUP, "alter table t alter b set compression pglz"),
    Row::new(SETUP, "alter table t set (fillfactor = 70)"),
    Row::new(SETUP, "alter table t set (autovacuum_enabled = false)"),
    Row::new(
        SETUP,
        "alter table t set (fillfactor = 70, autovacuum_enabled = false, toast.autovacuum_enabled = false)",
    ),
    Row::new(SETUP, "alter table t reset (fillfactor)"),
    Row::new(SETUP, "alter table t set (parallel_workers = 4)"),
    Row::new(SETUP, "alter table t set (user_catalog_table = true)"),
    Row::new(SETUP, "alter table t set (toast_tuple_target = 200)"),
    Row::new(SETUP, "alter table t set (log_autovacuum_min_duration = 200)"),
    Row::new(SETUP, "alter table t set (vacuum_index_cleanup = off)"),
    Row::new(SETUP, "alter table t set (vacuum_truncate = off)"),
    Row::new(SETUP, "alter table t cluster on t_a_idx"),
    Row::new(SETUP, "alter table t set without cluster"),
    Row::new(SETUP, "alter table t set without oids"),
    Row::new(SETUP, "alter table t set logged"),
    Row::new(SETUP, "alter table t set unlogged"),
    Row::new(SETUP, "alter table s set unlogged"),
    Row::new(SETUP, "alter table c set unlogged"),
    Row::new(SETUP, "alter table t set tablespace pg_default"),
    Row::new(SETUP, "alter table t set access method heap"),
    Row::new(SETUP, "alter table t enable trigger all"),
    Row::new(SETUP, "alter table t disable trigger user"),
    Row::new(SETUP, "alter table t disable trigger all"),
    Row::new(SETUP, "alter table t enable row level security"),
    Row::new(SETUP, "alter table t force row level security"),
    Row::new(SETUP, "alter table t replica identity full"),
    Row::new(SETUP, "alter table t replica identity using index t_pkey"),
    Row::new(SETUP, "alter table t enable rule foo"),
    Row::new(SETUP, "alter table t set schema pg_catalog"),
    Row::new(SETUP, "alter table t set schema zz"),
];
