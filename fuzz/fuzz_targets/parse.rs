//! Reading any script ends, and gives every statement an operation or a problem, inside its own stretch of the text.
#![no_main]

use libfuzzer_sys::fuzz_target;
use migrate_safety_core::dialect::Target;
use migrate_safety_core::sql::parse;

fuzz_target!(|input: (u8, &str)| {
    let (version, text) = input;
    let oldest = Target::OLDEST_POSTGRES;
    let versions = Target::NEWEST_POSTGRES - oldest + 1;
    let script = parse(Target::postgres(oldest + u16::from(version) % versions), text);
    let mut end = 0;
    for statement in &script.statements {
        assert!(statement.span.start.offset >= end);
        end = statement.span.end.offset;
        assert!(text.get(statement.span.range()).is_some());
        assert!(!statement.operations.is_empty() || !statement.problems.is_empty());
        for problem in &statement.problems {
            assert!(text.get(problem.span.range()).is_some());
            assert!(!problem.message.is_empty());
        }
    }
});
