//! Composite types and domains.

use crate::row::Row;

const SETUP: &str = r#"
create type ct as (a int, b text);
create type en as enum ('x','y');
create domain dm as int;
create domain dmc as int check (value > 0);
create domain dmt as text;
create domain dm2 as dm;
create table tt of ct (primary key (a));
create table tt2 of ct;
create table usesct (id int primary key, c ct);
create table usesarr (id int primary key, c ct[]);
create table ud (id int primary key, d dm, e en, f dmc, t dmt);
create table ud2 (id int primary key, d dm2);
create table ud3 (id int primary key, d dm[]);
create table udp (id int, d dm) partition by range (id);
create table udp1 partition of udp for values from (0) to (10000);
create index ud_d on ud(d);
create index udp_d on udp(d);
insert into tt select i, i from generate_series(1,2000) i;
insert into tt2 select i, i from generate_series(1,2000) i;
insert into ud select i, i, 'x', i, i from generate_series(1,2000) i;
insert into ud2 select i, i from generate_series(1,2000) i;
insert into ud3 select i, array[i] from generate_series(1,2000) i;
insert into udp select i, i from generate_series(1,2000) i;
alter domain dm add constraint dm_nv check (value > -1) not valid;
create view vd as select d from ud;
create materialized view mvd as select d from ud;
create type ct3 as (a int);
create table nousect (id int, e int);create type ct4 as (a dm);create table usesct4 (id int, c ct4);
create table plain (id int primary key, e int);
insert into plain select i,i from generate_series(1,2000) i;
create schema s1;
"#;

pub(super) const ROWS: &[Row] = &[
    Row::new(SETUP, "alter type ct add attribute c int"),
    Row::new(SETUP, "alter type ct add attribute c int cascade"),
    Row::new(SETUP, "alter type ct drop attribute b cascade"),
    Row::new(SETUP, "alter type ct drop attribute a cascade"),
    Row::new(SETUP, "alter type ct alter attribute b type varchar cascade"),
    Row::new(SETUP, "alter type ct alter attribute a type bigint cascade"),
    Row::new(SETUP, "alter type ct rename attribute b to bb cascade"),
    Row::new(SETUP, "alter type ct rename attribute b to bb"),
    Row::new(SETUP, "alter type ct rename to ctt"),
    Row::new(SETUP, "alter type ct set schema s1"),
    Row::new(SETUP, "alter type ct owner to postgres"),
    Row::new(SETUP, "alter type en add value 'z'"),
    Row::new(SETUP, "alter type en rename value 'x' to 'xx'"),
    Row::new(SETUP, "alter type en rename to en2"),
    Row::new(SETUP, "alter domain dm add check (value > -5)"),
    Row::new(SETUP, "alter domain dm add constraint q check (value > -5) not valid"),
    Row::new(SETUP, "alter domain dm set not null"),
    Row::new(SETUP, "alter domain dm drop not null"),
    Row::new(SETUP, "alter domain dm set default 4"),
    Row::new(SETUP, "alter domain dm drop default"),
    Row::new(SETUP, "alter domain dm validate constraint dm_nv"),
    Row::new(SETUP, "alter domain dm drop constraint dm_nv"),
    Row::new(SETUP, "alter domain dm rename constraint dm_nv to zz"),
    Row::new(SETUP, "alter domain dm rename to dmdm"),
    Row::new(SETUP, "alter domain dmt add check (length(value) < 5)"),
    Row::new(SETUP, "alter domain dmt set not null"),
    Row::new(SETUP, "alter domain dm2 add check (value > -5)"),
    Row::new(SETUP, "drop domain dm cascade"),
    Row::new(SETUP, "drop type en cascade"),
    Row::new(SETUP, "drop type ct cascade"),
    Row::new(SETUP, "alter table tt not of"),
    Row::new(SETUP, "alter table tt add column x int"),
    Row::new(SETUP, "alter table ud alter d type dmc"),
    Row::new(SETUP, "alter table plain alter e type dm"),
    Row::new(SETUP, "alter table plain alter e type dmc"),
    Row::new(SETUP, "create table newt of ct"),
    Row::new(SETUP, "create table newt of ct (primary key (a))"),
    Row::new(SETUP, "alter type ct add attribute dd dmc cascade"),
    Row::new(SETUP, "alter type ct3 add attribute z int"),
    Row::new(SETUP, "alter type ct3 alter attribute a type bigint"),
    Row::new(SETUP, "alter type ct3 drop attribute a"),
    Row::new(SETUP, "alter type ct3 rename attribute a to z"),
];
