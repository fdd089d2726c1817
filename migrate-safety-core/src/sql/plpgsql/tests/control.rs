//! Which operations a body has, and under which circumstances.

use super::check;

#[test]
#[rustfmt::skip] // one line a body
fn statements_run_in_order() {
    check(&[
        ("BEGIN CREATE TABLE t (a int); DROP TABLE u; END", "create-table@1:7 drop-table@1:31"),
        ("BEGIN\n  ALTER TABLE t ADD COLUMN a int,\n    DROP COLUMN b;\nEND;", "add-column@2:17 drop-column@3:5"),
        ("DECLARE a int := f(1); b CONSTANT text := 'x'; c t.a%TYPE; d t%ROWTYPE; n $1%TYPE; e record; BEGIN a := 1; END", "select@1:18"),
        ("<<outer>> DECLARE a int; BEGIN outer.a := 2; <<inner>> BEGIN DELETE FROM t; END inner; END outer", "delete@1:62"),
        ("#variable_conflict use_column\nBEGIN UPDATE t SET a = 1; END", "update@2:7"),
        ("BEGIN PERFORM f(a) FROM t; PERFORM 1; CALL p(1); NULL; END", "select@1:7 select@1:28 call@1:39"),
        ("DECLARE a int; BEGIN SELECT b INTO STRICT a FROM t; SELECT INTO a b FROM t; INSERT INTO t VALUES (1) RETURNING b INTO a; END", "select@1:22 select@1:53 insert@1:77"),
        ("DECLARE a int; b int; BEGIN UPDATE t SET c = 1 RETURNING d, e INTO a, b; DELETE FROM t WHERE c = a RETURNING 1 INTO a; END", "update@1:29 delete@1:74"),
        ("DECLARE a int[]; r record; BEGIN a[1] := 2; a[f(1)] = 3; r.x := 4; a := (SELECT array_agg(b) FROM t); END", "select@1:47 select@1:73"),
        ("DECLARE n int; BEGIN UPDATE t SET a = 1; GET DIAGNOSTICS n = ROW_COUNT; RAISE NOTICE '% of %%', n; ASSERT n > 0, 'none'; END", "update@1:22"),
        ("BEGIN RAISE EXCEPTION 'a % b' , f(1) USING ERRCODE = 'P0001', HINT = 'h'; RAISE unique_violation; RAISE SQLSTATE '22012'; END", "select@1:33 session@1:7 session@1:75 session@1:99"),
        ("BEGIN CREATE FUNCTION g() RETURNS int BEGIN ATOMIC SELECT CASE WHEN true THEN 1 END; END; DROP TABLE t; END", "create-function@1:7 drop-table@1:91"),
        ("BEGIN CREATE RULE r AS ON INSERT TO t DO (SELECT 1; SELECT 2); DO $x$ BEGIN LOCK TABLE t; END $x$; END", "create-rule@1:7 do@1:64 lock-table@1:77"),
        ("DECLARE open int; loop_count int; BEGIN open := 1; loop_count := open; END", ""),
        ("DECLARE \"a B\" int; BEGIN \"a B\" := 1; SET LOCAL lock_timeout = '1s'; COMMIT; ROLLBACK AND CHAIN; END", "set@1:38 commit@1:69 rollback@1:77"),
        ("BEGIN x := count(*) FROM t; x := a, b FROM u; END", "select@1:12 select@1:34"),
    ]);
}

#[test]
#[rustfmt::skip] // one line a body
fn conditions() {
    check(&[
        ("BEGIN IF a > 1 THEN DROP TABLE t; END IF; DROP TABLE u; END", "drop-table?@1:21 drop-table@1:43"),
        ("BEGIN IF NOT EXISTS (SELECT 1 FROM pg_type WHERE typname = 'mood') THEN CREATE TYPE mood AS ENUM ('a'); END IF; END", "select@1:10 create-type?@1:73"),
        ("BEGIN IF a THEN DROP TABLE t; ELSIF f(1) THEN DROP TABLE u; ELSEIF c THEN NULL; ELSE DROP TABLE v; END IF; END", "drop-table?@1:17 select?@1:37 drop-table?@1:47 drop-table?@1:86"),
        ("BEGIN CASE a WHEN 1, 2 THEN DROP TABLE t; ELSE DROP TABLE u; END CASE; CASE WHEN b THEN DROP TABLE v; END CASE; END", "drop-table?@1:29 drop-table?@1:48 drop-table?@1:89"),
        ("BEGIN BEGIN DROP TABLE t; EXCEPTION WHEN undefined_table OR SQLSTATE '42P02' THEN DROP TABLE u; WHEN OTHERS THEN NULL; END; DROP TABLE v; END", "drop-tablex@1:13 drop-table?@1:83 drop-table@1:125"),
        ("BEGIN IF a THEN RETURN; END IF; DROP TABLE t; END", "drop-table?@1:33"),
        ("BEGIN IF a THEN RAISE EXCEPTION 'no'; END IF; DROP TABLE t; END", "session?@1:17 drop-table@1:47"),
        ("BEGIN BEGIN IF a THEN RETURN; END IF; END; DROP TABLE t; END", "drop-table?@1:44"),
        ("BEGIN <<b>> BEGIN IF a THEN EXIT b; END IF; DROP TABLE t; END b; DROP TABLE u; END", "drop-table?@1:45 drop-table@1:66"),
        ("BEGIN BEGIN DROP TABLE t; EXCEPTION WHEN others THEN RETURN; END; DROP TABLE u; END", "drop-tablex@1:13 drop-table?@1:67"),
    ]);
}

