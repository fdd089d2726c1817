//! Which tables queries read through, and which they reach by a key.

use crate::row::Row;

pub(super) const ROWS: &[Row] = &[
    Row::new(FIRST, "SELECT * FROM u WHERE email = 'e5'").session("SET random_page_cost = 2; SET enable_mergejoin = off"),
    Row::new(FIRST, "SELECT * FROM u WHERE lower(name) = 'n5'").session("SET random_page_cost = 2; SET enable_mergejoin = off"),
    Row::new(FIRST, "SELECT * FROM u WHERE upper(name) = 'n5'").session("SET random_page_cost = 2; SET enable_mergejoin = off"),
    Row::new(FIRST, "SELECT * FROM u WHERE name = 'n5'").session("SET random_page_cost = 2; SET enable_mergejoin = off"),
    Row::new(FIRST, "SELECT * FROM u WHERE name::text = 'n5'").session("SET random_page_cost = 2; SET enable_mergejoin = off"),
    Row::new(FIRST, "SELECT * FROM u WHERE id::text = '5'").session("SET random_page_cost = 2; SET enable_mergejoin = off"),
    Row::new(FIRST, "SELECT * FROM u WHERE id = '5'").session("SET random_page_cost = 2; SET enable_mergejoin = off"),
    Row::new(FIRST, "SELECT * FROM u WHERE id IN (1, 2, 3)").session("SET random_page_cost = 2; SET enable_mergejoin = off"),
    Row::new(FIRST, "SELECT * FROM u WHERE id = ANY (ARRAY[1, 2, 3])").session("SET random_page_cost = 2; SET enable_mergejoin = off"),
    Row::new(FIRST, "SELECT * FROM u WHERE id = ANY ('{1,2,3}')").session("SET random_page_cost = 2; SET enable_mergejoin = off"),
    Row::new(FIRST, "SELECT * FROM u WHERE id NOT IN (1, 2, 3)").session("SET random_page_cost = 2; SET enable_mergejoin = off"),
    Row::new(FIRST, "SELECT * FROM u WHERE id <> 5").session("SET random_page_cost = 2; SET enable_mergejoin = off"),
    Row::new(FIRST, "SELECT * FROM u WHERE id BETWEEN 1 AND 500").session("SET random_page_cost = 2; SET enable_mergejoin = off"),
    Row::new(FIRST, "SELECT * FROM u WHERE id > 100 AND id <= 200").session("SET random_page_cost = 2; SET enable_mergejoin = off"),
    Row::new(FIRST, "SELECT * FROM u WHERE id > 100").session("SET random_page_cost = 2; SET enable_mergejoin = off"),
    Row::new(FIRST, "SELECT * FROM u WHERE created < '2099-01-01'").session("SET random_page_cost = 2; SET enable_mergejoin = off"),
    Row::new(FIRST, "SELECT * FROM u WHERE active").session("SET random_page_cost = 2; SET enable_mergejoin = off"),
    Row::new(FIRST, "SELECT * FROM u WHERE NOT active").session("SET random_page_cost = 2; SET enable_mergejoin = off"),
    Row::new(FIRST, "SELECT * FROM u WHERE active = true").session("SET random_page_cost = 2; SET enable_mergejoin = off"),
    Row::new(FIRST, "SELECT * FROM u WHERE active AND code = 'c4'").session("SET random_page_cost = 2; SET enable_mergejoin = off"),
    Row::new(FIRST, "SELECT * FROM u WHERE code = 'c4' AND active IS TRUE").session("SET random_page_cost = 2; SET enable_mergejoin = off"),
    Row::new(FIRST, "SELECT * FROM u WHERE m = 'sad'").session("SET random_page_cost = 2; SET enable_mergejoin = off"),
    Row::new(FIRST, "SELECT * FROM u WHERE org = 5").session("SET random_page_cost = 2; SET enable_mergejoin = off"),
    Row::new(FIRST, "SELECT * FROM u WHERE org = 5 AND age > 10").session("SET random_page_cost = 2; SET enable_mergejoin = off"),
    Row::new(FIRST, "SELECT * FROM u WHERE age = 5").session("SET random_page_cost = 2; SET enable_mergejoin = off"),
    Row::new(FIRST, "SELECT * FROM u WHERE doc @> '{\"k\": 5}'").session("SET random_page_cost = 2; SET enable_mergejoin = off"),
    Row::new(FIRST, "SELECT * FROM u WHERE tags @> ARRAY['t5']").session("SET random_page_cost = 2; SET enable_mergejoin = off"),
    Row::new(FIRST, "SELECT * FROM u WHERE doc->>'k' = '5'").session("SET random_page_cost = 2; SET enable_mergejoin = off"),
    Row::new(FIRST, "SELECT * FROM u WHERE code = 'c5'").session("SET random_page_cost = 2; SET enable_mergejoin = off"),
    Row::new(FIRST, "SELECT * FROM u WHERE code LIKE 'c5%'").session("SET random_page_cost = 2; SET enable_mergejoin = off"),
    Row::new(FIRST, "SELECT * FROM u WHERE pad LIKE 'p00%'").session("SET random_page_cost = 2; SET enable_mergejoin = off"),
    Row::new(FIRST, "SELECT * FROM u WHERE pad = 'p5'").session("SET random_page_cost = 2; SET enable_mergejoin = off"),
    Row::new(FIRST, "SELECT * FROM u WHERE id = 1 OR id = 2").session("SET random_page_cost = 2; SET enable_mergejoin = off"),
    Row::new(FIRST, "SELECT * FROM u WHERE id = 1 OR email = 'e2'").session("SET random_page_cost = 2; SET enable_mergejoin = off"),
    Row::new(FIRST, "SELECT * FROM u WHERE id = 1 OR upper(name) = 'X'").session("SET random_page_cost = 2; SET enable_mergejoin = off"),
    Row::new(FIRST, "SELECT * FROM u WHERE (id = 1 OR id = 2) AND active").session("SET random_page_cost = 2; SET enable_mergejoin = off"),
    Row::new(FIRST, "SELECT * FROM u WHERE id + 1 = 5").session("SET random_page_cost = 2; SET enable_mergejoin = off"),
    Row::new(FIRST, "SELECT * FROM u WHERE id = 5 + 1").session("SET random_page_cost = 2; SET enable_mergejoin = off"),
    Row::new(FIRST, "SELECT * FROM u WHERE 5 = id").session("SET random_page_cost = 2; SET enable_mergejoin = off"),
    Row::new(FIRST, "SELECT * FROM u WHERE false").session("SET random_page_cost = 2; SET enable_mergejoin = off"),
    Row::new(FIRST, "SELECT * FROM u WHERE 1 = 0").session("SET random_page_cost = 2; SET enable_mergejoin = off"),
    Row::new(FIRST, "SELECT * FROM u WHERE true").session("SET random_page_cost = 2; SET enable_mergejoin = off"),
    Row::new(FIRST, "SELECT * FROM u LIMIT 0").session("SET random_page_cost = 2; SET enable_mergejoin = off"),
    Row::new(FIRST, "SELECT * FROM u ORDER BY id LIMIT 100").session("SET random_page_cost = 2; SET enable_mergejoin = off"),
    Row::new(FIRST, "SELECT * FROM u ORDER BY id DESC LIMIT 1").session("SET random_page_cost = 2; SET enable_mergejoin = off"),
    Row::new(FIRST, "SELECT * FROM u WHERE id > 100 ORDER BY id LIMIT 1000").session("SET random_page_cost = 2; SET enable_mergejoin = off"),
    Row::new(FIRST, "SELECT * FROM u WHERE upper(name) = 'N5' ORDER BY id LIMIT 10").session("SET random_page_cost = 2; SET enable_mergejoin = off"),
    Row::new(FIRST, "SELECT * FROM u ORDER BY tags LIMIT 10").session("SET random_page_cost = 2; SET enable_mergejoin = off"),
    Row::new(FIRST, "SELECT max(id), min(id) FROM u").session("SET random_page_cost = 2; SET enable_mergejoin = off"),
    Row::new(FIRST, "SELECT max(age) FROM u").session("SET random_page_cost = 2; SET enable_mergejoin = off"),
    Row::new(FIRST, "SELECT count(*) FROM u WHERE id = 5").session("SET random_page_cost = 2; SET enable_mergejoin = off"),
    Row::new(FIRST, "SELECT count(*), max(id) FROM u").session("SET random_page_cost = 2; SET enable_mergejoin = off"),
    Row::new(FIRST, "SELECT coalesce(max(id), 0) + 1 FROM u").session("SET random_page_cost = 2; SET enable_mergejoin = off"),
    Row::new(FIRST, "SELECT * FROM u JOIN o ON o.user_id = u.id").session("SET random_page_cost = 2; SET enable_mergejoin = off"),
    Row::new(FIRST, "SELECT * FROM u JOIN o ON o.user_id = u.id WHERE u.id = 5").session("SET random_page_cost = 2; SET enable_mergejoin = off"),
    Row::new(FIRST, "SELECT * FROM u JOIN o ON o.user_id = u.id WHERE u.email = 'e5'").session("SET random_page_cost = 2; SET enable_mergejoin = off"),
    Row::new(FIRST, "SELECT * FROM u JOIN n ON n.user_id = u.id WHERE u.id = 5").session("SET random_page_cost = 2; SET enable_mergejoin = off"),
    Row::new(FIRST, "SELECT * FROM u JOIN n ON n.user_id = u.id WHERE n.id = 5").session("SET random_page_cost = 2; SET enable_mergejoin = off"),
    Row::new(FIRST, "SELECT * FROM u, o WHERE o.user_id = u.id AND o.id = 5").session("SET random_page_cost = 2; SET enable_mergejoin = off"),
    Row::new(FIRST, "SELECT * FROM u LEFT JOIN o ON o.user_id = u.id").session("SET random_page_cost = 2; SET enable_mergejoin = off"),
    Row::new(FIRST, "SELECT * FROM u LEFT JOIN o ON o.user_id = u.id WHERE u.id = 5").session("SET random_page_cost = 2; SET enable_mergejoin = off"),
    Row::new(FIRST, "SELECT * FROM u LEFT JOIN o ON o.user_id = u.id AND o.id = 7").session("SET random_page_cost = 2; SET enable_mergejoin = off"),
    Row::new(FIRST, "SELECT * FROM u JOIN o USING (id)").session("SET random_page_cost = 2; SET enable_mergejoin = off"),
    Row::new(FIRST, "SELECT * FROM u JOIN o USING (id) WHERE id = 5").session("SET random_page_cost = 2; SET enable_mergejoin = off"),
    Row::new(FIRST, "SELECT * FROM u CROSS JOIN o WHERE u.id = 1 AND o.id = 2").session("SET random_page_cost = 2; SET enable_mergejoin = off"),
    Row::new(FIRST, "SELECT * FROM u WHERE EXISTS (SELECT 1 FROM o WHERE o.user_id = u.id)").session("SET random_page_cost = 2; SET enable_mergejoin = off"),
    Row::new(FIRST, "SELECT * FROM u WHERE id = 5 AND EXISTS (SELECT 1 FROM o WHERE o.user_id = u.id)").session("SET random_page_cost = 2; SET enable_mergejoin = off"),
    Row::new(FIRST, "SELECT * FROM u WHERE NOT EXISTS (SELECT 1 FROM o WHERE o.user_id = u.id)").session("SET random_page_cost = 2; SET enable_mergejoin = off"),
    Row::new(FIRST, "SELECT * FROM u WHERE id = 5 AND NOT EXISTS (SELECT 1 FROM o WHERE o.user_id = u.id)").session("SET random_page_cost = 2; SET enable_mergejoin = off"),
    Row::new(FIRST, "SELECT * FROM u WHERE id = 5 AND NOT EXISTS (SELECT 1 FROM n WHERE n.user_id = u.id)").session("SET random_page_cost = 2; SET enable_mergejoin = off"),
    Row::new(FIRST, "SELECT * FROM u WHERE id IN (SELECT user_id FROM o)").session("SET random_page_cost = 2; SET enable_mergejoin = off"),
    Row::new(FIRST, "SELECT * FROM u WHERE id IN (SELECT user_id FROM o WHERE o.id = 5)").session("SET random_page_cost = 2; SET enable_mergejoin = off"),
    Row::new(FIRST, "SELECT * FROM u WHERE id IN (SELECT user_id FROM n WHERE x = 5)").session("SET random_page_cost = 2; SET enable_mergejoin = off"),
    Row::new(FIRST, "SELECT * FROM u WHERE id NOT IN (SELECT user_id FROM o WHERE user_id IS NOT NULL)").session("SET random_page_cost = 2; SET enable_mergejoin = off"),
    Row::new(FIRST, "SELECT * FROM u WHERE id = (SELECT max(user_id) FROM o)").session("SET random_page_cost = 2; SET enable_mergejoin = off"),
    Row::new(FIRST, "SELECT * FROM u WHERE id = (SELECT user_id FROM o WHERE id = 7)").session("SET random_page_cost = 2; SET enable_mergejoin = off"),
    Row::new(FIRST, "SELECT * FROM u WHERE id = (SELECT max(user_id) FROM n)").session("SET random_page_cost = 2; SET enable_mergejoin = off"),
    Row::new(FIRST, "SELECT id, (SELECT count(*) FROM o WHERE o.user_id = u.id) FROM u").session("SET random_page_cost = 2; SET enable_mergejoin = off"),
    Row::new(FIRST, "SELECT id, (SELECT count(*) FROM n WHERE n.user_id = u.id) FROM u WHERE id = 5").session("SET random_page_cost = 2; SET enable_mergejoin = off"),
    Row::new(FIRST, "SELECT id, (SELECT max(total) FROM o) FROM u WHERE id = 5").session("SET random_page_cost = 2; SET enable_mergejoin = off"),
    Row::new(FIRST, "SELECT * FROM (SELECT * FROM u WHERE org = 3) s WHERE s.id = 5").session("SET random_page_cost = 2; SET enable_mergejoin = off"),
    Row::new(FIRST, "SELECT * FROM (SELECT id, email FROM u) s WHERE s.id = 5").session("SET random_page_cost = 2; SET enable_mergejoin = off"),
    Row::new(FIRST, "SELECT * FROM (SELECT org, count(*) AS c FROM u GROUP BY org) s WHERE s.c > 5").session("SET random_page_cost = 2; SET enable_mergejoin = off"),
    Row::new(FIRST, "SELECT * FROM (SELECT id AS x FROM u) s JOIN o ON o.id = s.x WHERE s.x = 5").session("SET random_page_cost = 2; SET enable_mergejoin = off"),
    Row::new(FIRST, "SELECT * FROM (VALUES (1), (2)) v(id) JOIN u ON u.id = v.id").session("SET random_page_cost = 2; SET enable_mergejoin = off"),
    Row::new(FIRST, "SELECT * FROM generate_series(1, 3) g JOIN u ON u.id = g").session("SET random_page_cost = 2; SET enable_mergejoin = off"),
    Row::new(FIRST, "SELECT * FROM unnest(ARRAY[1,2]) AS g(id) JOIN u ON u.id = g.id").session("SET random_page_cost = 2; SET enable_mergejoin = off"),
    Row::new(FIRST, "WITH x AS (SELECT * FROM u) SELECT * FROM x WHERE id = 5").session("SET random_page_cost = 2; SET enable_mergejoin = off"),
    Row::new(FIRST, "WITH x AS (SELECT id FROM u WHERE email = 'e5') SELECT * FROM x JOIN o ON o.user_id = x.id").session("SET random_page_cost = 2; SET enable_mergejoin = off"),
    Row::new(FIRST, "WITH x AS (SELECT id FROM u) SELECT * FROM x a JOIN x b ON a.id = b.id WHERE a.id = 5").session("SET random_page_cost = 2; SET enable_mergejoin = off"),
    Row::new(FIRST, "WITH x AS (SELECT id FROM u WHERE id < 100 ORDER BY id LIMIT 10) SELECT * FROM o JOIN x ON o.user_id = x.id").session("SET random_page_cost = 2; SET enable_mergejoin = off"),
    Row::new(FIRST, "WITH RECURSIVE r AS (SELECT id, org FROM u WHERE id = 1 UNION ALL SELECT u.id, u.org FROM u JOIN r ON u.id = r.org WHERE r.org > 1) SELECT * FROM r").session("SET random_page_cost = 2; SET enable_mergejoin = off"),
    Row::new(FIRST, "SELECT * FROM au WHERE id = 5").session("SET random_page_cost = 2; SET enable_mergejoin = off"),
    Row::new(FIRST, "SELECT * FROM au WHERE org = 5").session("SET random_page_cost = 2; SET enable_mergejoin = off"),
    Row::new(FIRST, "SELECT * FROM au").session("SET random_page_cost = 2; SET enable_mergejoin = off"),
    Row::new(FIRST, "SELECT * FROM uo WHERE id = 5").session("SET random_page_cost = 2; SET enable_mergejoin = off"),
    Row::new(FIRST, "SELECT * FROM uo WHERE o_id = 5").session("SET random_page_cost = 2; SET enable_mergejoin = off"),
    Row::new(FIRST, "SELECT * FROM uo WHERE total = 5").session("SET random_page_cost = 2; SET enable_mergejoin = off"),
    Row::new(FIRST, "SELECT * FROM agg WHERE c > 5").session("SET random_page_cost = 2; SET enable_mergejoin = off"),
    Row::new(FIRST, "SELECT * FROM un").session("SET random_page_cost = 2; SET enable_mergejoin = off"),
    Row::new(FIRST, "SELECT id FROM u WHERE id = 1 UNION SELECT id FROM o WHERE id = 2").session("SET random_page_cost = 2; SET enable_mergejoin = off"),
    Row::new(FIRST, "SELECT id FROM u UNION ALL SELECT id FROM o WHERE id = 2").session("SET random_page_cost = 2; SET enable_mergejoin = off"),
    Row::new(FIRST, "UPDATE u SET org = 1 WHERE id IN (SELECT id FROM u WHERE upper(name) = 'Q' LIMIT 100)").session("SET random_page_cost = 2; SET enable_mergejoin = off"),
    Row::new(FIRST, "UPDATE u SET age = n.x FROM n WHERE n.user_id = u.id").session("SET random_page_cost = 2; SET enable_mergejoin = off"),
    Row::new(FIRST, "UPDATE u SET age = n.x FROM n WHERE n.user_id = u.id AND u.id = 7").session("SET random_page_cost = 2; SET enable_mergejoin = off"),
    Row::new(FIRST, "UPDATE u SET age = n.x FROM n WHERE n.user_id = u.id AND n.id = 7").session("SET random_page_cost = 2; SET enable_mergejoin = off"),
    Row::new(FIRST, "UPDATE u SET age = s.x FROM (SELECT user_id, max(x) AS x FROM n GROUP BY user_id) s WHERE s.user_id = u.id").session("SET random_page_cost = 2; SET enable_mergejoin = off"),
    Row::new(FIRST, "UPDATE u SET age = 5 FROM (VALUES (1, 2), (3, 4)) AS v(id, x) WHERE v.id = u.id").session("SET random_page_cost = 2; SET enable_mergejoin = off"),
    Row::new(FIRST, "UPDATE u x SET age = 1 WHERE x.id = 5").session("SET random_page_cost = 2; SET enable_mergejoin = off"),
    Row::new(FIRST, "UPDATE u AS x SET age = 1 FROM u y WHERE y.id = x.id AND y.id = 4").session("SET random_page_cost = 2; SET enable_mergejoin = off"),
    Row::new(FIRST, "DELETE FROM u WHERE id = 5 AND org = 7").session("SET random_page_cost = 2; SET enable_mergejoin = off"),
    Row::new(FIRST, "DELETE FROM n WHERE user_id = 5").session("SET random_page_cost = 2; SET enable_mergejoin = off"),
    Row::new(FIRST, "DELETE FROM o WHERE user_id = 5").session("SET random_page_cost = 2; SET enable_mergejoin = off"),
    Row::new(FIRST, "DELETE FROM o USING u WHERE u.id = o.user_id AND u.email = 'e7'").session("SET random_page_cost = 2; SET enable_mergejoin = off"),
    Row::new(FIRST, "DELETE FROM o USING n WHERE n.user_id = o.user_id").session("SET random_page_cost = 2; SET enable_mergejoin = off"),
    Row::new(FIRST, "DELETE FROM n WHERE id IN (SELECT id FROM n ORDER BY id LIMIT 100)").session("SET random_page_cost = 2; SET enable_mergejoin = off"),
    Row::new(FIRST, "DELETE FROM n WHERE ctid IN (SELECT ctid FROM n WHERE x > 5 LIMIT 100)").session("SET random_page_cost = 2; SET enable_mergejoin = off"),
    Row::new(FIRST, "DELETE FROM n WHERE ctid = ANY (ARRAY(SELECT ctid FROM n WHERE x > 5 LIMIT 100))").session("SET random_page_cost = 2; SET enable_mergejoin = off"),
    Row::new(FIRST, "INSERT INTO n SELECT id + 100000, id, 1 FROM u WHERE email = 'e9'").session("SET random_page_cost = 2; SET enable_mergejoin = off"),
    Row::new(FIRST, "INSERT INTO n SELECT id + 100000, id, 1 FROM u WHERE NOT EXISTS (SELECT 1 FROM n WHERE n.id = u.id)").session("SET random_page_cost = 2; SET enable_mergejoin = off"),
    Row::new(FIRST, "MERGE INTO n USING u ON u.id = n.id AND u.id = 5 WHEN MATCHED THEN UPDATE SET x = 1").session("SET random_page_cost = 2; SET enable_mergejoin = off"),
    Row::new(FIRST, "DELETE FROM n a USING n b WHERE a.id > b.id AND a.user_id = b.user_id").session("SET random_page_cost = 2; SET enable_mergejoin = off"),
    Row::new(FIRST, "SELECT u.* FROM u JOIN LATERAL (SELECT * FROM o WHERE o.user_id = u.id ORDER BY o.id LIMIT 1) l ON true WHERE u.id = 5").session("SET random_page_cost = 2; SET enable_mergejoin = off"),
    Row::new(FIRST, "SELECT u.* FROM u WHERE u.email ILIKE 'e5'").session("SET random_page_cost = 2; SET enable_mergejoin = off"),
    Row::new(FIRST, "SELECT * FROM u WHERE email IS NULL").session("SET random_page_cost = 2; SET enable_mergejoin = off"),
    Row::new(FIRST, "SELECT * FROM u WHERE org IS NULL").session("SET random_page_cost = 2; SET enable_mergejoin = off"),
    Row::new(FIRST, "SELECT * FROM u WHERE created >= '2020-02-01' AND created < '2020-02-02'").session("SET random_page_cost = 2; SET enable_mergejoin = off"),
    Row::new(FIRST, "SELECT * FROM u WHERE created::date = '2020-02-01'").session("SET random_page_cost = 2; SET enable_mergejoin = off"),
    Row::new(FIRST, "SELECT * FROM u WHERE (id, org) = (5, 5)").session("SET random_page_cost = 2; SET enable_mergejoin = off"),
    Row::new(FIRST, "SELECT * FROM u WHERE id = 5 AND random() > 2").session("SET random_page_cost = 2; SET enable_mergejoin = off"),
    Row::new(FIRST, "SELECT DISTINCT org FROM u").session("SET random_page_cost = 2; SET enable_mergejoin = off"),
    Row::new(FIRST, "SELECT DISTINCT email FROM u WHERE id = 6").session("SET random_page_cost = 2; SET enable_mergejoin = off"),
];

