//! A shop that keeps its migrations beside its code. What is worth a look is its test, `tests/migrations.rs`.
