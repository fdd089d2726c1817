//! Cutting a script loses no byte, and cuts between characters.
#![no_main]

use libfuzzer_sys::fuzz_target;
use migrate_safety_core::dialect::Target;
use migrate_safety_core::sql::{LineIndex, split};

fuzz_target!(|text: &str| {
    let lines = LineIndex::new(text);
    let mut offset = 0;
    for span in split(Target::default(), text) {
        assert_eq!(span.start.offset, offset);
        assert!(text.get(span.range()).is_some_and(|piece| !piece.is_empty()));
        assert_eq!(span.start, lines.at(span.start.offset));
        assert_eq!(span.end, lines.at(span.end.offset));
        offset = span.end.offset;
    }
    assert_eq!(offset, text.len());
});
