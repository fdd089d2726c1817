//! Tables that inherit from others.

use crate::row::Row;

const SETUP_1: &str = r#"
create table a (id int primary key, x int, y int not null, z text);
create table b (w int, constraint bx check (w > 0)) inherits (a);
create table c () inherits (b);
create table d (id int not null, x int, y int not null, z text);
create index a_x on a(x);
create index b_x on b(x);
create table e (id int not null, x int, y int, z text, w int) inherits (a);
create table fk (id int references a);
create table xx (x int, z text);
create table m () inherits (a, xx);
insert into a select i,i,i,i from generate_series(1,2000) i;
insert into b select i,i,i,i,i from generate_series(1,2000) i;
insert into c select i,i,i,i,i from generate_series(1,2000) i;
insert into d select i,i,i,i from generate_series(1,2000) i;
insert into e select i,i,i,i,i from generate_series(1,2000) i;
insert into m select i,i,i,i from generate_series(1,2000) i;
insert into fk select i from generate_series(1,2000) i;
"#;

const SETUP_2: &str = r#"
create table a (id int primary key, x int, y int not null, z text);
create table b (w int, constraint bx check (w > 0)) inherits (a);
create table c () inherits (b);
create table d (id int not null, x int, y int not null, z text);
create index a_x on a(x);
create index b_x on b(x);
create table e (id int not null, x int, y int, z text, w int) inherits (a);
create table fk (id int references a);
create table xx (q int, r text);
create table m () inherits (a, xx);
insert into a select i,i,i,i from generate_series(1,2000) i;
insert into b select i,i,i,i,i from generate_series(1,2000) i;
insert into c select i,i,i,i,i from generate_series(1,2000) i;
insert into d select i,i,i,i from generate_series(1,2000) i;
insert into e select i,i,i,i,i from generate_series(1,2000) i;
insert into m select i,i,i,i,i,i from generate_series(1,2000) i;
insert into fk select i from generate_series(1,2000) i;
"#;

pub(super) const ROWS: &[Row] = &[
    Row::new(SETUP_1, "alter table a add column n int"),
    Row::new(SETUP_1, "alter table a add column w int"),
    Row::new(SETUP_1, "alter table a add column n int default random()"),
    Row::new(SETUP_1, "alter table only a add column n int"),
    Row::new(SETUP_1, "alter table b add column n int"),
    Row::new(SETUP_1, "alter table a add column n serial"),
    Row::new(SETUP_1, "alter table a add column n int unique"),
    Row::new(SETUP_1, "alter table a add column n int references a"),
    Row::new(SETUP_1, "alter table a add column n int default 1 references a"),
    Row::new(SETUP_1, "alter table a add column n int check (n > 0)"),
    Row::new(SETUP_1, "alter table a add column n int check (n > 0) no inherit"),
    Row::new(SETUP_1, "alter table a add column n int generated always as identity"),
    Row::new(SETUP_1, "alter table a drop column x"),
    Row::new(SETUP_1, "alter table only a drop column x"),
    Row::new(SETUP_1, "alter table b drop column x"),
    Row::new(SETUP_1, "alter table b drop column w"),
    Row::new(SETUP_1, "alter table a alter x type bigint"),
    Row::new(SETUP_1, "alter table only a alter x type bigint"),
    Row::new(SETUP_1, "alter table a alter z type varchar"),
    Row::new(SETUP_1, "alter table a alter x set not null"),
    Row::new(SETUP_1, "alter table only a alter x set not null"),
    Row::new(SETUP_1, "alter table b alter x set not null"),
    Row::new(SETUP_1, "alter table a alter y drop not null"),
    Row::new(SETUP_1, "alter table only a alter y drop not null"),
    Row::new(SETUP_1, "alter table b alter y drop not null"),
    Row::new(SETUP_1, "alter table a alter x set default 1"),
    Row::new(SETUP_1, "alter table a add check (x > 0)"),
    Row::new(SETUP_1, "alter table a add check (x > 0) not valid"),
    Row::new(SETUP_1, "alter table a add check (x > 0) no inherit"),
    Row::new(SETUP_1, "alter table only a add check (x > 0)"),
    Row::new(SETUP_1, "alter table b drop constraint bx"),
    Row::new(SETUP_1, "alter table a rename column x to q"),
    Row::new(SETUP_1, "alter table only a rename column x to q"),
    Row::new(SETUP_1, "alter table a add constraint q unique (x)"),
    Row::new(SETUP_1, "alter table a add constraint q foreign key (x) references a"),
    Row::new(SETUP_1, "alter table d inherit a"),
    Row::new(SETUP_1, "alter table b no inherit a"),
    Row::new(SETUP_1, "alter table e no inherit a"),
    Row::new(SETUP_1, "alter table a set unlogged"),
    Row::new(SETUP_1, "alter table a set (fillfactor = 50)"),
    Row::new(SETUP_1, "alter table a enable row level security"),
    Row::new(SETUP_1, "alter table a alter x set statistics 5"),
    Row::new(SETUP_1, "alter table a alter z set storage plain"),
    Row::new(SETUP_1, "alter table a disable trigger all"),
    Row::new(SETUP_1, "alter table a drop constraint a_pkey cascade"),
    Row::new(SETUP_1, "alter table b rename constraint bx to qq"),
    Row::new(SETUP_1, "alter table a alter x add generated always as identity"),
    Row::new(SETUP_1, "alter table a alter y add generated always as identity"),
    Row::new(SETUP_1, "alter table a add constraint qnn not null x"),
    Row::new(SETUP_1, "alter table a add constraint qnn not null x no inherit"),
    Row::new(SETUP_1, "alter table a add constraint qnn not null x not valid"),
    Row::new(SETUP_1, "create table nn (j int) inherits (a)"),
    Row::new(SETUP_1, "create table nn (j int) inherits (a, xx)"),
    Row::new(SETUP_1, "create table nn (like a including all)"),
    Row::new(SETUP_1, "drop table b cascade"),
    Row::new(SETUP_1, "drop table m"),
    Row::new(SETUP_2, "alter table a alter x type bigint"),
    Row::new(SETUP_2, "alter table a alter x type oid"),
    Row::new(SETUP_2, "alter table a alter z type varchar"),
    Row::new(SETUP_2, "alter table a rename column x to zzz"),
    Row::new(SETUP_2, "alter table only a alter x type bigint"),
    Row::new(SETUP_2, "alter table b alter w type bigint"),
    Row::new(SETUP_2, "alter table a add constraint a_x_uq unique using index a_x"),
    Row::new(SETUP_2, "alter table a drop constraint a_y_not_null"),
    Row::new(SETUP_2, "alter table only a drop constraint a_y_not_null"),
    Row::new(SETUP_2, "alter table a validate constraint a_y_not_null"),
    Row::new(SETUP_2, "alter table a alter constraint a_y_not_null no inherit").on(18, 18),
    Row::new(SETUP_2, "alter table a owner to postgres"),
    Row::new(SETUP_2, "alter table c no inherit b"),
    Row::new(SETUP_2, "alter table a drop column if exists nope"),
    Row::new(SETUP_2, "alter table a alter y set not null"),
    Row::new(SETUP_2, "alter table a add column if not exists x int"),
    Row::new(SETUP_2, "alter table a alter id drop not null"),
    Row::new(SETUP_2, "alter table a rename to aa"),
    Row::new(SETUP_2, "alter table a cluster on a_x"),
    Row::new(SETUP_2, "alter table b set unlogged"),
];
