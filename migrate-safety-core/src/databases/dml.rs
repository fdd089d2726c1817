//! `INSERT`, `REPLACE`, `UPDATE`, `DELETE` and queries, as these servers have them in common and each on its own.
//!
//! Sources: SQLite, "INSERT", "UPDATE", "DELETE", "UPSERT"; MySQL reference manual, 15.2.

use super::expression::{expression, parenthesis, problem, resolve, skip};
use super::name::{Name, ObjectName};
use super::operation::{Constant, Delete, Expression, Insert, Limit, Operation, Query, Update};
use super::query::{Common, begins_query, common, query, read};
use super::reader::{name, names, object_name};
use super::scan::{Aliases, Mentions, Start, scan};
use crate::sql::cursor::{Cursor, Mark, Parse};
use crate::sql::token::Token;
use std::collections::HashSet;

/// Reads a statement that begins with one of these words: nothing, if it does not.
pub(super) fn statement(cursor: &mut Cursor<'_, '_>) -> Parse<Option<Operation>> {
    let mark = cursor.mark();
    let common = common(cursor)?;
    let operation = if cursor.eat("INSERT") {
        insert(cursor, common, false)?
    } else if cursor.eat("REPLACE") {
        insert(cursor, common, true)?
    } else if cursor.eat("UPDATE") {
        update(cursor, common)?
    } else if cursor.eat("DELETE") {
        delete(cursor, common)?
    } else {
        cursor.rewind(mark);
        if !begins_query(cursor) {
            return Ok(None);
        }
        Operation::Select(Box::new(query(cursor, &[])?))
    };
    Ok(Some(operation))
}

fn insert(cursor: &mut Cursor<'_, '_>, common: Common, replace: bool) -> Parse<Operation> {
    let conflict = modifiers(cursor)?;
    cursor.eat("INTO");
    let table = object_name(cursor)?;
    if cursor.eat("PARTITION") {
        parenthesis(cursor)?;
    }
    let mut insert = Insert {
        table,
        columns: Vec::new(),
        replace: replace || conflict == Some("REPLACE"),
        ignore: conflict == Some("IGNORE"),
        on_duplicate_update: false,
        rows: None,
        source: Query::default(),
        with: common.queries,
    };
    if cursor.eat("AS") {
        name(cursor)?;
    }
    if cursor.is_token(&Token::LParen) && !begins_query(cursor) {
        insert.columns = if *cursor.peek_nth(1) == Token::RParen {
            // `INSERT INTO t () VALUES ()`
            cursor.skip();
            cursor.skip();
            Vec::new()
        } else {
            names_of_columns(cursor)?
        };
    }
    source(cursor, &mut insert)?;
    let is_common = |table: &ObjectName| table.database.is_none() && common.names.contains(&table.name);
    insert.source.reads.retain(|table| !is_common(table));
    if cursor.eat("AS") {
        // MySQL's name for the new row.
        name(cursor)?;
        if cursor.is_token(&Token::LParen) {
            names(cursor)?;
        }
    }
    while cursor.eat_all("ON CONFLICT") {
        upsert(cursor, &mut insert)?;
    }
    if cursor.eat_all("ON DUPLICATE") {
        cursor.expect("KEY UPDATE")?;
        insert.on_duplicate_update = true;
        assignments(cursor, &["RETURNING"])?;
    }
    returning(cursor)?;
    Ok(Operation::Insert(Box::new(insert)))
}

