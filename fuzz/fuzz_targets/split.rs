//! Cutting a script loses no byte, and cuts between characters.
#![no_main]

use libfuzzer_sys::fuzz_target;
use migrate_safety_core::dialect::Target;
use migrate_safety_core::sql::{Position, split};

fuzz_target!(|text: &str| {
    let mut here = Position::START;
    for span in split(Target::default(), text) {
        assert_eq!(span.start, here);
        let piece = text.get(span.range()).expect("a piece ends between characters");
        assert!(!piece.is_empty());
        for c in piece.chars() {
            here.offset += c.len_utf8();
            (here.line, here.column) = if c == '\n' { (here.line + 1, 1) } else { (here.line, here.column + 1) };
        }
        assert_eq!(span.end, here);
    }
    assert_eq!(here.offset, text.len());
});
