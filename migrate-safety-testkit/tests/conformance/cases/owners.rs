//! Owners and triggers.

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
create role app;
create statistics st (dependencies) on a, e from t;
create table notvalid (id int primary key, pid int, ck int check (ck > 0) no inherit);
alter table notvalid add constraint nv_fk foreign key (pid) references p not valid;
alter table notvalid add constraint nv_ck check (pid > 0) not valid;
alter table notvalid add constraint nv_nn check (pid is not null);
insert into notvalid select i,i,i from generate_series(1,2000) i;
create trigger tr before update of a on t for each row execute function pg_catalog.suppress_redundant_updates_trigger();
create table u (id int, a text, b int not null, tt timestamptz, vv varchar(5), r int4range, exclude using gist (r with &&));
create unique index u_id on u(id);
create unique index u_b on u(b);
create unique index u_ab on u(b, id);
create index u_tt on u(tt);
insert into u select i, i, i, now(), i, int4range(i,i+1) from generate_series(1,2000) i;
create materialized view mv as select id, o from c;
"#;

pub(super) const ROWS: &[Row] = &[
    Row::new(SETUP, "alter table t owner to app").session("SET TimeZone = 'UTC'"),
    Row::new(SETUP, "alter table c owner to app").session("SET TimeZone = 'UTC'"),
    Row::new(SETUP, "alter view w owner to app").session("SET TimeZone = 'UTC'"),
    Row::new(SETUP, "alter table w owner to app").session("SET TimeZone = 'UTC'"),
    Row::new(SETUP, "alter materialized view mv owner to app").session("SET TimeZone = 'UTC'"),
    Row::new(SETUP, "alter sequence sq owner to app").session("SET TimeZone = 'UTC'"),
    Row::new(SETUP, "alter index t_a_idx owner to app").session("SET TimeZone = 'UTC'"),
    Row::new(SETUP, "alter table t alter a type bigint").session("SET TimeZone = 'UTC'"),
    Row::new(SETUP, "alter table t drop column a").session("SET TimeZone = 'UTC'"),
    Row::new(SETUP, "alter table t drop column a cascade").session("SET TimeZone = 'UTC'"),
    Row::new(SETUP, "alter table t disable trigger tr").session("SET TimeZone = 'UTC'"),
    Row::new(SETUP, "alter table t rename column a to aa").session("SET TimeZone = 'UTC'"),
];
