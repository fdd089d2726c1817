//! Types and constraints of tables with keys both ways.

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
create statistics st (dependencies) on a, e from t;
create table notvalid (id int primary key, pid int, ck int check (ck > 0) no inherit);
alter table notvalid add constraint nv_fk foreign key (pid) references p not valid;
alter table notvalid add constraint nv_ck check (pid > 0) not valid;
alter table notvalid add constraint nv_nn check (pid is not null);
insert into notvalid select i,i,i from generate_series(1,2000) i;
create table u (id int, a text, b int not null, tt timestamptz, vv varchar(5), r int4range, exclude using gist (r with &&));
create unique index u_id on u(id);
create unique index u_b on u(b);
create unique index u_ab on u(b, id);
create index u_tt on u(tt);
insert into u select i, i, i, now(), i, int4range(i,i+1) from generate_series(1,2000) i;
create materialized view mv as select id, o from c;
"#;

pub const ROWS: &[Row] = &[
    Row::new(SETUP, "alter table t alter a type int"),
    Row::new(SETUP, "alter table t alter a type bigint"),
    Row::new(SETUP, "alter table t alter a type oid"),
    Row::new(SETUP, "alter table t alter e type bigint"),
    Row::new(SETUP, "alter table t alter d type bigint"),
    Row::new(SETUP, "alter table t alter d type oid"),
    Row::new(SETUP, "alter table t alter e type oid"),
    Row::new(SETUP, "alter table t alter v type varchar(20)"),
    Row::new(SETUP, "alter table t alter v type varchar(5)"),
    Row::new(SETUP, "alter table t alter v type text"),
    Row::new(SETUP, "alter table t alter b type varchar"),
    Row::new(SETUP, "alter table t alter id type bigint"),
    Row::new(SETUP, "alter table t alter u type bigint"),
    Row::new(SETUP, "alter table t alter u type oid"),
    Row::new(SETUP, "alter table t alter p_id type bigint"),
    Row::new(SETUP, "alter table p alter id type bigint"),
    Row::new(SETUP, "alter table c alter t_id type bigint"),
    Row::new(SETUP, "alter table c alter t_id type oid"),
    Row::new(SETUP, "alter table s alter id type bigint"),
    Row::new(SETUP, "alter table s alter parent type bigint"),
    Row::new(SETUP, "alter table s alter id type bigint, alter parent type bigint"),
    Row::new(SETUP, "alter table s alter x type bigint"),
    Row::new(SETUP, "alter table t alter g type bigint"),
    Row::new(SETUP, "alter table t alter n type numeric(12,2)"),
    Row::new(SETUP, "alter table t alter n type numeric"),
    Row::new(SETUP, "alter table t alter n type numeric(12,3)"),
    Row::new(SETUP, "alter table t alter ts type timestamptz"),
    Row::new(SETUP, "alter table t alter ts type timestamp(3)"),
    Row::new(SETUP, "alter table u alter tt type timestamptz(3)"),
    Row::new(SETUP, "alter table u alter tt type timestamp"),
    Row::new(SETUP, "alter table u alter vv type text"),
    Row::new(SETUP, r#"alter table u alter vv type text collate "C""#),
    Row::new(SETUP, r#"alter table u alter a type text collate "C""#),
    Row::new(SETUP, r#"alter table t alter b type text collate "C""#),
    Row::new(SETUP, r#"alter table t alter v type varchar(20) collate "C""#),
    Row::new(SETUP, "alter table u alter b type oid"),
    Row::new(SETUP, "alter table u alter id type oid"),
    Row::new(SETUP, "alter table u alter r type text"),
    Row::new(SETUP, "alter table c alter o type bigint"),
    Row::new(SETUP, "alter table c alter t_u type bigint"),
    Row::new(SETUP, "alter table c alter t_u type oid"),
    Row::new(SETUP, "alter table p alter code type varchar(20)"),
    Row::new(SETUP, "alter table p alter v type varchar(30)"),
    Row::new(SETUP, "alter table p alter code type varchar"),
    Row::new(SETUP, "alter table t alter a type text using a::text"),
    Row::new(SETUP, "alter table notvalid alter ck type oid"),
    Row::new(SETUP, "alter table notvalid alter pid type oid"),
    Row::new(SETUP, "alter table notvalid alter pid type bigint"),
    Row::new(SETUP, "alter table t alter a set data type int using a + 1"),
    Row::new(SETUP, "alter table t alter v type text using v"),
    Row::new(SETUP, "alter table t alter v type text using v::text"),
    Row::new(SETUP, "alter table t alter v type varchar(5) using v::varchar(5)"),
    Row::new(SETUP, "alter table t alter v type varchar(50) using v::varchar(50)"),
    Row::new(SETUP, "alter table t alter v type varchar(50) using v::varchar(20)"),
    Row::new(SETUP, "alter table t alter v type varchar(50) using upper(v)"),
    Row::new(SETUP, "alter table t alter v type text using 'x'"),
    Row::new(SETUP, "alter table t alter j type jsonb"),
    Row::new(SETUP, "alter table t alter j type text"),
    Row::new(SETUP, "alter table t alter e type dom_plain"),
    Row::new(SETUP, "alter table t alter e type dom_check"),
    Row::new(SETUP, "alter table t alter e type dom_nn"),
    Row::new(SETUP, "alter table t alter d type dom_plain"),
    Row::new(SETUP, "alter table t alter a type bigint, add column z int"),
    Row::new(SETUP, "alter table t alter a type bigint, alter u type bigint, drop column d"),
    Row::new(SETUP, "alter table p alter v type varchar(30), alter v set default 'x'"),
    Row::new(SETUP, r#"alter table u alter a type text collate "C", alter b type bigint"#),
    Row::new(SETUP, "alter table t add check (a > -5)"),
    Row::new(SETUP, "alter table t add constraint k check (a > -5) not valid"),
    Row::new(SETUP, "alter table t add constraint k check (a > -5) not enforced"),
    Row::new(SETUP, "alter table t add constraint k check (1 > 0)"),
    Row::new(SETUP, "alter table t add constraint k check (a > -5) no inherit"),
    Row::new(SETUP, "alter table c add constraint k foreign key (o) references p"),
    Row::new(SETUP, "alter table c add constraint k foreign key (o) references p not valid"),
    Row::new(SETUP, "alter table c add constraint k foreign key (o) references p not enforced"),
    Row::new(SETUP, "alter table c add foreign key (o) references t(u)"),
    Row::new(SETUP, "alter table s add foreign key (x) references s"),
    Row::new(SETUP, "alter table s add foreign key (x) references s not valid"),
    Row::new(SETUP, "alter table c add unique (o)"),
    Row::new(SETUP, "alter table c add unique (o, t_id)"),
    Row::new(SETUP, "alter table c add constraint k unique (o) deferrable initially deferred"),
    Row::new(SETUP, "alter table u add primary key (id)"),
    Row::new(SETUP, "alter table u add primary key (b)"),
    Row::new(SETUP, "alter table u add primary key using index u_id"),
    Row::new(SETUP, "alter table u add primary key using index u_b"),
    Row::new(SETUP, "alter table u add constraint foo primary key using index u_b"),
    Row::new(SETUP, "alter table u add constraint u_b primary key using index u_b"),
    Row::new(SETUP, "alter table u add primary key using index u_ab"),
    Row::new(SETUP, "alter table u add unique using index u_id"),
    Row::new(SETUP, "alter table u add constraint u_id unique using index u_id"),
    Row::new(SETUP, "alter table u add primary key (b, id)"),
    Row::new(SETUP, "alter table c add exclude using gist (int4range(id, id+1) with &&)"),
    Row::new(SETUP, "alter table u add constraint x exclude using btree (id with =)"),
    Row::new(SETUP, "alter table t validate constraint t_b_len"),
    Row::new(SETUP, "alter table t validate constraint t_a_check"),
    Row::new(SETUP, "alter table notvalid validate constraint nv_fk"),
    Row::new(SETUP, "alter table notvalid validate constraint nv_ck"),
    Row::new(SETUP, "alter table t alter constraint t_p_id_fkey deferrable"),
    Row::new(SETUP, "alter table t alter constraint t_p_id_fkey deferrable initially deferred"),
    Row::new(SETUP, "alter table t alter constraint t_p_id_fkey not enforced"),
    Row::new(SETUP, "alter table t alter constraint t_p_id_fkey not deferrable"),
    Row::new(SETUP, "alter table s alter constraint s_parent_fkey deferrable"),
    Row::new(SETUP, "alter table t alter constraint t_u_key deferrable"),
    Row::new(SETUP, "alter table t drop constraint t_a_check"),
    Row::new(SETUP, "alter table t drop constraint t_p_id_fkey"),
    Row::new(SETUP, "alter table s drop constraint s_parent_fkey"),
    Row::new(SETUP, "alter table t drop constraint t_u_key"),
    Row::new(SETUP, "alter table t drop constraint t_u_key cascade"),
    Row::new(SETUP, "alter table t drop constraint t_pkey cascade"),
    Row::new(SETUP, "alter table t drop constraint t_b_len"),
    Row::new(SETUP, "alter table u drop constraint u_r_excl"),
    Row::new(SETUP, "alter table t drop constraint if exists zzz"),
    Row::new(SETUP, "alter table t drop constraint t_a_check, add constraint t_a_check check (a > -1)"),
    Row::new(SETUP, "alter table notvalid alter pid set not null"),
    Row::new(SETUP, "alter table notvalid alter pid set not null, drop constraint nv_nn"),
    Row::new(SETUP, "alter table notvalid add primary key (pid)"),
    Row::new(SETUP, "alter table notvalid drop constraint notvalid_pkey, add primary key (pid)"),
    Row::new(SETUP, "alter table u add constraint nn not null b"),
    Row::new(SETUP, "alter table u add constraint nn not null id"),
    Row::new(SETUP, "alter table u add constraint nn not null id not valid"),
    Row::new(SETUP, "alter table u add constraint nn not null id no inherit"),
    Row::new(SETUP, "alter table u add not null b"),
    Row::new(SETUP, "alter table u drop constraint u_b_not_null"),
    Row::new(SETUP, "alter table u alter constraint u_b_not_null no inherit"),
    Row::new(SETUP, "alter table u alter constraint u_b_not_null inherit"),
    Row::new(SETUP, "alter table u validate constraint u_b_not_null"),
    Row::new(SETUP, "alter table t drop constraint t_id_not_null"),
    Row::new(SETUP, "alter table c alter id drop not null"),
    Row::new(SETUP, "alter table t set unlogged"),
];
