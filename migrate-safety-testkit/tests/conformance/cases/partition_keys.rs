//! Foreign keys of and to partitioned tables.

use crate::row::{BY_KEY, Row};

const SETUP_1: &str = r#"
create table ref (id int primary key, k int unique);
create table pt (id int not null, k int not null, b text, r int references ref(id), nn int not null, primary key (id)) partition by range (id);
create table pt1 partition of pt for values from (0) to (1000);
create table pt2 partition of pt for values from (1000) to (2000);
create table child (id int primary key, pid int references pt);
insert into ref select i, i from generate_series(0,4000) i;
insert into pt select i, i % 7, i, i, i from generate_series(0,1999) i;
insert into child select i, i from generate_series(1000,1999) i;
create table lone (id int, x int) partition by range (id);
create table lone1 partition of lone for values from (0) to (10);
create table lone2 partition of lone for values from (10) to (20) partition by list (x);
create table lone21 partition of lone2 for values in (1);
create unique index lone1_id on lone1(id);
create index lone_id on lone(id);
insert into lone select i, 1 from generate_series(0,19) i;
create table dd (id int not null, x int) partition by range (id);
create table dd1 partition of dd for values from (0) to (10);
create table ddd partition of dd default partition by list (x);
create table ddd1 partition of ddd for values in (1,2);
create table dddd partition of ddd default;
create table dnew (id int not null, x int);
create table dnew2 (id int not null, x int, check (id >= 10 and id < 20));
insert into dd select i, i%3 from generate_series(0,9) i;
insert into dd select i, i%3 from generate_series(100,900) i;
insert into dnew select i,i from generate_series(10,19) i;
insert into dnew2 select i,i from generate_series(10,19) i;
create table ids (id int generated always as identity, k int) partition by range (k);
"#;

const SETUP_2: &str = r#"
create table pt (id int not null, k int not null, primary key (id)) partition by range (id);
create table pt1 partition of pt for values from (0) to (1000);
create table pt2 partition of pt for values from (1000) to (2000) partition by range (id);
create table pt21 partition of pt2 for values from (1000) to (1500);
create table child (id int primary key, pid int);
create table ref (id int primary key);
insert into ref select i from generate_series(0,4000) i;
insert into pt1 select i, i % 7 from generate_series(0,999) i;
insert into pt21 select i, i % 7 from generate_series(1000,1499) i;
insert into child select i, i from generate_series(600,800) i;
alter table child add constraint nv foreign key (pid) references pt not valid;
alter table pt add constraint nvc check (k < 100) not valid;
"#;

const SETUP_3: &str = r#"
create table ref (id int primary key);
create table pt (id int not null, k int not null) partition by range (id);
create table pt1 partition of pt for values from (0) to (1000);
create table pt2 partition of pt for values from (1000) to (2000);
alter table pt1 add constraint pt1_k foreign key (k) references ref;
alter table pt2 add constraint pt2_k foreign key (k) references ref not valid;
insert into ref select i from generate_series(0,4000) i;
insert into pt select i, i % 7 from generate_series(0,1999) i;
"#;

