//! Partitions that come and go, with and without proof.

use crate::row::{BY_KEY, Row};

const SETUP: &str = r#"
create table ref (id int primary key, k int unique);
create table pt (id int not null, k int not null, b text, r int references ref(id), primary key (id)) partition by range (id);
create table pt1 partition of pt for values from (0) to (1000);
create table pt2 partition of pt for values from (1000) to (2000);
create index pt_b on pt(b);
create table child (id int primary key, pid int references pt);
create table p0 (id int not null, k int not null, b text, r int);
create table p1 (id int not null, k int not null, b text, r int references ref, primary key(id));
create index p1_b on p1(b);
create table p2 (id int not null, k int not null, b text, r int references ref, primary key(id), check (id >= 2000 and id < 3000));
create index p2_b on p2(b);
create table p3 (id int not null, k int not null, b text, r int, primary key(id), check (id >= 2000 and id < 3000));
create index p3_b on p3(b);
create table p4 (id int not null, k int not null, b text, r int, check (id >= 2000 and id < 3000));
create table p5 (id int primary key, k int not null, b text, r int references ref, check (id >= 2000 and id < 3000));
create unique index p5_k on p5(k);
create index p5_b on p5(b);
create table p6 (id int not null, k int not null, b text, r int, primary key(id)) partition by range (id);
create table p61 partition of p6 for values from (2000) to (2500);create table p62 partition of p6 for values from (2500) to (3500);
create table p7 (id int, k int not null, b text, r int, check (id >= 2000 and id < 3000));
create table npt (id int, k int) partition by range (id);
create table npt1 partition of npt for values from (0) to (100);
create table n1 (id int not null, k int, check (id >= 2000 and id < 3000));
create table n2 (id int, k int, check (id >= 2000 and id < 3000));
create table n3 (id int, k int, check (id is not null and id >= 2000 and id < 3000));
create table n4 (id int not null, k int);
create table lp (s text, k int) partition by list (s);
create table lp1 (s text not null, k int, check (s in ('a','b')));
create table lp2 (s text not null, k int, check (s = 'a'));
create table lp3 (s text not null, k int, check (s = 'a' or s = 'b'));
create table lp4 (s text not null, k int, check (s = any(array['a','b','c'])));
create table hp (s text, k int) partition by hash (s);
create table hp1 (s text not null, k int);
insert into hp1 select s::text, s from generate_series(1, 100) s where satisfies_hash_partition('hp'::regclass, 4, 0, s::text);
create table rp (a int, b int) partition by range (a, b);
create table rp1 (a int not null, b int not null, check (a = 1 and b >= 5 and b < 10));
create table rp2 (a int not null, b int not null, check (a >= 1 and a < 5));
create table dp (id int) partition by range(id);
create table dp1 (id int);
create table dpd partition of dp default;
insert into ref select i, i from generate_series(0,4000) i;
insert into pt select i, i % 7, i, i from generate_series(0,1999) i;
insert into p0 select i, i % 7, i, i from generate_series(2000,2999) i;
insert into p1 select * from p0; insert into p2 select * from p0; insert into p3 select * from p0; insert into p4 select * from p0; insert into p5 select i, i, i, i from generate_series(2000,2999) i; insert into p6 select * from p0; insert into p7 select * from p0;
insert into n1 select id,k from p0; insert into n2 select id,k from p0; insert into n3 select id,k from p0; insert into n4 select id,k from p0; 
insert into lp1 select 'a',k from p0; insert into lp2 select 'a',k from p0; insert into lp3 select 'a',k from p0; insert into lp4 select 'a',k from p0;
insert into rp1 select 1, 6 from p0; insert into rp2 select 1, 6 from p0; insert into dp1 select 5; insert into dpd select 700;
"#;