/// What stands between the verb and the table: `OR IGNORE`, `LOW_PRIORITY IGNORE`.
fn modifiers(cursor: &mut Cursor<'_, '_>) -> Parse<Option<&'static str>> {
    const CONFLICTS: [&str; 5] = ["ROLLBACK", "ABORT", "FAIL", "IGNORE", "REPLACE"];
    if cursor.eat("OR") {
        let conflict = cursor.eat_one_of(&CONFLICTS);
        return conflict.map(Some).ok_or_else(|| cursor.expected("`ROLLBACK`, `ABORT`, `FAIL`, `IGNORE` or `REPLACE`"));
    }
    let mut ignore = None;
    // A table may be called like any of them.
    while !matches!(cursor.peek_nth(1), Token::LParen | Token::Period | Token::End) && !cursor.is_nth(1, "SET") {
        match cursor.eat_one_of(&["LOW_PRIORITY", "HIGH_PRIORITY", "DELAYED", "QUICK", "IGNORE"]) {
            Some("IGNORE") => ignore = Some("IGNORE"),
            Some(_) => {}
            None => break,
        }
    }
    Ok(ignore)
}

/// `(a, b)`, `(t.a, t.b)`.
fn names_of_columns(cursor: &mut Cursor<'_, '_>) -> Parse<Vec<Name>> {
    cursor.parens(|c| c.list(|c| object_name(c).map(|column| column.name)))
}

/// Where the rows come from.
fn source(cursor: &mut Cursor<'_, '_>, insert: &mut Insert) -> Parse<()> {
    const STOPS: [&str; 3] = ["ON CONFLICT", "ON DUPLICATE", "RETURNING"];
    if cursor.eat_all("DEFAULT VALUES") {
        insert.rows = Some(1);
    } else if cursor.eat("SET") {
        insert.rows = Some(1);
        let mark = cursor.mark();
        insert.columns =
            assignments(cursor, &["AS", "ON DUPLICATE", "RETURNING"])?.into_iter().map(|set| set.1).collect();
        insert.source = read(cursor, mark)?;
    } else if cursor.is("VALUES") || cursor.is("VALUE") {
        let mark = cursor.mark();
        cursor.skip();
        let mut rows = 0usize;
        cursor.list(|c| {
            c.eat("ROW");
            if !c.is_token(&Token::LParen) {
                return Err(c.expected("`(` and the values of a row"));
            }
            rows += 1;
            parenthesis(c)
        })?;
        // SQLite: `VALUES (1) UNION SELECT …`
        if ["UNION", "EXCEPT", "INTERSECT"].iter().any(|word| cursor.is(word)) {
            skip(cursor, &STOPS, false)?;
        } else {
            insert.rows = Some(rows);
        }
        insert.source = read(cursor, mark)?;
    } else if begins_query(cursor) {
        insert.source = query(cursor, &STOPS)?;
    } else {
        return Err(cursor.expected("`VALUES` or a query"));
    }
    Ok(())
}

/// What follows `ON CONFLICT`.
fn upsert(cursor: &mut Cursor<'_, '_>, insert: &mut Insert) -> Parse<()> {
    if cursor.is_token(&Token::LParen) {
        parenthesis(cursor)?;
        if cursor.eat("WHERE") {
            expression(cursor, &["DO"])?;
        }
    }
    cursor.expect("DO")?;
    if cursor.eat("NOTHING") {
        insert.ignore = true;
        return Ok(());
    }
    cursor.expect("UPDATE SET")?;
    insert.on_duplicate_update = true;
    assignments(cursor, &["WHERE", "ON CONFLICT", "RETURNING"])?;
    if cursor.eat("WHERE") {
        expression(cursor, &["ON CONFLICT", "RETURNING"])?;
    }
    Ok(())
}

