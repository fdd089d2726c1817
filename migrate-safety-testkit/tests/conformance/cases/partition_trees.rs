//! Partition trees with keys both ways.

use crate::row::{BY_KEY, MADE_UP, Row};

const SETUP: &str = r#"
create table ref (id int primary key, k int unique);
create table pt (id int not null, k int not null, b text, d date, r int references ref(id), n int check (n >= 0), primary key (id, k)) partition by range (id);
create table pt1 partition of pt for values from (0) to (1000);
create table pt2 partition of pt for values from (1000) to (2000) partition by list (k);
create table pt21 partition of pt2 for values in (1,2,3);
create table pt2d partition of pt2 default;
create table ptd partition of pt default;
create index pt_b on pt(b);
create index pt_n on only pt(n);
create index pt1_n on pt1(n);
create unique index pt1_d on pt1(d);
create table child (id int primary key, pid int, pk int, foreign key (pid, pk) references pt(id, k));
create table child1 (id int primary key, pid int, pk int, foreign key (pid, pk) references pt1(id, k));
create table x1 (id int not null, k int not null, b text, d date, r int, n int);
create table x2 (id int not null, k int not null, b text, d date, r int references ref(id), n int check (n >= 0), primary key (id, k), check (id >= 3000 and id < 4000));
create table x3 (id int not null, k int not null, b text, d date, r int references ref(id), constraint pt_n_check check (n >= 0), n int, primary key (id, k), check (id >= 3000 and id < 4000));
create index x3_b on x3(b);
alter table ptd add constraint ptd_ex check (not (id >= 5000 and id < 6000));
alter table ptd add constraint ptd_ex2 check (id < 7000 or id >= 8000);
insert into ref select i, i from generate_series(0,3000) i;
insert into pt select i, i % 7, i, '2020-01-01'::date + i, i, i from generate_series(0,2500) i;
insert into x1 select i, i % 7, i, '2020-01-01'::date + i, i, i from generate_series(2100,2500) i;
insert into child select id, id, k from pt where id > 2300;
insert into child1 select id, id, k from pt1 where id < 50;
insert into x3 select i, i % 7, i, '2020-01-01'::date + i, 5, i from generate_series(3000,3500) i;
insert into x2 select i, i % 7, i, '2020-01-01'::date + i, 5, i from generate_series(3000,3500) i;
create view pv as select id, b from pt;
"#;