pub(super) const ROWS: &[Row] = &[
    Row::new(SETUP, "alter table pt attach partition p0 for values from (2000) to (3000)"),
    Row::new(SETUP, "alter table pt attach partition p1 for values from (2000) to (3000)"),
    Row::new(SETUP, "alter table pt attach partition p2 for values from (2000) to (3000)"),
    Row::new(SETUP, "alter table pt attach partition p2 for values from (1900) to (3001)"),
    Row::new(SETUP, "alter table pt attach partition p2 for values from (2000) to (3001)"),
    Row::new(SETUP, "alter table pt attach partition p3 for values from (2000) to (3000)"),
    Row::new(SETUP, "alter table pt attach partition p4 for values from (2000) to (3000)"),
    Row::new(SETUP, "alter table pt attach partition p5 for values from (2000) to (3000)"),
    Row::new(SETUP, "alter table pt attach partition p6 for values from (2000) to (3000)"),
    Row::new(SETUP, "alter table pt attach partition p7 for values from (2000) to (3000)"),
    Row::new(SETUP, "alter table pt attach partition p0 default"),
    Row::new(SETUP, "alter table npt attach partition n1 for values from (2000) to (3000)"),
    Row::new(SETUP, "alter table npt attach partition n2 for values from (2000) to (3000)"),
    Row::new(SETUP, "alter table npt attach partition n3 for values from (2000) to (3000)"),
    Row::new(SETUP, "alter table npt attach partition n4 for values from (2000) to (3000)"),
    Row::new(SETUP, "alter table npt attach partition n1 for values from (2000) to (maxvalue)"),
    Row::new(SETUP, "alter table npt attach partition n1 for values from (minvalue) to (maxvalue)"),
    Row::new(SETUP, "alter table npt attach partition n4 default"),
    Row::new(SETUP, "alter table npt attach partition n4 for values from (minvalue) to (maxvalue)"),
    Row::new(SETUP, "alter table lp attach partition lp1 for values in ('a','b')"),
    Row::new(SETUP, "alter table lp attach partition lp1 for values in ('a','b', null)"),
    Row::new(SETUP, "alter table lp attach partition lp1 for values in ('b', 'a','c')"),
    Row::new(SETUP, "alter table lp attach partition lp2 for values in ('a')"),
    Row::new(SETUP, "alter table lp attach partition lp2 for values in ('a', 'b')"),
    Row::new(SETUP, "alter table lp attach partition lp3 for values in ('a', 'b')"),
    Row::new(SETUP, "alter table lp attach partition lp4 for values in ('a', 'b', 'c', 'd')"),
    Row::new(SETUP, "alter table lp attach partition lp4 for values in ('a', 'b')"),
    Row::new(SETUP, "alter table hp attach partition hp1 for values with (modulus 4, remainder 0)"),
    Row::new(SETUP, "alter table rp attach partition rp1 for values from (1, 5) to (1, 10)"),
    Row::new(SETUP, "alter table rp attach partition rp1 for values from (1, 5) to (2, 10)"),
    Row::new(SETUP, "alter table rp attach partition rp2 for values from (1, minvalue) to (5, minvalue)"),
    Row::new(SETUP, "alter table rp attach partition rp2 for values from (1, 0) to (5, 0)"),
    Row::new(SETUP, "alter table rp attach partition rp2 for values from (0, 0) to (5, 0)"),
    Row::new(SETUP, "alter table dp attach partition dp1 for values from (0) to (10)"),
    Row::new(SETUP, "alter table npt detach partition npt1"),
    Row::new(SETUP, "alter table npt detach partition npt1 concurrently"),
    Row::new(SETUP, "alter table dp detach partition dpd"),
    Row::new(SETUP, "alter table lp attach partition lp1 default"),
    Row::new(SETUP, "drop table pt1"),
    Row::new(SETUP, "drop table npt1"),
    Row::new(SETUP, "create table nn partition of pt for values from (5000) to (6000)"),
    Row::new(SETUP, "create table nn partition of npt for values from (5000) to (6000)"),
    Row::new(SETUP, "create table nn partition of npt default"),
    Row::new(SETUP, "create table nn partition of pt default"),
    Row::new(SETUP, "create table nn partition of pt for values from (5000) to (6000) partition by range (id)"),
    Row::new(SETUP, "create table nn partition of dp for values from (5) to (10)"),
    Row::new(SETUP, "alter table pt set schema public"),
    Row::new(SETUP, "alter table pt add constraint q unique (id, b)"),
    Row::new(SETUP, "alter table pt add constraint q foreign key (k) references ref not enforced"),
    Row::new(SETUP, "alter table pt1 add constraint q foreign key (k) references ref").reads_at_most(BY_KEY),
    Row::new(SETUP, "alter table pt drop constraint pt_pkey cascade"),
    Row::new(SETUP, "create unique index on pt (id)"),
    Row::new(SETUP, "create index on pt1 (k)"),
    Row::new(SETUP, "drop index pt_b"),
    Row::new(SETUP, "alter index pt_pkey rename to foo"),
    Row::new(SETUP, "alter index pt1_pkey rename to foo"),
    Row::new(SETUP, "alter table pt_pkey rename to foo"),
    Row::new(SETUP, "alter index p1_b set (fillfactor = 50)"),
    Row::new(SETUP, "alter index p1_b reset (fillfactor)"),
    Row::new(SETUP, "alter index p1_b set tablespace pg_default"),
    Row::new(SETUP, "create index exi on p1 (lower(b))"),
    Row::new(SETUP, "alter index p1_b depends on extension plpgsql"),
];