fn update(cursor: &mut Cursor<'_, '_>, common: Common) -> Parse<Operation> {
    modifiers(cursor)?;
    let mut from = tables(cursor, &["SET"])?;
    cursor.expect("SET")?;
    let mut assignments = assignments(cursor, &["FROM", "WHERE", "ORDER BY", "LIMIT", "RETURNING"])?;
    for (qualifier, ..) in &mut assignments {
        resolve(qualifier, &from.aliases);
    }
    // Of a join those tables are changed of which a column is set.
    let joined = std::mem::take(&mut from.reads);
    let set: HashSet<Name> = assignments.iter().filter_map(|set| set.0.clone()).collect();
    let all_qualified = assignments.iter().all(|set| set.0.is_some());
    let (targets, mut reads): (Vec<_>, Vec<_>) = if joined.len() > 1 && all_qualified {
        joined.into_iter().partition(|table| set.contains(&table.name))
    } else {
        (joined, Vec::new())
    };
    if cursor.eat("FROM") {
        let more = tables(cursor, &["WHERE", "ORDER BY", "LIMIT", "RETURNING"])?;
        from.aliases.extend(more.aliases);
        reads.extend(more.reads);
    }
    let mut filter = filter(cursor)?;
    let expressions = || assignments.iter().map(|set| &set.2).chain(&filter);
    reads.extend(expressions().flat_map(|expression| expression.reads.clone()));
    assignments.iter_mut().map(|set| &mut set.2).chain(&mut filter).for_each(|e| e.resolve(&from.aliases));
    let (ordered, limit) = order_and_limit(cursor)?;
    returning(cursor)?;
    let reads = without(reads, &targets, &common);
    Ok(Operation::Update(Box::new(Update { tables: targets, assignments, filter, reads, ordered, limit })))
}

fn delete(cursor: &mut Cursor<'_, '_>, common: Common) -> Parse<Operation> {
    const STOPS: [&str; 4] = ["WHERE", "ORDER BY", "LIMIT", "RETURNING"];
    modifiers(cursor)?;
    let (targets, from) = if cursor.eat("FROM") {
        let mark = cursor.mark();
        skip(cursor, &["USING", "WHERE", "ORDER BY", "LIMIT", "RETURNING"], false)?;
        if cursor.is("USING") {
            cursor.rewind(mark);
            let named = named_targets(cursor)?;
            cursor.expect("USING")?;
            (Some(named), tables(cursor, &STOPS)?)
        } else {
            (None, read_tables(cursor, mark)?)
        }
    } else {
        let named = named_targets(cursor)?;
        cursor.expect("FROM")?;
        (Some(named), tables(cursor, &STOPS)?)
    };
    let Mentions { reads, aliases, .. } = from;
    let targets = match targets {
        Some(named) => named.into_iter().map(|target| behind_alias(target, &aliases)).collect(),
        None => reads.clone(),
    };
    let mut filter = filter(cursor)?;
    let read_by_filter = filter.iter().flat_map(|filter| filter.reads.clone());
    let reads = without(reads.into_iter().chain(read_by_filter).collect(), &targets, &common);
    filter.iter_mut().for_each(|filter| filter.resolve(&aliases));
    let (ordered, limit) = order_and_limit(cursor)?;
    returning(cursor)?;
    Ok(Operation::Delete(Box::new(Delete { tables: targets, filter, reads, ordered, limit })))
}

/// `t, u.*`: the tables whose rows go, by name or alias.
fn named_targets(cursor: &mut Cursor<'_, '_>) -> Parse<Vec<ObjectName>> {
    cursor.list(|c| {
        let first = name(c)?;
        let mut table = ObjectName { database: None, name: first };
        while c.eat_token(&Token::Period) {
            if c.eat_token(&Token::Mul) {
                break;
            }
            table = ObjectName { database: Some(table.name), name: name(c)? };
        }
        Ok(table)
    })
}

/// The table of which this is the name or the alias.
fn behind_alias(target: ObjectName, aliases: &Aliases) -> ObjectName {
    match aliases.get(&target.name) {
        Some(Some(table)) if target.database.is_none() => table.clone(),
        _ => target,
    }
}

/// Tables and joins, up to one of these words.
fn tables(cursor: &mut Cursor<'_, '_>, stops: &[&str]) -> Parse<Mentions> {
    let mark = cursor.mark();
    skip(cursor, stops, false)?;
    read_tables(cursor, mark)
}