pub(super) const ROWS: &[Row] = &[
    Row::new(SETUP_1, "alter table pt detach partition pt1"),
    Row::new(SETUP_1, "alter table pt detach partition pt1 concurrently"),
    Row::new(SETUP_1, "alter table lone detach partition lone1"),
    Row::new(SETUP_1, "alter table lone detach partition lone1 concurrently"),
    Row::new(SETUP_1, "alter table lone detach partition lone2"),
    Row::new(SETUP_1, "alter table lone detach partition lone2 concurrently"),
    Row::new(SETUP_1, "alter table lone detach partition lone1 finalize"),
    Row::new(SETUP_1, "alter table pt alter nn drop not null"),
    Row::new(SETUP_1, "alter table pt alter nn set not null"),
    Row::new(SETUP_1, "alter table pt1 alter nn set not null"),
    Row::new(SETUP_1, "alter table only pt alter nn set not null"),
    Row::new(SETUP_1, "alter table pt alter nn drop not null, alter k drop not null"),
    Row::new(SETUP_1, "alter table pt drop column nn"),
    Row::new(SETUP_1, "drop table pt1 cascade"),
    Row::new(SETUP_1, "drop table pt"),
    Row::new(SETUP_1, "drop table pt cascade"),
    Row::new(SETUP_1, "drop table lone2"),
    Row::new(SETUP_1, "alter table dd attach partition dnew for values from (10) to (20)"),
    Row::new(SETUP_1, "alter table dd attach partition dnew2 for values from (10) to (20)"),
    Row::new(SETUP_1, "create table nn partition of dd for values from (10) to (20)"),
    Row::new(SETUP_1, "create table nn partition of ddd for values in (5)"),
    Row::new(SETUP_1, "alter table ddd detach partition ddd1"),
    Row::new(SETUP_1, "alter table dd detach partition ddd"),
    Row::new(SETUP_1, "alter table dd detach partition dd1"),
    Row::new(SETUP_1, "create table nn partition of dd1 for values in (5)"),
    Row::new(SETUP_1, "alter table pt rename constraint pt_r_fkey to z"),
    Row::new(SETUP_1, "alter table lone set unlogged"),
    Row::new(SETUP_1, "alter table lone set logged"),
    Row::new(SETUP_1, "alter table lone cluster on lone_id"),
    Row::new(SETUP_1, "alter table lone set without cluster"),
    Row::new(SETUP_1, "alter table lone1 replica identity using index lone1_id"),
    Row::new(SETUP_1, "alter table lone1 alter id set not null, replica identity using index lone1_id"),
    Row::new(SETUP_1, "create table nn partition of ids for values from (1) to (2)"),
    Row::new(SETUP_1, "alter table ids add column z int"),
    Row::new(SETUP_1, "alter table pt alter id add generated by default as identity"),
    Row::new(SETUP_1, "alter table child drop column pid"),
    Row::new(SETUP_1, "alter table child alter pid type bigint"),
    Row::new(SETUP_1, "alter table child alter pid type oid using pid::oid"),
    Row::new(SETUP_1, "alter table pt alter id type bigint"),
    Row::new(SETUP_1, "alter table child add constraint q foreign key (pid) references pt"),
    Row::new(SETUP_1, "alter table child add constraint q foreign key (pid) references pt not valid"),
    Row::new(SETUP_1, "alter table pt validate constraint pt_r_fkey"),
    Row::new(SETUP_1, "alter table pt1 validate constraint pt_r_fkey"),
    Row::new(SETUP_1, "alter table child validate constraint child_pid_fkey"),
    Row::new(SETUP_1, "alter table child rename column pid to pp"),
    Row::new(SETUP_1, "alter table pt add check (k < 100), add column zz int"),
    Row::new(SETUP_1, "alter table pt drop constraint if exists nope"),
    Row::new(SETUP_2, "alter table child validate constraint nv"),
    Row::new(SETUP_2, "alter table pt validate constraint nvc"),
    Row::new(SETUP_2, "alter table only pt validate constraint nvc"),
    Row::new(SETUP_2, "alter table pt1 validate constraint nvc"),
    Row::new(SETUP_2, "alter table pt drop constraint nvc"),
    Row::new(SETUP_2, "alter table child drop constraint nv"),
    Row::new(SETUP_2, "alter table pt alter k type bigint"),
    Row::new(SETUP_2, "alter table pt alter k type oid"),
    Row::new(SETUP_2, "alter table pt add constraint pf foreign key (k) references ref").reads_at_most(BY_KEY),
    Row::new(SETUP_2, "alter table pt detach partition pt2"),
    Row::new(SETUP_2, "drop table child"),
    Row::new(SETUP_3, "alter table pt add constraint pf foreign key (k) references ref").reads_at_most(BY_KEY),
    Row::new(SETUP_3, "alter table pt2 validate constraint pt2_k").reads_at_most(BY_KEY),
    Row::new(SETUP_3, "alter table pt2 drop constraint pt2_k"),
    Row::new(SETUP_3, "alter table pt2 drop constraint pt2_k, add constraint zz foreign key (k) references ref")
        .reads_at_most(BY_KEY),
];
