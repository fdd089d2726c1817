//! The whole check against parsing alone, over histories of growing length.
//!
//! Growth must be no worse than linear, and the check within twice the time sqlparser takes to parse the same text.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use migrate_safety_benches::Mix;
use migrate_safety_core::Config;
use sqlparser::dialect::PostgreSqlDialect;
use sqlparser::parser::Parser;
use std::hint::black_box;

fn check(criterion: &mut Criterion) {
    for mix in Mix::ALL {
        let mut group = criterion.benchmark_group(format!("check-{}", mix.name()));
        group.sample_size(10);
        for count in [100, 1_000, 10_000] {
            let texts = mix.texts(count);
            group.throughput(Throughput::Bytes(texts.iter().map(|t| t.len() as u64).sum()));
            let set = mix.history(count);
            group.bench_with_input(BenchmarkId::new("migrate-safety", count), &set, |b, set| {
                b.iter(|| migrate_safety_core::check(black_box(set), &Config::default()));
            });
            group.bench_with_input(BenchmarkId::new("sqlparser-parse-only", count), &texts, |b, texts| {
                b.iter(|| {
                    for text in texts {
                        black_box(Parser::parse_sql(&PostgreSqlDialect {}, text)).ok();
                    }
                });
            });
        }
        group.finish();
    }
}

criterion_group!(benches, check);
criterion_main!(benches);
