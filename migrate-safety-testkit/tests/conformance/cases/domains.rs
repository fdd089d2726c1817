//! Domains and generated columns.

use crate::row::{BY_KEY, Row};

const SETUP_1: &str = r#"
create domain dm as int;
create type ct4 as (a dm);
create table usesct4 (id int, c ct4);
create table usesrange (id int, c int4range);
create table t (id int primary key, d dm, dd int[]);
create domain dm2 as dm; create table t2 (d dm2);
create table t3 (d dm) partition by range (d);
create table t31 partition of t3 for values from (0) to (100);
create view v as select d from t;
insert into t select 1,1; insert into t2 select 1; insert into t3 select 1;
create materialized view mv as select d from t;
"#;

const SETUP_2: &str = r#"
create domain dm as int constraint old check (value > 0);
create domain dm2 as dm; create table t2 (d dm2);
create table t (id int primary key, d dm);
create table t3 (d dm) partition by range (d);
create table t31 partition of t3 for values from (1) to (100000);
create table plain (d int, e text, f int[]);
create view v as select d from t;
insert into t select 1,1; insert into t2 select 1; insert into t3 select 1; insert into plain select 1,1,array[1];
create materialized view mv as select d from t;
alter domain dm add constraint q check (value > 0) not valid;
"#;

const SETUP_3: &str = r#"
create table ref (id int primary key);
create table pt (id int not null, k int not null, t timestamptz default now(), g int generated always as (k * 2) stored) partition by range (id);
create table pt1 partition of pt for values from (0) to (1000);
insert into ref select i from generate_series(0,4000) i;
insert into pt select i, i % 7 from generate_series(0,999) i;
create table g (a int, b int generated always as (a * 2) stored, c text);
create index g_b on g(b);
create index g_a on g(a);
insert into g select i from generate_series(0,999) i;
create table g2 (a int, v varchar(10), b text generated always as (v || 'x') stored, c text);
insert into g2 select i, i from generate_series(0,999) i;
create table many (a int, b int, c int, d int references ref, unique(a), unique(b, a), exclude using btree (c with =));
insert into many select i,i,i,i from generate_series(1,1000) i;
create table cc (a varchar(10), constraint c1 check (a <> ''), constraint c2 check (length(a) > 0) no inherit, b int);
insert into cc select i from generate_series(1,1000) i;
create table ccc () inherits (cc);
insert into ccc select i from generate_series(1,1000) i;
"#;

const SETUP_4: &str = r#"
create table ref (id int primary key);
create table pt (id int not null, k int not null) partition by range (id);
create table pt1 partition of pt for values from (0) to (1000);
insert into ref select i from generate_series(0,4000) i;
insert into pt select i, i % 7 from generate_series(0,999) i;
"#;

pub(super) const ROWS: &[Row] = &[
    Row::new(SETUP_1, "alter domain dm set not null"),
    Row::new(SETUP_1, "alter domain dm add check (value > 0)"),
    Row::new(SETUP_1, "alter domain dm2 add check (value > 0)"),
    Row::new(SETUP_1, "alter domain dm add constraint q check (value > 0) not valid"),
    Row::new(SETUP_2, "alter domain dm set not null"),
    Row::new(SETUP_2, "alter domain dm add check (value > 0)"),
    Row::new(SETUP_2, "alter domain dm validate constraint q"),
    Row::new(SETUP_2, "alter domain dm validate constraint old"),
    Row::new(SETUP_2, "alter domain dm2 add check (value > 0)"),
    Row::new(SETUP_2, "alter table plain alter d type dm2"),
    Row::new(SETUP_2, "alter table plain alter f type dm[] using f::dm[]"),
    Row::new(SETUP_2, "alter table t alter d type int"),
    Row::new(SETUP_2, "drop domain dm cascade"),
    Row::new(SETUP_2, "alter domain dm drop constraint old cascade"),
    Row::new(SETUP_3, "alter table g alter a type bigint"),
    Row::new(SETUP_3, "alter table g alter a type oid"),
    Row::new(SETUP_3, "alter table g alter b type bigint"),
    Row::new(SETUP_3, "alter table g alter b type oid"),
    Row::new(SETUP_3, "alter table g2 alter v type varchar(20)"),
    Row::new(SETUP_3, "alter table g2 alter v type text"),
    Row::new(SETUP_3, "alter table g2 alter b type varchar"),
    Row::new(SETUP_3, "alter table g alter b drop expression"),
    Row::new(SETUP_3, "alter table g alter b set expression as (a * 3)"),
    Row::new(SETUP_3, "alter table g alter b set not null"),
    Row::new(SETUP_3, "alter table g drop column a"),
    Row::new(SETUP_3, "alter table g drop column b"),
    Row::new(SETUP_3, "alter table g drop column a cascade"),
    Row::new(SETUP_3, "alter table g rename a to z"),
    Row::new(SETUP_3, "alter table pt alter g set expression as (k * 3)"),
    Row::new(SETUP_3, "alter table pt alter g drop expression"),
    Row::new(SETUP_3, "alter table pt add constraint f foreign key (k) references ref not valid"),
    Row::new(SETUP_3, "alter table many drop constraint many_a_key"),
    Row::new(SETUP_3, "alter table many drop constraint many_a_key, drop constraint many_b_a_key, drop constraint many_d_fkey"),
    Row::new(SETUP_3, "alter table many drop column a"),
    Row::new(SETUP_3, "alter table cc alter a type varchar(20)"),
    Row::new(SETUP_3, "alter table cc alter a type text"),
    Row::new(SETUP_3, "alter table cc add constraint zz check (b > 0) no inherit, add constraint z2 check (b > 0)"),
    Row::new(SETUP_3, "alter table many alter c type oid"),
    Row::new(SETUP_3, "alter table many alter c type bigint"),
    Row::new(SETUP_3, "alter table many add column z int unique, add column zz int default random()"),
    Row::new(SETUP_3, "alter table many add constraint f2 foreign key (c) references ref, add constraint f3 foreign key (b) references ref").reads_at_most(BY_KEY),
    Row::new(SETUP_3, "alter table many add constraint ck check (a > 0) not valid, validate constraint ck"),
    Row::new(SETUP_3, "alter table many alter a set default 4, alter a set not null"),
    Row::new(SETUP_3, "alter table many alter a set statistics 4, set (fillfactor = 40)"),
    Row::new(SETUP_3, "alter table many drop constraint many_d_fkey, drop column d"),
    Row::new(SETUP_3, "alter table many alter d drop not null, alter d type bigint"),
    Row::new(SETUP_4, "alter table pt validate constraint f").after("alter table pt add constraint f foreign key (k) references ref not valid").reads_at_most(BY_KEY).on(18, 18),
];
