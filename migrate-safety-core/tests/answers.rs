//! The answers that reviewers expect: one row a migration.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use migrate_safety_core::rules::Sample;
use migrate_safety_core::{Category, Report, Status, check};

const TABLES: &str = "
CREATE TABLE tenants (id bigint PRIMARY KEY, name text NOT NULL);
CREATE TABLE users (id bigint PRIMARY KEY, user_name text, email varchar(50), wide_email varchar(200), metadata jsonb,
                    legacy_field text, org_id bigint);
CREATE TABLE orders (id bigint PRIMARY KEY, status text);
CREATE TABLE order_items (order_id bigint NOT NULL, product_id bigint NOT NULL, PRIMARY KEY (order_id, product_id));
CREATE TABLE products (id bigint PRIMARY KEY, price numeric(10,2), weight real);
CREATE TABLE legacy_records (id bigint PRIMARY KEY, tenant_id bigint, done boolean);
CREATE TABLE logins (id bigint PRIMARY KEY, a bigint);
CREATE INDEX ON logins (a);
";

const LOOP: &str = "DO $$
DECLARE changed int;
BEGIN
    LOOP
        UPDATE legacy_records SET done = true
        WHERE id IN (SELECT id FROM legacy_records WHERE done IS NULL ORDER BY id LIMIT 5000);
        GET DIAGNOSTICS changed = ROW_COUNT;
        EXIT WHEN changed = 0;
        COMMIT;
        PERFORM pg_sleep(0.1);
    END LOOP;
END $$;";

/// A row: the migration and what is expected of the categories.
struct Row {
    sample: Sample,
    /// These, exactly.
    expected: &'static [(Category, Status)],
    /// Others may be flagged besides.
    open: bool,
    /// What the report's text must contain.
    says: &'static [&'static str],
}

const fn row(sql: &'static str, expected: &'static [(Category, Status)]) -> Row {
    Row { sample: Sample::new(TABLES, sql), expected, open: false, says: &[] }
}

impl Row {
    const fn on(self, version: u16) -> Self {
        Self { sample: self.sample.on(version), ..self }
    }

    const fn open(self) -> Self {
        Self { open: true, ..self }
    }

    const fn says(self, says: &'static [&'static str]) -> Self {
        Self { says, ..self }
    }

    const fn after(self, before: &'static str) -> Self {
        Self { sample: Sample { before, ..self.sample }, ..self }
    }
}

use Category::{
    ConcurrentWrites, ConstraintValidation, DataLoss, Deployability, ForeignKeys, LockContention, ReplicationLag,
    RollingDeploy,
};
use Status::{Block, Flag};