#[test]
#[rustfmt::skip] // one line a body
fn loops() {
    check(&[
        ("BEGIN LOOP UPDATE t SET a = 1; EXIT WHEN NOT FOUND; DROP TABLE u; END LOOP; DROP TABLE v; END", "update[]@1:12 drop-table?[]@1:53 drop-table@1:77"),
        ("BEGIN LOOP DELETE FROM t WHERE id IN (SELECT id FROM t LIMIT 1000); EXIT WHEN NOT FOUND; COMMIT; PERFORM pg_sleep(0.1); END LOOP; END", "delete[csb]@1:12 commit?[csb]@1:90 select?[csb]@1:98"),
        ("BEGIN WHILE EXISTS (SELECT 1 FROM t) LOOP WITH x AS (SELECT id FROM t LIMIT 10) UPDATE t SET a = 1 FROM x WHERE x.id = t.id; COMMIT; END LOOP; END", "select[cb]@1:13 update?[cb]@1:43 commit?[cb]@1:126"),
        ("BEGIN FOR i IN 1..10 LOOP INSERT INTO t VALUES (i); END LOOP; END", "insert[b]@1:27"),
        ("BEGIN FOR i IN REVERSE f(1)..1 BY 2 LOOP UPDATE t SET a = 1 WHERE id = i; END LOOP; END", "select@1:24 update?[b]@1:42"),
        ("BEGIN FOR i IN 1..0 LOOP DROP TABLE t; END LOOP; FOR i IN a.b..c.d LOOP DROP TABLE u; END LOOP; END", "drop-table?[]@1:26 drop-table?[]@1:73"),
        ("DECLARE r record; BEGIN FOR r IN SELECT id FROM t LOOP UPDATE u SET a = 1 WHERE id = r.id; COMMIT; END LOOP; END", "select@1:34 update?[cb]@1:56 commit?[cb]@1:92"),
        ("DECLARE r record; BEGIN FOR r IN UPDATE t SET a = 1 RETURNING id LOOP DELETE FROM u; END LOOP; END", "update@1:34 delete?[]@1:71"),
        ("DECLARE a int; b int; BEGIN FOR a, b IN SELECT 1, 2 LOOP NULL; END LOOP; FOREACH a IN ARRAY ARRAY[1, 2] LOOP UPDATE t SET c = a; END LOOP; END", "select@1:41 update[]@1:110"),
        ("DECLARE x int[]; BEGIN FOREACH x SLICE 1 IN ARRAY f() LOOP DROP TABLE t; END LOOP; END", "select@1:51 drop-table?[]@1:60"),
        ("BEGIN <<o>> LOOP LOOP EXIT o WHEN a; CONTINUE WHEN b; DROP TABLE t; END LOOP; DROP TABLE u; END LOOP o; DROP TABLE v; END", "drop-table?[]@1:55 drop-table?[]@1:79 drop-table@1:105"),
        ("BEGIN LOOP BEGIN UPDATE t SET a = 1; EXCEPTION WHEN others THEN COMMIT; END; END LOOP; END", "updatex[c]@1:18 commit?[c]@1:65"),
        ("BEGIN LOOP IF a THEN PERFORM pg_sleep(1); END IF; LOOP DELETE FROM t USING (SELECT id FROM t LIMIT 5) x WHERE x.id = t.id; END LOOP; END LOOP; END", "select?[sb]@1:22 delete[b]@1:56"),
        ("BEGIN FOR i IN 1..10 LOOP EXIT WHEN a; END LOOP; DROP TABLE t; END", "drop-table@1:50"),
    ]);
}

#[test]
#[rustfmt::skip] // one line a body
fn cursors_and_results() {
    check(&[
        ("DECLARE c CURSOR FOR SELECT a FROM t; r record; BEGIN OPEN c; FETCH c INTO r; FETCH NEXT FROM c INTO r; MOVE FORWARD 2 IN c; CLOSE c; END", "select@1:22"),
        ("DECLARE c NO SCROLL CURSOR (x int, y int) IS SELECT a FROM t WHERE b = x; BEGIN OPEN c(1, y := 2); FOR r IN c(3, 4) LOOP DELETE FROM u; END LOOP; END", "select@1:46 select@1:46 delete?[]@1:122"),
        ("DECLARE c refcursor; BEGIN OPEN c FOR SELECT 1 FROM t; OPEN c NO SCROLL FOR EXECUTE 'SELECT 1 FROM u'; MOVE ALL FROM c; END", "select@1:39 select!@1:86"),
        ("BEGIN RETURN QUERY SELECT a FROM t; RETURN NEXT f(1); RETURN QUERY EXECUTE 'DELETE FROM t RETURNING 1' USING 2; RETURN; DROP TABLE t; END", "select@1:20 select@1:49 delete!@1:77 drop-table?@1:121"),
        ("BEGIN RETURN (SELECT a FROM t); END", "select@1:14"),
    ]);
}
