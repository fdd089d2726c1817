//! Views, sequences and indexes.

use crate::row::Row;

const SETUP: &str = r#"
set allow_in_place_tablespaces = true;
create table t (id serial primary key, a int, b text, u int unique);
create index t_a on t(a);
insert into t(a,b,u) select i,i,i from generate_series(1,2000) i;
create materialized view mv as select id, a, b from t;
create unique index mv_id on mv(id);
create view w as select id, a, b from t where a > 0;
create view w2 as select * from w;
create sequence sq owned by t.a;
create sequence sq2;
create table pt (id int, k int) partition by range (id);
create table pt1 partition of pt for values from (0) to (10);
create index pt_k on pt(k);
insert into pt select 1,1;
create schema s1;
"#;

pub(super) const ROWS: &[Row] = &[
    Row::new(SETUP, "alter view w rename to w3"),
    Row::new(SETUP, "alter table w rename to w3"),
    Row::new(SETUP, "alter view w rename column a to aa"),
    Row::new(SETUP, "alter view w alter a set default 4"),
    Row::new(SETUP, "alter view w alter a drop default"),
    Row::new(SETUP, "alter view w set (security_barrier = true)"),
    Row::new(SETUP, "alter view w reset (security_barrier)"),
    Row::new(SETUP, "alter view w set schema s1"),
    Row::new(SETUP, "alter materialized view mv rename to mv2"),
    Row::new(SETUP, "alter materialized view mv rename column a to aa"),
    Row::new(SETUP, "alter materialized view mv set (fillfactor = 50)"),
    Row::new(SETUP, "alter materialized view mv cluster on mv_id"),
    Row::new(SETUP, "alter materialized view mv set without cluster"),
    Row::new(SETUP, "alter materialized view mv alter a set statistics 5"),
    Row::new(SETUP, "alter materialized view mv alter b set storage plain"),
    Row::new(SETUP, "alter materialized view mv alter b set compression pglz"),
    Row::new(SETUP, "alter materialized view mv set access method heap"),
    Row::new(SETUP, "alter materialized view mv set schema s1"),
    Row::new(SETUP, "alter table mv set (fillfactor = 50)"),
    Row::new(SETUP, "alter sequence sq2 rename to sq3"),
    Row::new(SETUP, "alter table sq2 rename to sq3"),
    Row::new(SETUP, "alter sequence sq2 set schema s1"),
    Row::new(SETUP, "alter sequence sq set schema s1"),
    Row::new(SETUP, "alter sequence sq owner to postgres"),
    Row::new(SETUP, "alter sequence sq2 set unlogged"),
    Row::new(SETUP, "alter sequence sq2 set logged"),
    Row::new(SETUP, "alter sequence sq2 increment 5"),
    Row::new(SETUP, "alter sequence sq2 restart"),
    Row::new(SETUP, "alter sequence sq owned by none"),
    Row::new(SETUP, "alter sequence sq2 owned by t.a"),
    Row::new(SETUP, "alter index t_a rename to t_a2"),
    Row::new(SETUP, "alter index t_pkey rename to t_a2"),
    Row::new(SETUP, "alter index t_a set (fillfactor = 60)"),
    Row::new(SETUP, "alter index t_a set tablespace pg_default"),
    Row::new(SETUP, "alter index pt_k set tablespace pg_default"),
    Row::new(SETUP, "alter table t rename column a to aa"),
    Row::new(SETUP, "alter view if exists nope rename to w3"),
    Row::new(SETUP, "alter table if exists nope add column w3 int"),
    Row::new(SETUP, "alter table t set (autovacuum_vacuum_scale_factor = 0.1)"),
    Row::new(SETUP, "alter index w rename to zz"),
    Row::new(SETUP, "alter view t rename to zz"),
    Row::new(SETUP, "alter table t_a rename to zz"),
    Row::new(SETUP, "alter table t set unlogged"),
    Row::new(SETUP, "alter table t set logged"),
    Row::new(SETUP, "alter table t enable trigger user"),
    Row::new(SETUP, "alter table t alter id drop default"),
    Row::new(SETUP, "alter table t drop column id"),
    Row::new(SETUP, "alter table t drop column id cascade"),
    Row::new(SETUP, "alter table t drop column a cascade"),
    Row::new(SETUP, "alter table t disable rule nope"),
    Row::new(SETUP, "alter table t no force row level security"),
    Row::new(SETUP, "alter table t replica identity default"),
    Row::new(SETUP, "alter table t replica identity nothing"),
];
