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

pub(super) const ROWS: &[Row] = &[
    Row::new(SETUP, "alter table t alter a type int").session("SET TimeZone = 'UTC'"),
    Row::new(SETUP, "alter table t alter a type bigint").session("SET TimeZone = 'UTC'"),
    Row::new(SETUP, "alter table t alter a type oid").session("SET TimeZone = 'UTC'"),
    Row::new(SETUP, "alter table t alter e type bigint").session("SET TimeZone = 'UTC'"),
    Row::new(SETUP, "alter table t alter d type bigint").session("SET TimeZone = 'UTC'"),
    Row::new(SETUP, "alter table t alter d type oid").session("SET TimeZone = 'UTC'"),
    Row::new(SETUP, "alter table t alter e type oid").session("SET TimeZone = 'UTC'"),
    Row::new(SETUP, "alter table t alter v type varchar(20)").session("SET TimeZone = 'UTC'"),
    Row::new(SETUP, "alter table t alter v type varchar(5)").session("SET TimeZone = 'UTC'"),
    Row::new(SETUP, "alter table t alter v type text").session("SET TimeZone = 'UTC'"),
    Row::new(SETUP, "alter table t alter b type varchar").session("SET TimeZone = 'UTC'"),
    Row::new(SETUP, "alter table t alter id type bigint").session("SET TimeZone = 'UTC'"),
    Row::new(SETUP, "alter table t alter u type bigint").session("SET TimeZone = 'UTC'"),
    Row::new(SETUP, "alter table t alter u type oid").session("SET TimeZone = 'UTC'"),
    Row::new(SETUP, "alter table t alter p_id type bigint").session("SET TimeZone = 'UTC'"),
    Row::new(SETUP, "alter table p alter id type bigint").session("SET TimeZone = 'UTC'"),
    Row::new(SETUP, "alter table c alter t_id type bigint").session("SET TimeZone = 'UTC'"),
    Row::new(SETUP, "alter table c alter t_id type oid").session("SET TimeZone = 'UTC'"),
    Row::new(SETUP, "alter table s alter id type bigint").session("SET TimeZone = 'UTC'"),
    Row::new(SETUP, "alter table s alter parent type bigint").session("SET TimeZone = 'UTC'"),
    Row::new(SETUP, "alter table s alter id type bigint, alter parent type bigint").session("SET TimeZone = 'UTC'"),
    Row::new(SETUP, "alter table s alter x type bigint").session("SET TimeZone = 'UTC'"),
    Row::new(SETUP, "alter table t alter g type bigint").session("SET TimeZone = 'UTC'"),
    Row::new(SETUP, "alter table t alter n type numeric(12,2)").session("SET TimeZone = 'UTC'"),
    Row::new(SETUP, "alter table t alter n type numeric").session("SET TimeZone = 'UTC'"),
    Row::new(SETUP, "alter table t alter n type numeric(12,3)").session("SET TimeZone = 'UTC'"),
    Row::new(SETUP, "alter table t alter ts type timestamptz").session("SET TimeZone = 'UTC'"),
    Row::new(SETUP, "alter table t alter ts type timestamp(3)").session("SET TimeZone = 'UTC'"),
    Row::new(SETUP, "alter table u alter tt type timestamptz(3)").session("SET TimeZone = 'UTC'"),
    Row::new(SETUP, "alter table u alter tt type timestamp").session("SET TimeZone = 'UTC'"),
    Row::new(SETUP, "alter table u alter vv type text").session("SET TimeZone = 'UTC'"),
    Row::new(SETUP, r#"alter table u alter vv type text collate "C""#).session("SET TimeZone = 'UTC'"),
    Row::new(SETUP, r#"alter table u alter a type text collate "C""#).session("SET TimeZone = 'UTC'"),
    Row::new(SETUP, r#"alter table t alter b type text collate "C""#).session("SET TimeZone = 'UTC'"),
    Row::new(SETUP, r#"alter table t alter v type varchar(20) collate "C""#).session("SET TimeZone = 'UTC'"),
    Row::new(SETUP, "alter table u alter b type oid").session("SET TimeZone = 'UTC'"),
    Row::new(SETUP, "alter table u alter id type oid").session("SET TimeZone = 'UTC'"),
    Row::new(SETUP, "alter table u alter r type text").session("SET TimeZone = 'UTC'"),
    Row::new(SETUP, "alter table c alter o type bigint").session("SET TimeZone = 'UTC'"),
    Row::new(SETUP, "alter table c alter t_u type bigint").session("SET TimeZone = 'UTC'"),
    Row::new(SETUP, "alter table c alter t_u type oid").session("SET TimeZone = 'UTC'"),
    Row::new(SETUP, "alter table p alter code type varchar(20)").session("SET TimeZone = 'UTC'"),
    Row::new(SETUP, "alter table p alter v type varchar(30)").session("SET TimeZone = 'UTC'"),
    Row::new(SETUP, "alter table p alter code type varchar").session("SET TimeZone = 'UTC'"),
    Row::new(SETUP, "alter table t alter a type text using a::text").session("SET TimeZone = 'UTC'"),
    Row::new(SETUP, "alter table notvalid alter ck type oid").session("SET TimeZone = 'UTC'"),
    Row::new(SETUP, "alter table notvalid alter pid type oid").session("SET TimeZone = 'UTC'"),
    Row::new(SETUP, "alter table notvalid alter pid type bigint").session("SET TimeZone = 'UTC'"),
    Row::new(SETUP, "alter table t alter a set data type int using a + 1").session("SET TimeZone = 'UTC'"),
    Row::new(SETUP, "alter table t alter v type text using v").session("SET TimeZone = 'UTC'"),
    Row::new(SETUP, "alter table t alter v type text using v::text").session("SET TimeZone = 'UTC'"),
    Row::new(SETUP, "alter table t alter v type varchar(5) using v::varchar(5)").session("SET TimeZone = 'UTC'"),
    Row::new(SETUP, "alter table t alter v type varchar(50) using v::varchar(50)").session("SET TimeZone = 'UTC'"),
    Row::new(SETUP, "alter table t alter v type varchar(50) using v::varchar(20)").session("SET TimeZone = 'UTC'"),
    Row::new(SETUP, "alter table t alter v type varchar(50) using upper(v)").session("SET TimeZone = 'UTC'"),
    Row::new(SETUP, "alter table t alter v type text using 'x'").session("SET TimeZone = 'UTC'"),
    Row::new(SETUP, "alter table t alter j type jsonb").session("SET TimeZone = 'UTC'"),
    Row::new(SETUP, "alter table t alter j type text").session("SET TimeZone = 'UTC'"),
    Row::new(SETUP, "alter table t alter e type dom_plain").session("SET TimeZone = 'UTC'"),
    Row::new(SETUP, "alter table t alter e type dom_check").session("SET TimeZone = 'UTC'"),
    Row::new(SETUP, "alter table t alter e type dom_nn").session("SET TimeZone = 'UTC'"),
    Row::new(SETUP, "alter table t alter d type dom_plain").session("SET TimeZone = 'UTC'"),
    Row::new(SETUP, "alter table t alter a type bigint, add column z int").session("SET TimeZone = 'UTC'"),
    Row::new(SETUP, "alter table t alter a type bigint, alter u type bigint, drop column d")
        .session("SET TimeZone = 'UTC'"),
    Row::new(SETUP, "alter table p alter v type varchar(30), alter v set default 'x'").session("SET TimeZone = 'UTC'"),
    Row::new(SETUP, r#"alter table u alter a type text collate "C", alter b type bigint"#)
        .session("SET TimeZone = 'UTC'"),
    Row::new(SETUP, "alter table t add check (a > -5)").session("SET TimeZone = 'UTC'"),
    Row::new(SETUP, "alter table t add constraint k check (a > -5) not valid").session("SET TimeZone = 'UTC'"),
    Row::new(SETUP, "alter table t add constraint k check (a > -5) not enforced").session("SET TimeZone = 'UTC'"),
    Row::new(SETUP, "alter table t add constraint k check (1 > 0)").session("SET TimeZone = 'UTC'"),
    Row::new(SETUP, "alter table t add constraint k check (a > -5) no inherit").session("SET TimeZone = 'UTC'"),
    Row::new(SETUP, "alter table c add constraint k foreign key (o) references p").session("SET TimeZone = 'UTC'"),
    Row::new(SETUP, "alter table c add constraint k foreign key (o) references p not valid")
        .session("SET TimeZone = 'UTC'"),
    Row::new(SETUP, "alter table c add constraint k foreign key (o) references p not enforced")
        .session("SET TimeZone = 'UTC'"),
    Row::new(SETUP, "alter table c add foreign key (o) references t(u)").session("SET TimeZone = 'UTC'"),
    Row::new(SETUP, "alter table s add foreign key (x) references s").session("SET TimeZone = 'UTC'"),
    Row::new(SETUP, "alter table s add foreign key (x) references s not valid").session("SET TimeZone = 'UTC'"),
    Row::new(SETUP, "alter table c add unique (o)").session("SET TimeZone = 'UTC'"),
    Row::new(SETUP, "alter table c add unique (o, t_id)").session("SET TimeZone = 'UTC'"),
    Row::new(SETUP, "alter table c add constraint k unique (o) deferrable initially deferred")
        .session("SET TimeZone = 'UTC'"),
    Row::new(SETUP, "alter table u add primary key (id)").session("SET TimeZone = 'UTC'"),
    Row::new(SETUP, "alter table u add primary key (b)").session("SET TimeZone = 'UTC'"),
    Row::new(SETUP, "alter table u add primary key using index u_id").session("SET TimeZone = 'UTC'"),
    Row::new(SETUP, "alter table u add primary key using index u_b").session("SET TimeZone = 'UTC'"),
    Row::new(SETUP, "alter table u add constraint foo primary key using index u_b").session("SET TimeZone = 'UTC'"),
    Row::new(SETUP, "alter table u add constraint u_b primary key using index u_b").session("SET TimeZone = 'UTC'"),
    Row::new(SETUP, "alter table u add primary key using index u_ab").session("SET TimeZone = 'UTC'"),
    Row::new(SETUP, "alter table u add unique using index u_id").session("SET TimeZone = 'UTC'"),
    Row::new(SETUP, "alter table u add constraint u_id unique using index u_id").session("SET TimeZone = 'UTC'"),
    Row::new(SETUP, "alter table u add primary key (b, id)").session("SET TimeZone = 'UTC'"),
    Row::new(SETUP, "alter table c add exclude using gist (int4range(id, id+1) with &&)")
        .session("SET TimeZone = 'UTC'"),
    Row::new(SETUP, "alter table u add constraint x exclude using btree (id with =)").session("SET TimeZone = 'UTC'"),
    Row::new(SETUP, "alter table t validate constraint t_b_len").session("SET TimeZone = 'UTC'"),
    Row::new(SETUP, "alter table t validate constraint t_a_check").session("SET TimeZone = 'UTC'"),
    Row::new(SETUP, "alter table notvalid validate constraint nv_fk").session("SET TimeZone = 'UTC'"),
    Row::new(SETUP, "alter table notvalid validate constraint nv_ck").session("SET TimeZone = 'UTC'"),
    Row::new(SETUP, "alter table t alter constraint t_p_id_fkey deferrable").session("SET TimeZone = 'UTC'"),
    Row::new(SETUP, "alter table t alter constraint t_p_id_fkey deferrable initially deferred")
        .session("SET TimeZone = 'UTC'"),
    Row::new(SETUP, "alter table t alter constraint t_p_id_fkey not enforced").session("SET TimeZone = 'UTC'"),
    Row::new(SETUP, "alter table t alter constraint t_p_id_fkey not deferrable").session("SET TimeZone = 'UTC'"),
    Row::new(SETUP, "alter table s alter constraint s_parent_fkey deferrable").session("SET TimeZone = 'UTC'"),
    Row::new(SETUP, "alter table t alter constraint t_u_key deferrable").session("SET TimeZone = 'UTC'"),
    Row::new(SETUP, "alter table t drop constraint t_a_check").session("SET TimeZone = 'UTC'"),
    Row::new(SETUP, "alter table t drop constraint t_p_id_fkey").session("SET TimeZone = 'UTC'"),
    Row::new(SETUP, "alter table s drop constraint s_parent_fkey").session("SET TimeZone = 'UTC'"),
    Row::new(SETUP, "alter table t drop constraint t_u_key").session("SET TimeZone = 'UTC'"),
    Row::new(SETUP, "alter table t drop constraint t_u_key cascade").session("SET TimeZone = 'UTC'"),
    Row::new(SETUP, "alter table t drop constraint t_pkey cascade").session("SET TimeZone = 'UTC'"),
    Row::new(SETUP, "alter table t drop constraint t_b_len").session("SET TimeZone = 'UTC'"),
    Row::new(SETUP, "alter table u drop constraint u_r_excl").session("SET TimeZone = 'UTC'"),
    Row::new(SETUP, "alter table t drop constraint if exists zzz").session("SET TimeZone = 'UTC'"),
    Row::new(SETUP, "alter table t drop constraint t_a_check, add constraint t_a_check check (a > -1)")
        .session("SET TimeZone = 'UTC'"),
    Row::new(SETUP, "alter table notvalid alter pid set not null").session("SET TimeZone = 'UTC'"),
    Row::new(SETUP, "alter table notvalid alter pid set not null, drop constraint nv_nn")
        .session("SET TimeZone = 'UTC'"),
    Row::new(SETUP, "alter table notvalid add primary key (pid)").session("SET TimeZone = 'UTC'"),
    Row::new(SETUP, "alter table u add constraint nn not null b").session("SET TimeZone = 'UTC'"),
    Row::new(SETUP, "alter table u add constraint nn not null id").session("SET TimeZone = 'UTC'"),
    Row::new(SETUP, "alter table u add constraint nn not null id not valid").session("SET TimeZone = 'UTC'"),
    Row::new(SETUP, "alter table u add constraint nn not null id no inherit").session("SET TimeZone = 'UTC'"),
    Row::new(SETUP, "alter table u add not null b").session("SET TimeZone = 'UTC'"),
    Row::new(SETUP, "alter table u drop constraint u_b_not_null").session("SET TimeZone = 'UTC'"),
    Row::new(SETUP, "alter table u alter constraint u_b_not_null no inherit")
        .session("SET TimeZone = 'UTC'")
        .on(18, 18),
    Row::new(SETUP, "alter table u alter constraint u_b_not_null inherit").session("SET TimeZone = 'UTC'"),
    Row::new(SETUP, "alter table u validate constraint u_b_not_null").session("SET TimeZone = 'UTC'"),
    Row::new(SETUP, "alter table t drop constraint t_id_not_null").session("SET TimeZone = 'UTC'"),
    Row::new(SETUP, "alter table c alter id drop not null").session("SET TimeZone = 'UTC'"),
    Row::new(SETUP, "alter table t set unlogged").session("SET TimeZone = 'UTC'"),
];