/// What the tokens from `mark` on are as tables and joins.
fn read_tables(cursor: &mut Cursor<'_, '_>, mark: Mark) -> Parse<Mentions> {
    let tokens = cursor.tokens_from(mark);
    let found = scan(tokens, Start::Tables).map_err(|fault| problem(cursor, tokens, &fault))?;
    if tokens.is_empty() {
        return Err(cursor.expected("a table"));
    }
    Ok(found)
}

/// `a = 1, t.b = c + 1, (d, e) = (SELECT …)`.
fn assignments(cursor: &mut Cursor<'_, '_>, stops: &[&str]) -> Parse<Vec<(Option<Name>, Name, Expression)>> {
    let mut assigned = Vec::new();
    cursor.list(|c| {
        let columns = if c.is_token(&Token::LParen) { row_of_columns(c)? } else { vec![column(c)?] };
        if !c.eat_token(&Token::Assignment) {
            c.expect_token(&Token::Eq)?;
        }
        if columns.len() > 1 && c.is_token(&Token::LParen) && !begins_query(c) {
            let values = c.parens(|c| c.list(|c| expression(c, &[])))?;
            if values.len() != columns.len() {
                return Err(c.expected(&format!("{} values", columns.len())));
            }
            assigned.extend(columns.into_iter().zip(values).map(|((qualifier, column), to)| (qualifier, column, to)));
            return Ok(());
        }
        let to = expression(c, stops)?;
        assigned.extend(columns.into_iter().map(|(qualifier, column)| (qualifier, column, to.clone())));
        Ok(())
    })?;
    Ok(assigned)
}

fn row_of_columns(cursor: &mut Cursor<'_, '_>) -> Parse<Vec<(Option<Name>, Name)>> {
    cursor.parens(|c| c.list(column))
}

/// `c`, `t.c`, `d.t.c`.
fn column(cursor: &mut Cursor<'_, '_>) -> Parse<(Option<Name>, Name)> {
    let (mut qualifier, mut column) = (None, name(cursor)?);
    while cursor.eat_token(&Token::Period) {
        (qualifier, column) = (Some(column), name(cursor)?);
    }
    Ok((qualifier, column))
}

fn filter(cursor: &mut Cursor<'_, '_>) -> Parse<Option<Expression>> {
    if !cursor.eat("WHERE") {
        return Ok(None);
    }
    expression(cursor, &["ORDER BY", "LIMIT", "RETURNING"]).map(Some)
}

/// `ORDER BY …`, `LIMIT 10`, `LIMIT 20, 10`, `LIMIT 10 OFFSET 20`.
fn order_and_limit(cursor: &mut Cursor<'_, '_>) -> Parse<(bool, Option<Limit>)> {
    const BEHIND: [&str; 4] = ["LIMIT", "OFFSET", "RETURNING", "ORDER BY"];
    let mut ordered = false;
    // SQLite takes `RETURNING` before them too.
    returning(cursor)?;
    if cursor.eat_all("ORDER BY") {
        ordered = true;
        cursor.list(|c| skip(c, &BEHIND, true))?;
    }
    if !cursor.eat("LIMIT") {
        return Ok((ordered, None));
    }
    let mut rows = expression(cursor, &BEHIND)?;
    let mut offset = false;
    if cursor.eat_token(&Token::Comma) {
        (offset, rows) = (true, expression(cursor, &BEHIND)?);
    } else if cursor.eat("OFFSET") {
        offset = true;
        expression(cursor, &BEHIND)?;
    }
    let rows = match &rows.constant {
        Some(Constant::Number(digits)) => digits.parse().ok(),
        _ => None,
    };
    Ok((ordered, Some(Limit { rows, offset })))
}

fn returning(cursor: &mut Cursor<'_, '_>) -> Parse<()> {
    if cursor.eat("RETURNING") {
        skip(cursor, &["ORDER BY", "LIMIT"], false)?;
    }
    Ok(())
}

