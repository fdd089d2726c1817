//! Reading the catalog of a live server: the questions do not grow with the number of tables.

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use migrate_safety_core::catalog::introspect::{BEGIN, Limits, Reading, Step};
use migrate_safety_testkit::{PostgresServer, introspect};
use postgres::Client;

const COUNTS: [usize; 3] = [100, 1_000, 10_000];

/// A server that is old enough to be slow and young enough to be met.
const MAJOR: u16 = 16;

fn introspection(criterion: &mut Criterion) {
    let server = PostgresServer::start(MAJOR).expect("a server");
    let mut group = criterion.benchmark_group("introspect");
    group.sample_size(10);
    let mut asked = Vec::new();
    for count in COUNTS {
        let database = server.database(&format!("tables_{count}")).expect("a database");
        let mut client = database.connect().expect("a connection");
        make(&mut client, count);
        asked.push(questions(&mut client));
        assert!(
            asked.iter().all(|number| Some(number) == asked.first()),
            "questions do not grow with the tables: {asked:?}"
        );
        group.bench_with_input(BenchmarkId::new("tables", count), &count, |bench, count| {
            bench.iter(|| {
                let live = introspect(&mut client).expect("a catalog");
                let tables = live.catalog.relations().filter(|relation| relation.table().is_some()).count();
                assert_eq!(tables, *count, "every table has been read");
            });
        });
    }
    group.finish();
}

/// Tables with a key, an index, a check, a foreign key and a default each.
fn make(client: &mut Client, count: usize) {
    // A transaction has room for so many locks.
    for from in (0..count).step_by(500) {
        let to = (from + 500).min(count);
        let sql = format!(
            "DO $$ BEGIN FOR n IN {from}..{} LOOP
                EXECUTE format('CREATE TABLE t%s (id bigserial PRIMARY KEY, name text NOT NULL DEFAULT %L,
                    other bigint REFERENCES t%s, CHECK (other > 0))', n, 'x', n / 2);
                EXECUTE format('CREATE INDEX ON t%s (lower(name)) WHERE other IS NOT NULL', n);
            END LOOP; END $$",
            to - 1
        );
        client.batch_execute(&sql).expect("tables");
    }
    client.batch_execute("ANALYZE").expect("statistics");
}

fn questions(client: &mut Client) -> usize {
    client.batch_execute(BEGIN).expect("a transaction");
    let mut reading = Reading::new(Limits::default());
    let mut asked = 0;
    while let Some(step) = reading.next_step() {
        match step {
            Step::Execute(sql) => client.batch_execute(&sql).expect("a setting"),
            Step::Fetch(sql) => {
                asked += 1;
                let rows = client.query(&sql, &[]).expect("an answer");
                reading.take(rows.iter().map(|row| row.get(0)).collect()).expect("an answer that is understood");
            }
        }
    }
    client.batch_execute("ROLLBACK").expect("its end");
    asked
}

criterion_group!(benches, introspection);
criterion_main!(benches);
