use super::*;

/// The tokens of a text, in sqlparser's spelling, separated by spaces.
fn tokens(text: &str) -> String {
    let mut lexer = Lexer::new(text, 18);
    let mut problems = Vec::new();
    let mut found = Vec::new();
    loop {
        match lexer.next(&mut problems) {
            Lexeme::Token(token) => found.push(format!("{:?}", token.token)),
            Lexeme::Comment(span) => found.push(format!("/{}/", &text[span.range()])),
            Lexeme::Backslash => {
                found.push("\\".to_owned());
                lexer.jump(lexer.offset() + 1);
            }
            Lexeme::End => break,
        }
    }
    found.extend(problems.iter().map(|p| format!("!{}", p.message)));
    found.join(" ")
}

#[test]
fn x() {
    println!(
        "{}",
        tokens("select a<-1, b*-2 @-3 E'a\\'b' 'x'\n 'y' U&'d!0061' uescape '!' $$ a $$ $1 1..2 -- c\n 0x1F")
    );
}