const FIRST: &str = r#"
    CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');
    CREATE TABLE u (id bigint PRIMARY KEY, email text NOT NULL UNIQUE, name varchar(50), org int, age int, active boolean, m mood, created timestamptz, doc jsonb, tags text[], code text, pad text);
    CREATE INDEX u_org ON u (org);
    CREATE INDEX u_active ON u (active);
    CREATE INDEX u_m ON u (m);
    CREATE INDEX u_created ON u (created);
    CREATE INDEX u_lower ON u (lower(name));
    CREATE INDEX u_org_age ON u (org, age);
    CREATE INDEX u_part ON u (code) WHERE active;
    CREATE INDEX u_name ON u (name);
    CREATE INDEX u_age_notnull ON u (age) WHERE age IS NOT NULL;
    CREATE INDEX u_doc ON u USING gin (doc);
    CREATE INDEX u_tags ON u USING gin (tags);
    CREATE INDEX u_hash ON u USING hash (code);
    CREATE INDEX u_pad ON u (pad text_pattern_ops);
    INSERT INTO u SELECT i, 'e'||i, 'n'||i, i%200, i%70, i%2=0, (ARRAY['sad','ok','happy'])[i%3+1]::mood, '2020-01-01'::timestamptz + i*interval '1 hour', jsonb_build_object('k', i), ARRAY['t'||i], 'c'||i, 'p'||md5(i::text) FROM generate_series(1,20000) i;
    CREATE TABLE o (id int PRIMARY KEY, user_id bigint, total numeric, state text);
    CREATE INDEX o_user ON o (user_id);
    INSERT INTO o SELECT i, i%20000, i, 's'||i%5 FROM generate_series(1,20000) i;
    CREATE TABLE n (id int PRIMARY KEY, user_id bigint, x int);
    INSERT INTO n SELECT i, i%20000, i FROM generate_series(1,20000) i;
    CREATE VIEW au AS SELECT id, email, org FROM u WHERE active;
    CREATE VIEW uo AS SELECT u.id, u.email, o.id AS o_id, o.total FROM u JOIN o ON o.user_id = u.id;
    CREATE VIEW agg AS SELECT user_id, count(*) AS c FROM o GROUP BY user_id;
    CREATE VIEW un AS SELECT id FROM u UNION ALL SELECT id FROM o;
"#;
