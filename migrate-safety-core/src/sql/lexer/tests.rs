use super::*;
use crate::sql::token::StringKind;

/// The tokens of a text as Rust prints them without what they have in common, then what is wrong with them.
fn tokens(text: &str, version: u16) -> String {
    let lines = LineIndex::new(text);
    let mut lexer = Lexer::new(&lines, version);
    let mut problems = Vec::new();
    let mut found = Vec::new();
    loop {
        match lexer.next(&mut problems) {
            Lexeme::Token(token) => found.push(match token.token {
                Token::Word(word) if word.quoted => format!("\"{}\"", word.value),
                Token::Word(word) => word.value.into_owned(),
                Token::Number(digits) => format!("#{digits}"),
                Token::String(StringKind::Text, text) => format!("'{text}'"),
                Token::String(StringKind::Dollar, text) => format!("$${text}$$"),
                Token::String(StringKind::National, text) => format!("N'{text}'"),
                Token::String(StringKind::Bits, text) => format!("B'{text}'"),
                Token::Char(c) => format!("?{c}"),
                other => other.to_string(),
            }),
            Lexeme::Comment(range) => found.push(format!("[{}]", &text[range])),
            Lexeme::Backslash => {
                found.push("\\".to_owned());
                lexer.jump(lexer.offset() + 1);
            }
            Lexeme::End => break,
        }
    }
    found.extend(problems.iter().map(|p| format!("!{}: {}", p.span.start.offset, p.message)));
    found.join(" ")
}

#[test]
fn tokens_are_those_of_the_server() {
    let cases = [
        ("select A.\"b\"\"C\", c$1 _x é", "select A . \"b\"C\" , c$1 _x é"),
        ("1 1.5 .5 5. 1e3 1.5E-3 1..2", "#1 #1.5 #.5 #5. #1e3 #1.5E-3 #1 . . #2"),
        ("0x1F 0o17 0b01 1_000 0x_1", "#0x1F #0o17 #0b01 #1_000 #0x_1"),
        (
            "1a 1.5e+ 0xg 1_ 1__0",
            "?1 ?1 + ?0 ?1 ?1 !0: trailing junk after a number !3: trailing junk after a number !9: a number of no digits !13: trailing junk after a number !16: trailing junk after a number",
        ),
        ("$1 $a$x$a$ $$y$$ $b$ $b $b$ $1a", "$1 $$x$$ $$y$$ $$ $b $$ ?$ !28: trailing junk after a parameter"),
        ("a<-1 a<>-1 a*-2 a@-2 a->-1", "a < - #1 a <> - #1 a * - #2 a @- #2 a -> - #1"),
        ("a||b a>=b a=>b a!=b a<=b a::b a:=b a:b", "a || b a >= b a => b a <> b a <= b a :: b a := b a : b"),
        ("+- -+ */* c */ + @--c", "+ - - + * [/* c */] + @ [--c]"),
        ("/* a /* b */ c */ d -- e\rf", "[/* a /* b */ c */] d [-- e] f"),
        ("'a''b' 'c' 'd'\n'e' 'f' -- x\n'g'", "'a'b' 'c' 'de' 'fg'"),
        ("'a\\'c' ", "'a\\' c ?' !5: unterminated string"),
        (r"E'a\'b\n\x41\101\u0041\U00000041\q' e'\\'", "'a'b\nAAAAq' '\\'"),
        (
            r"E'\ud83d\ude00' E'\ud83d' E'\u00'",
            "'😀' ?E ?E !16: invalid escape in a string !26: invalid escape in a string",
        ),
        (r"U&'d\0061t\+000061' u&'x!0061' UESCAPE '!' U&'\\'", r"'data' 'xa' '\'"),
        (r#"U&"d\0061t" U&"d!0061" /* c */ uescape '!' uescapes"#, r#""dat" "da" uescapes"#),
        (
            r"U&'\00g' U&'x' UESCAPE 'ab' U &'x'",
            "?U ?U U & 'x' !0: invalid Unicode escape in a string !9: UESCAPE must be followed by a string of one character",
        ),
        ("B'01' X'1f' N'x' b'2' be'x'", "B'01' B'1f' N'x' ?b be 'x' !17: a bit string has only the digits 0 and 1"),
        ("a \\g b {c} [d] ?", "a \\ g b { c } [ d ] ?"),
        ("a\0b \"\"", "a ?\0 b ?\" !1: a NUL byte cannot be sent to the server !4: a quoted name of no characters"),
        ("'abc", "?' !0: unterminated string"),
        ("\"abc", "?\" !0: unterminated quoted name"),
        ("$$abc", "?$ !0: unterminated dollar-quoted string"),
        ("/* abc /* */", "?/ !0: unterminated comment"),
        ("E'abc\\", "?E !0: unterminated string"),
    ];
    for (text, expected) in cases {
        assert_eq!(tokens(text, 18), expected, "{text}");
    }
}

#[test]
fn older_servers_end_numbers_earlier() {
    let cases = [(14, "1a 0x1F 1_0 $1a", "#1 a #0 x1F #1 _0 $1 a"), (15, "1_0", "?1 !0: trailing junk after a number")];
    for (version, text, expected) in cases {
        assert_eq!(tokens(text, version), expected, "{text}");
    }
}

#[test]
fn positions_count_characters() {
    let text = "é 'x\r\ny' -- 日本\r\n  b";
    let lines = LineIndex::new(text);
    let mut lexer = Lexer::new(&lines, 18);
    let mut problems = Vec::new();
    let mut found = Vec::new();
    while let lexeme @ (Lexeme::Token(_) | Lexeme::Comment(_)) = lexer.next(&mut problems) {
        let span = match lexeme {
            Lexeme::Token(token) => lines.span(token.start..token.end),
            Lexeme::Comment(range) => lines.span(range),
            Lexeme::Backslash | Lexeme::End => unreachable!(),
        };
        found.push((span.start.line, span.start.column, span.end.line, span.end.column));
    }
    assert_eq!(found, [(1, 1, 1, 2), (1, 3, 2, 3), (2, 4, 2, 9), (3, 3, 3, 4)]);
}
