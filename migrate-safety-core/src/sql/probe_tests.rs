use crate::sql::cursor::Cursor;
use crate::sql::grammar;
use crate::sql::source::SourceText;
use crate::sql::lexer::{Lexeme, Lexer};
use crate::sql::statement::ProblemKind;

#[test]
fn probe() {
    let Ok(path) = std::env::var("OBJ_PROBE") else { return };
    let text = std::fs::read_to_string(&path).unwrap();
    let mut out = String::new();
    let verbose = std::env::var("OBJ_VERBOSE").is_ok();
    for stmt in text.split('\u{1}') {
        let source = SourceText::new(stmt);
        let mut lexer = Lexer::new(stmt);
        let mut problems = Vec::new();
        let mut tokens = Vec::new();
        loop {
            match lexer.next(&mut problems) {
                Lexeme::Token(t) => tokens.push(t),
                Lexeme::Comment(_) => {}
                Lexeme::Backslash => { let at = lexer.offset(); lexer.jump(at + 1); problems.push(crate::sql::Problem{kind: ProblemKind::Invalid, span: crate::sql::Span::START, message: "backslash".into()}); }
                Lexeme::End => break,
            }
        }
        while matches!(tokens.last().map(|t| &t.token), Some(sqlparser::tokenizer::Token::SemiColon)) { tokens.pop(); }
        let mut c = Cursor::new(tokens, &source).for_version(18);
        let mut names = Vec::new();
        match grammar::statement(&mut c) {
            Ok(reading) => {
                for o in &reading.operations {
                    let f = o.routine.clone().unwrap_or_default();
                    names.push(format!("{}{}{}{}{}@{}:{}", o.operation.name(), if f.conditional {"?"} else {""}, if f.execute {"!"} else {""}, if let Some(l)=f.in_loop { format!("[{}{}{}]", if l.commits {"c"} else {""}, if l.sleeps {"s"} else {""}, if l.bounded {"b"} else {""}) } else {String::new()}, if f.in_exception_block {"x"} else {""}, o.span.start.line, o.span.start.column));
                    if verbose { eprintln!("{:#?}", o); }
                }
                problems.extend(reading.problems);
            }
            Err(p) => problems.push(p),
        }
        problems.extend(c.take_problems());
        let kind = if problems.iter().any(|p| p.kind == ProblemKind::Invalid) { "INVALID" } else if problems.iter().any(|p| p.kind == ProblemKind::Unsupported) { "UNSUPPORTED" } else if !problems.is_empty() { "DYNAMIC" } else { "OK" };
        let msgs: Vec<String> = problems.iter().map(|p| format!("{:?} {}:{} {}", p.kind, p.span.start.line, p.span.start.column, p.message)).collect();
        out.push_str(&format!("{kind}\u{2}{}\u{2}{}\u{1}", names.join(" "), msgs.join(" | ")));
    }
    std::fs::write(format!("{path}.out"), out).unwrap();
}