fn rows() -> Vec<Row> {
    vec![
        row("CREATE INDEX idx_orders_status ON orders(status)", &[(LockContention, Block)])
            .says(&["CREATE INDEX CONCURRENTLY idx_orders_status ON orders(status)", "-- no-transaction"]),
        row("CREATE TABLE t (a int); CREATE INDEX idx_t ON t(a)", &[]),
        row(
            "ALTER TABLE order_items ADD CONSTRAINT fk_orders FOREIGN KEY (order_id) REFERENCES orders(id) \
             ON DELETE CASCADE",
            &[(LockContention, Block), (ForeignKeys, Flag), (ConstraintValidation, Flag)],
        )
        .says(&["public.order_items and public.orders", "Verify"]),
        row(
            "UPDATE legacy_records SET tenant_id = (SELECT id FROM tenants WHERE name = 'default') WHERE tenant_id IS NULL",
            &[(ConcurrentWrites, Block), (ReplicationLag, Flag)],
        )
        .says(&["Verify"]),
        row("ALTER TABLE users ADD COLUMN email_verified BOOLEAN NOT NULL DEFAULT false", &[]).on(11),
        row("ALTER TABLE users ADD COLUMN email_verified BOOLEAN NOT NULL DEFAULT false", &[]),
        row("ALTER TABLE users ADD COLUMN email_verified BOOLEAN NOT NULL DEFAULT false", &[(LockContention, Block)])
            .on(10)
            .open(),
        row("ALTER TABLE users ADD COLUMN role TEXT NOT NULL", &[(RollingDeploy, Block)]).open(),
        row("ALTER TABLE products ALTER COLUMN price TYPE numeric", &[]),
        row("ALTER TABLE products ALTER COLUMN weight TYPE numeric", &[(LockContention, Block)]).open(),
        row("ALTER TABLE users ALTER COLUMN email TYPE varchar(100)", &[]),
        row("ALTER TABLE users ALTER COLUMN wide_email TYPE varchar(100)", &[(LockContention, Block)]).open(),
        row(
            "ALTER TABLE users ALTER COLUMN metadata SET NOT NULL",
            &[(LockContention, Block), (RollingDeploy, Flag), (ConstraintValidation, Flag)],
        )
        .open(),
        row("ALTER TABLE users ALTER COLUMN metadata SET NOT NULL", &[]).after(
            "CREATE TABLE users (id bigint PRIMARY KEY, metadata jsonb);
             ALTER TABLE users ADD CONSTRAINT n CHECK (metadata IS NOT NULL) NOT VALID;
             ALTER TABLE users VALIDATE CONSTRAINT n;",
        ),
        row(LOOP, &[(Deployability, Block)]).open(),
        row("ALTER TABLE users RENAME COLUMN user_name TO username", &[(RollingDeploy, Block)]),
        row("ALTER TABLE users DROP COLUMN legacy_field", &[(DataLoss, Flag), (RollingDeploy, Flag)]).says(&["Verify"]),
        row(
            "-- no-transaction\nSET lock_timeout = '2s'; CREATE INDEX CONCURRENTLY i ON orders (status)",
            &[(Deployability, Block)],
        ),
        row("DO $$ BEGIN EXECUTE 'CREATE INDEX i ON users(org_id)'; END $$", &[(LockContention, Block)]),
        row(
            "ALTER TABLE logins ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES users(id) NOT VALID;
             ALTER TABLE logins VALIDATE CONSTRAINT f;",
            &[(LockContention, Block)],
        )
        .open(),
    ]
}

fn statuses(report: &Report) -> Vec<(Category, Status)> {
    let answers = report.categories();
    answers.iter().map(|a| (a.category, a.status)).filter(|(_, s)| *s != Status::Pass).collect()
}

#[test]
fn reviews_get_these_answers() {
    let mut wrong = Vec::new();
    for row in rows() {
        let (set, config) = row.sample.load();
        let report = check(&set, &config);
        let found = statuses(&report);
        let missing = row.expected.iter().any(|expected| !found.contains(expected));
        let extra = found.iter().any(|answer| !row.expected.contains(answer) && !row.open);
        let text = report.to_json().to_string();
        let unsaid = row.says.iter().any(|said| !text.to_lowercase().contains(&said.to_lowercase()));
        if missing || extra || unsaid {
            wrong.push(format!("{}\n  {}: {found:?}\n  {text}", row.sample.sql, row.sample.target));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The answers that say only that nothing blocks.
#[test]
fn these_do_not_block() {
    for (sql, before) in [
        (format!("-- no-transaction\n{LOOP}"), TABLES.to_owned()),
        (
            "ALTER TABLE logins VALIDATE CONSTRAINT f".to_owned(),
            format!("{TABLES} ALTER TABLE logins ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES users(id) NOT VALID;"),
        ),
        (
            "ALTER TABLE logins ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES users(id) NOT VALID".to_owned(),
            TABLES.to_owned(),
        ),
    ] {
        let (set, config) = Sample::new(before.leak(), sql.clone().leak()).load();
        let report = check(&set, &config);
        assert!(report.worst() < Block, "{sql}: {}", report.to_json());
    }
}

#[test]
fn a_loop_without_commit_is_one_transaction() {
    let sql = LOOP.replace("COMMIT;", "");
    let (set, config) = Sample::new(TABLES, sql.leak()).load();
    let report = check(&set, &config);
    assert!(statuses(&report).contains(&(ConcurrentWrites, Block)), "{}", report.to_json());
}