/// The tables that are read besides those that are changed, each once.
fn without(reads: Vec<ObjectName>, changed: &[ObjectName], common: &Common) -> Vec<ObjectName> {
    let is_common = |table: &ObjectName| table.database.is_none() && common.names.contains(&table.name);
    let changed: HashSet<&ObjectName> = changed.iter().collect();
    let mut others: Vec<ObjectName> =
        common.queries.iter().flat_map(|query| query.reads.clone()).chain(reads).collect();
    others.retain(|table| !changed.contains(table) && !is_common(table));
    others.sort();
    others.dedup();
    others
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::databases::split::pieces;
    use crate::dialect::{Dialect, Target};
    use crate::sql::source::SourceText;
    use std::fmt::Write;

    /// What is read of a statement, shortly.
    fn summary(dialect: Dialect, sql: &str) -> String {
        let source = SourceText::new(sql);
        let (mut found, _) = pieces(&source.lines, Target::usual(dialect));
        let piece = found.pop().expect("a statement");
        assert_eq!(piece.problems, [], "{sql}");
        let mut cursor = Cursor::new(piece.tokens, &source);
        match statement(&mut cursor) {
            Ok(Some(operation)) => match cursor.expect_end() {
                Ok(()) => of_operation(&operation),
                Err(problem) => problem.message.into(),
            },
            Ok(None) => "none".to_owned(),
            Err(problem) => problem.message.into(),
        }
    }

    fn of_operation(operation: &Operation) -> String {
        let mut text = String::new();
        match operation {
            Operation::Insert(i) => {
                write!(text, "insert {}", i.table).unwrap();
                for (what, given) in [("replace", i.replace), ("ignore", i.ignore), ("update", i.on_duplicate_update)] {
                    text += if given { " " } else { "" };
                    text += if given { what } else { "" };
                }
                let columns: Vec<_> = i.columns.iter().map(Name::as_str).collect();
                write!(text, " ({})", columns.join(" ")).unwrap();
                i.rows.iter().for_each(|rows| write!(text, " rows={rows}").unwrap());
                text += &reads(i.with.iter().flat_map(|w| &w.reads).chain(&i.source.reads));
            }
            Operation::Update(u) => {
                write!(text, "update{}", reads(&u.tables).replace(" reads", "")).unwrap();
                for (qualifier, column, to) in &u.assignments {
                    write!(text, " {}={}", dotted(qualifier.as_ref(), column), to.sql).unwrap();
                }
                text += &rest(u.filter.as_ref(), &u.reads, u.ordered, u.limit);
            }
            Operation::Delete(d) => {
                write!(text, "delete{}", reads(&d.tables).replace(" reads", "")).unwrap();
                text += &rest(d.filter.as_ref(), &d.reads, d.ordered, d.limit);
            }
            Operation::Select(q) => {
                let output: Vec<_> = q.output.iter().map(|name| name.as_ref().map_or("?", Name::as_str)).collect();
                write!(text, "select {}{}", output.join(" "), if q.star { " star" } else { "" }).unwrap();
                text += &columns(&q.columns);
                text += &reads(&q.reads);
                text += if q.locks_rows { " locks" } else { "" };
            }
            other => text = format!("{other:?}"),
        }
        text
    }

    fn rest(filter: Option<&Expression>, read: &[ObjectName], ordered: bool, limit: Option<Limit>) -> String {
        let mut text = String::new();
        if let Some(filter) = filter {
            text += " where";
            text += &columns(&filter.columns);
            for condition in &filter.conditions {
                write!(text, " {} {:?}", dotted(condition.qualifier.as_ref(), &condition.column), condition.test)
                    .unwrap();
            }
        }
        text += &reads(read);
        text += if ordered { " ordered" } else { "" };
        if let Some(Limit { rows, offset }) = limit {
            write!(text, " limit={rows:?}{}", if offset { " offset" } else { "" }).unwrap();
        }
        text
    }

    fn columns(columns: &[(Option<Name>, Name)]) -> String {
        let all: Vec<_> = columns.iter().map(|(qualifier, column)| dotted(qualifier.as_ref(), column)).collect();
        format!(" [{}]", all.join(" "))
    }

    fn dotted(qualifier: Option<&Name>, name: &Name) -> String {
        qualifier.map_or_else(|| name.to_string(), |qualifier| format!("{qualifier}.{name}"))
    }

    fn reads<'a>(tables: impl IntoIterator<Item = &'a ObjectName>) -> String {
        let all: Vec<_> = tables.into_iter().map(ToString::to_string).collect();
        if all.is_empty() { String::new() } else { format!(" reads {}", all.join(" ")) }
    }

    fn check(dialect: Dialect, cases: &[(&str, &str)]) {
        let read = |sql: &str| (sql.to_owned(), summary(dialect, sql));
        let found: Vec<_> = cases.iter().map(|(sql, _)| read(sql)).collect();
        let expected: Vec<_> = cases.iter().map(|(sql, summary)| ((*sql).to_owned(), (*summary).to_owned())).collect();
        let differs: Vec<_> = found.iter().zip(&expected).filter(|(found, expected)| found != expected).collect();
        assert!(differs.is_empty(), "{differs:#?}");
    }

    #[test]
    fn sqlite() {
        check(
            Dialect::Sqlite,
            &[
                ("INSERT INTO t VALUES (1, 'a'), (2, 'b')", "insert t () rows=2"),
                ("INSERT OR REPLACE INTO main.t AS x (a, \"b\") VALUES (1, 2)", "insert main.t replace (a b) rows=1"),
                ("INSERT OR IGNORE INTO t(a) SELECT a FROM u", "insert t ignore (a) reads u"),
                ("INSERT INTO t DEFAULT VALUES", "insert t () rows=1"),
                (
                    "INSERT INTO t (a) VALUES (1) ON CONFLICT (a) WHERE b > 0 DO UPDATE SET a = excluded.a WHERE t.b < 3 ON CONFLICT DO NOTHING RETURNING *",
                    "insert t ignore update (a) rows=1",
                ),
                (
                    "INSERT INTO t SELECT * FROM u JOIN v ON u.a = v.a WHERE true ON CONFLICT DO NOTHING",
                    "insert t ignore () reads u v",
                ),
                ("WITH c(x) AS (SELECT a FROM u) INSERT INTO t SELECT x FROM c", "insert t () reads u"),
                ("REPLACE INTO t VALUES (1)", "insert t replace () rows=1"),
                ("UPDATE t SET a = 1", "update t a=1"),
                (
                    "UPDATE OR IGNORE t AS x INDEXED BY i SET a = x.b + 1, (c, d) = (1, 2) WHERE x.a = 5 AND b IS NULL",
                    "update t a=x.b + 1 c=1 d=2 where [t.a b] t.a Equal b IsNull",
                ),
                (
                    "UPDATE t SET a = u.b FROM u, (SELECT 1 AS z FROM w) q WHERE t.id = u.t_id AND q.z IN (1, 2)",
                    "update t a=u.b where [t.id u.t_id q.z] t.id Other q.z In(2) reads u w",
                ),
                (
                    "UPDATE t SET a = (SELECT max(b) FROM u WHERE u.x = t.x) WHERE EXISTS (SELECT 1 FROM u AS k WHERE k.x = t.x)",
                    "update t a=(SELECT max(b) FROM u WHERE u.x = t.x) where [u.x t.x] reads u",
                ),
                (
                    "UPDATE t SET a = 1 WHERE id BETWEEN 1 AND 10 ORDER BY id DESC LIMIT 5 OFFSET 2",
                    "update t a=1 where [id] id Between ordered limit=Some(5) offset",
                ),
                (
                    "UPDATE t SET key = desc WHERE 5 < key AND lower(x) = 'y' AND (a = 1 OR b = 2)",
                    "update t key=desc where [key x a b] key Above x Other",
                ),
                ("DELETE FROM t", "delete t"),
                (
                    "DELETE FROM t AS x WHERE x.a NOT IN (SELECT b FROM u) RETURNING id",
                    "delete t where [t.a b] t.a Other reads u",
                ),
                (
                    "WITH gone AS (SELECT id FROM u) DELETE FROM t WHERE id IN (SELECT id FROM gone)",
                    "delete t where [id] id Other reads u",
                ),
                (
                    "SELECT a, t.b AS c, count(*), d + 1 e, 'x' FROM t LEFT JOIN u USING (id)",
                    "select a c ? e ? [a t.b d id] reads t u",
                ),
                (
                    "SELECT * FROM (SELECT x.a FROM t x) s, json_each(s.a) WHERE s.a > date('now')",
                    "select  star [t.a s.a] reads t",
                ),
                (
                    "SELECT \"my col\", `b`, [c d] FROM 'odd table' ORDER BY 1",
                    "select my col b c d [my col b c d] reads odd table",
                ),
                ("WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT x FROM n", "select x [x]"),
                (
                    "WITH n(x) AS (VALUES (1) UNION ALL SELECT x + 1 FROM n LIMIT 9) SELECT x FROM n, t",
                    "select x [x] reads t",
                ),
                (
                    "SELECT CAST(a AS decimal(10, 2)), CASE WHEN b THEN c ELSE d END FROM t WHERE a IS NOT DISTINCT FROM b",
                    "select ? ? [a b c d] reads t",
                ),
                (
                    "SELECT row_number() OVER (PARTITION BY a ORDER BY b ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) FROM t",
                    "select ? [a b] reads t",
                ),
                (
                    "SELECT count(*) FILTER (WHERE a > 1), sum(b) OVER w FROM t WINDOW w AS (ORDER BY c)",
                    "select ? ? [a b c] reads t",
                ),
                ("SELECT a FROM t UNION SELECT b FROM u EXCEPT SELECT x.c FROM v x", "select a [a b v.c] reads t u v"),
                (
                    "SELECT a FROM (t JOIN u AS k ON t.id = k.id) WHERE k.x LIKE '%y' ESCAPE '!'",
                    "select a [a t.id u.id u.x] reads t u",
                ),
                ("VALUES (1), (2)", "select  []"),
                ("CREATE TABLE t (a)", "none"),
                ("UPDATE t SET a = 1 WERE b = 2", "expected an operator or the end of the expression, found `WERE`"),
                ("UPDATE t SET a = WHERE b = 2", "expected a value, found `WHERE`"),
                ("UPDATE t a = 1", "expected `SET`, found the end of the statement"),
                ("INSERT INTO t (a VALUES (1)", "expected `)`, found `VALUES`"),
                ("INSERT INTO t (a) VALUES (1", "expected `)`, found the end of the statement"),
                ("DELETE t WHERE a = 1", "expected `FROM`, found `WHERE`"),
            ],
        );
    }

    #[test]
    fn mysql() {
        check(
            Dialect::MySql,
            &[
                ("INSERT IGNORE INTO t (a) VALUES (1)", "insert t ignore (a) rows=1"),
                ("INSERT LOW_PRIORITY t PARTITION (p0, p1) () VALUES ()", "insert t () rows=1"),
                (
                    "INSERT INTO t SET a = 1, b = DEFAULT ON DUPLICATE KEY UPDATE b = VALUES(b) + 1",
                    "insert t update (a b) rows=1",
                ),
                (
                    "INSERT INTO t (a) VALUES ROW(1), ROW(2) AS new (x) ON DUPLICATE KEY UPDATE a = new.x",
                    "insert t update (a) rows=2",
                ),
                ("INSERT INTO t (SELECT * FROM u)", "insert t () reads u"),
                ("INSERT INTO t TABLE u", "insert t () reads u"),
                ("REPLACE t (a) SELECT a FROM d.u FORCE INDEX (i) WHERE a IN (1, 2)", "insert t replace (a) reads d.u"),
                (
                    "UPDATE LOW_PRIORITY IGNORE t SET t.a = 1 WHERE t.b = 'x' LIMIT 10",
                    "update t t.a=1 where [t.b] t.b Equal limit=Some(10)",
                ),
                (
                    "UPDATE t JOIN u k ON t.id = k.t_id SET t.a = k.b WHERE k.c <=> NULL",
                    "update t t.a=k.b where [u.c] u.c Equal reads u",
                ),
                ("UPDATE t, u SET a = b", "update t u a=b"),
                (
                    "UPDATE t x INNER JOIN (SELECT id FROM w GROUP BY id HAVING count(*) > 1) y ON x.id = y.id SET x.a = 1",
                    "update t t.a=1 reads w",
                ),
                ("DELETE x FROM t x JOIN u ON x.id = u.id WHERE u.a = 1", "delete t where [u.a] u.a Equal reads u"),
                ("DELETE t.*, u FROM t, u", "delete t u"),
                (
                    "DELETE FROM a USING t AS a JOIN u WHERE a.id = u.id",
                    "delete t where [t.id u.id] t.id Other reads u",
                ),
                (
                    "DELETE QUICK FROM t PARTITION (p0) WHERE a < NOW() - INTERVAL 30 DAY ORDER BY a LIMIT 5",
                    "delete t where [a] a Below ordered limit=Some(5)",
                ),
                (
                    "SELECT SQL_NO_CACHE DISTINCT a FROM t USE INDEX FOR JOIN (i) WHERE MATCH (b) AGAINST ('x' IN BOOLEAN MODE) FOR UPDATE SKIP LOCKED",
                    "select a [a b] reads t locks",
                ),
                (
                    "SELECT GROUP_CONCAT(DISTINCT a ORDER BY b DESC SEPARATOR ','), CONVERT(c USING utf8mb4), _utf8mb4 'x' FROM t LOCK IN SHARE MODE",
                    "select ? ? x [a b c] reads t locks",
                ),
                (
                    "SELECT EXTRACT(DAY FROM a), TRIM(BOTH 'x' FROM b) FROM t STRAIGHT_JOIN u ON t.a = u.a",
                    "select ? ? [a b t.a u.a] reads t u",
                ),
                (
                    "SELECT j.id FROM t, JSON_TABLE(t.doc, '$[*]' COLUMNS (id INT PATH '$.id')) AS j",
                    "select id [j.id t.doc] reads t",
                ),
                ("WITH users AS (SELECT * FROM users WHERE x) SELECT * FROM users", "select  star [x] reads users"),
                ("(SELECT a FROM t) UNION ALL (SELECT b FROM u) ORDER BY a", "select a [a b] reads t u"),
                ("SELECT a FROM t GROUP BY a WITH ROLLUP", "select a [a] reads t"),
                ("TABLE t", "select  [] reads t"),
            ],
        );
    }

    #[test]
    fn large_inputs_take_no_longer_than_their_length() {
        let rows = vec!["(1, 'a', current_timestamp, \"x\")"; 60_000].join(", ");
        let insert = format!("INSERT INTO t VALUES {rows}");
        assert_eq!(summary(Dialect::Sqlite, &insert), "insert t () rows=60000");
        let ands: Vec<String> = (0..20_000).map(|n| format!("c{n} = {n}")).collect();
        let filter = format!("DELETE FROM t WHERE {}", ands.join(" AND "));
        assert!(summary(Dialect::Sqlite, &filter).contains("c19999 Equal"));
        let deep = format!("DELETE FROM t WHERE {}a{}", "(".repeat(9_000), ")".repeat(9_000));
        assert_eq!(summary(Dialect::Sqlite, &deep), "nested too deeply to be read");
    }
}