pub(super) const ROWS: &[Row] = &[
    Row::new(SETUP, "alter table pt add column z int"),
    Row::new(SETUP, "alter table pt add column z int default random()"),
    Row::new(SETUP, "alter table pt add column z int references ref"),
    Row::new(SETUP, "alter table pt add column z int default 5 references ref"),
    Row::new(SETUP, "alter table pt add column z int check (z > 0)"),
    Row::new(SETUP, "alter table pt add column z int generated always as identity"),
    Row::new(SETUP, "alter table pt add column z serial"),
    Row::new(SETUP, "alter table only pt add column z int"),
    Row::new(SETUP, "alter table pt1 add column z int"),
    Row::new(SETUP, "alter table pt drop column n"),
    Row::new(SETUP, "alter table pt drop column d"),
    Row::new(SETUP, "alter table only pt drop column d"),
    Row::new(SETUP, "alter table pt drop column r"),
    Row::new(SETUP, "alter table pt1 drop column d"),
    Row::new(SETUP, "alter table pt drop column id"),
    Row::new(SETUP, "alter table pt rename column d to dd"),
    Row::new(SETUP, "alter table pt1 rename column d to dd"),
    Row::new(SETUP, "alter table pt rename to ptx"),
    Row::new(SETUP, "alter table pt alter n set not null"),
    Row::new(SETUP, "alter table only pt alter n set not null"),
    Row::new(SETUP, "alter table pt1 alter n set not null"),
    Row::new(SETUP, "alter table pt alter n set default 1"),
    Row::new(SETUP, "alter table only pt alter n set default 1"),
    Row::new(SETUP, "alter table pt alter n drop not null"),
    Row::new(SETUP, "alter table pt1 alter id drop not null"),
    Row::new(SETUP, "alter table pt alter n type bigint"),
    Row::new(SETUP, "alter table pt alter n type oid"),
    Row::new(SETUP, "alter table pt alter r type bigint"),
    Row::new(SETUP, "alter table pt alter k type bigint"),
    Row::new(SETUP, "alter table pt alter b type varchar"),
    Row::new(SETUP, "alter table pt alter d type timestamp"),
    Row::new(SETUP, "alter table pt1 alter d type timestamp"),
    Row::new(SETUP, "alter table ref alter id type bigint"),
    Row::new(SETUP, "alter table ref alter k type bigint"),
    Row::new(SETUP, "alter table pt add check (n < 100000)"),
    Row::new(SETUP, "alter table pt add constraint q check (n < 100000) not valid"),
    Row::new(SETUP, "alter table only pt add constraint q check (n < 100000)"),
    Row::new(SETUP, "alter table only pt add constraint q check (n < 100000) no inherit"),
    Row::new(SETUP, "alter table pt1 add constraint q check (n < 100000)"),
    Row::new(SETUP, "alter table pt add constraint q foreign key (n) references ref").reads_at_most(BY_KEY),
    Row::new(SETUP, "alter table pt add constraint q foreign key (n) references ref not valid"),
    Row::new(SETUP, "alter table pt add constraint q foreign key (n) references ref(k)").reads_at_most(BY_KEY),
    Row::new(SETUP, "alter table pt1 add constraint q foreign key (n) references ref").reads_at_most(BY_KEY),
    Row::new(SETUP, "alter table only pt add constraint q foreign key (n) references ref"),
    Row::new(SETUP, "alter table x1 add constraint q foreign key (id, k) references pt").may_violate(MADE_UP),
    Row::new(SETUP, "alter table x1 add constraint q foreign key (id, k) references pt not valid"),
    Row::new(SETUP, "alter table pt add constraint q unique (id, b)"),
    Row::new(SETUP, "alter table only pt add constraint q unique (id, b)"),
    Row::new(SETUP, "alter table pt add unique (b)"),
    Row::new(SETUP, "alter table pt1 add constraint q unique (id, b)"),
    Row::new(SETUP, "alter table pt drop constraint pt_n_check"),
    Row::new(SETUP, "alter table only pt drop constraint pt_n_check"),
    Row::new(SETUP, "alter table pt drop constraint pt_r_fkey"),
    Row::new(SETUP, "alter table pt1 drop constraint pt_r_fkey"),
    Row::new(SETUP, "alter table pt drop constraint pt_pkey"),
    Row::new(SETUP, "alter table pt drop constraint pt_pkey cascade"),
    Row::new(SETUP, "alter table child drop constraint child_pid_pk_fkey"),
    Row::new(SETUP, "alter table child1 drop constraint child1_pid_pk_fkey"),
    Row::new(SETUP, "alter table pt rename constraint pt_n_check to zz"),
    Row::new(SETUP, "alter table pt rename constraint pt_pkey to zz"),
    Row::new(SETUP, "alter table pt rename constraint pt_r_fkey to zz"),
    Row::new(SETUP, "alter table pt validate constraint pt_n_check"),
    Row::new(SETUP, "alter table pt alter constraint pt_r_fkey deferrable"),
    Row::new(SETUP, "alter table pt alter constraint pt_r_fkey not enforced"),
    Row::new(SETUP, "alter table child alter constraint child_pid_pk_fkey deferrable"),
    Row::new(SETUP, "create table ptn partition of pt for values from (4000) to (5000)"),
    Row::new(SETUP, "create table ptn partition of pt for values from (5000) to (6000)"),
    Row::new(SETUP, "create table ptn partition of pt for values from (5500) to (5600)"),
    Row::new(SETUP, "create table ptn partition of pt for values from (7000) to (8000)"),
    Row::new(SETUP, "create table ptn partition of pt for values from (7000) to (8000) partition by hash (k)"),
    Row::new(SETUP, "create table ptn partition of pt2 for values in (77)"),
    Row::new(SETUP, "create table ptn partition of pt (id default 4) for values from (5000) to (6000)"),
    Row::new(SETUP, "alter table pt attach partition x1 for values from (3000) to (4000)"),
    Row::new(SETUP, "alter table pt attach partition x2 for values from (3000) to (4000)"),
    Row::new(SETUP, "alter table pt attach partition x3 for values from (3000) to (4000)"),
    Row::new(SETUP, "alter table pt attach partition x3 for values from (2900) to (4100)"),
    Row::new(SETUP, "alter table pt attach partition x3 for values from (3000) to (3900)"),
    Row::new(SETUP, "alter table pt detach partition pt1"),
    Row::new(SETUP, "alter table pt detach partition pt2"),
    Row::new(SETUP, "alter table pt detach partition ptd").may_violate(MADE_UP),
    Row::new(SETUP, "alter table pt2 detach partition pt21"),
    Row::new(SETUP, "alter table pt2 detach partition pt2d"),
    Row::new(SETUP, "alter table pt detach partition pt1 concurrently"),
    Row::new(SETUP, "alter table pt2 detach partition pt21 concurrently"),
    Row::new(SETUP, "alter table pt set (fillfactor=50)"),
    Row::new(SETUP, "alter table pt1 set (fillfactor=50)"),
    Row::new(SETUP, "alter table pt set unlogged"),
    Row::new(SETUP, "alter table pt set logged"),
    Row::new(SETUP, "alter table pt1 set unlogged"),
    Row::new(SETUP, "alter table pt set tablespace pg_default"),
    Row::new(SETUP, "alter table pt set access method heap"),
    Row::new(SETUP, "alter table pt owner to postgres"),
    Row::new(SETUP, "alter table pt enable row level security"),
    Row::new(SETUP, "alter table pt replica identity full"),
    Row::new(SETUP, "alter table pt alter b set statistics 5"),
    Row::new(SETUP, "alter table only pt alter b set statistics 5"),
    Row::new(SETUP, "alter table pt alter b set storage plain"),
    Row::new(SETUP, "alter table pt alter b set compression pglz"),
    Row::new(SETUP, "alter table pt alter b set (n_distinct=4)"),
    Row::new(SETUP, "alter table pt cluster on pt_pkey"),
    Row::new(SETUP, "alter table pt disable trigger all"),
    Row::new(SETUP, "alter table only pt disable trigger all"),
    Row::new(SETUP, "alter table pt alter n add generated always as identity"),
    Row::new(SETUP, "alter table pt alter id add generated always as identity"),
    Row::new(SETUP, "alter table pt1 alter id add generated always as identity"),
    Row::new(SETUP, "alter index pt_n attach partition pt1_n"),
    Row::new(SETUP, "alter index pt_b rename to zz"),
    Row::new(SETUP, "alter index pt_b set (fillfactor=50)"),
    Row::new(SETUP, "alter table pt add constraint nn not null n"),
    Row::new(SETUP, "alter table pt add constraint nn not null n not valid"),
    Row::new(SETUP, "alter table pt1 add constraint nn not null n"),
    Row::new(SETUP, "alter table pt add constraint q exclude using btree (id with =)"),
    Row::new(SETUP, "alter table pt drop constraint pt_id_not_null"),
    Row::new(SETUP, "create table newref (id int, p int, k int, foreign key (p, k) references pt)"),
    Row::new(SETUP, "create table newref (id int references ref, p int references child)"),
    Row::new(SETUP, "create table newref (id int references pt1)"),
    Row::new(SETUP, "create table newref (like pt including all)"),
    Row::new(SETUP, "create table newref (like x3 including all)"),
    Row::new(SETUP, "create table newt () inherits (x1)"),
    Row::new(SETUP, "create table if not exists x1 (id int references ref)"),
    Row::new(SETUP, "alter table pt rename column b to bb"),
    Row::new(SETUP, "alter table pt set schema pg_catalog"),
    Row::new(SETUP, "alter table ref drop column k"),
    Row::new(SETUP, "alter table ref drop column id cascade"),
    Row::new(SETUP, "alter table pt inherit x1"),
    Row::new(SETUP, "alter table x1 inherit x2"),
    Row::new(SETUP, "alter table x3 inherit x2"),
    Row::new(SETUP, "alter table pt1 no inherit pt"),
];
