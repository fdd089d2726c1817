//! Whether a text is JSON (RFC 8259).

/// How deep values may be nested before one is taken for right.
const DEEPEST: u16 = 500;

/// Whether a text is one JSON value.
pub(super) fn is_json(text: &str) -> bool {
    let mut reader = Reader { rest: text.as_bytes(), depth: 0, too_deep: false };
    let whole = reader.value() && {
        reader.space();
        reader.rest.is_empty()
    };
    whole || reader.too_deep
}

struct Reader<'t> {
    rest: &'t [u8],
    depth: u16,
    too_deep: bool,
}

impl Reader<'_> {
    fn value(&mut self) -> bool {
        if self.depth == DEEPEST {
            self.too_deep = true;
            return false;
        }
        self.depth += 1;
        self.space();
        let found = match self.rest.first() {
            Some(b'{') => self.listed(b'}', |r| {
                r.space();
                r.string() && {
                    r.space();
                    r.eat(b":") && r.value()
                }
            }),
            Some(b'[') => self.listed(b']', Self::value),
            Some(b'"') => self.string(),
            Some(b't') => self.eat(b"true"),
            Some(b'f') => self.eat(b"false"),
            Some(b'n') => self.eat(b"null"),
            _ => self.number(),
        };
        self.depth -= 1;
        found
    }

    /// Items between brackets, separated by commas; the opening one is next.
    fn listed(&mut self, close: u8, item: impl Fn(&mut Self) -> bool) -> bool {
        self.skip(1);
        self.space();
        if self.eat(&[close]) {
            return true;
        }
        loop {
            if !item(self) {
                return false;
            }
            self.space();
            if self.eat(&[close]) {
                return true;
            }
            if !self.eat(b",") {
                return false;
            }
        }
    }

    fn string(&mut self) -> bool {
        if !self.eat(b"\"") {
            return false;
        }
        loop {
            match self.rest.first() {
                None | Some(0..=0x1f) => return false,
                Some(b'"') => {
                    self.skip(1);
                    return true;
                }
                Some(b'\\') => match self.rest.get(1) {
                    Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => self.skip(2),
                    Some(b'u') if self.rest.get(2..6).is_some_and(|d| d.iter().all(u8::is_ascii_hexdigit)) => {
                        self.skip(6);
                    }
                    _ => return false,
                },
                Some(_) => self.skip(1),
            }
        }
    }

    fn number(&mut self) -> bool {
        self.eat(b"-");
        let zero = self.rest.first() == Some(&b'0');
        let whole = self.digits();
        if whole == 0 || (zero && whole > 1) {
            return false;
        }
        if self.eat(b".") && self.digits() == 0 {
            return false;
        }
        if self.eat(b"e") || self.eat(b"E") {
            let _ = self.eat(b"-") || self.eat(b"+");
            return self.digits() > 0;
        }
        true
    }

    /// Consumes digits and returns how many.
    fn digits(&mut self) -> usize {
        let count = self.rest.iter().take_while(|b| b.is_ascii_digit()).count();
        self.skip(count);
        count
    }

    fn space(&mut self) {
        let count = self.rest.iter().take_while(|b| matches!(b, b' ' | b'\t' | b'\n' | b'\r')).count();
        self.skip(count);
    }

    fn eat(&mut self, what: &[u8]) -> bool {
        let found = self.rest.starts_with(what);
        if found {
            self.skip(what.len());
        }
        found
    }

    fn skip(&mut self, count: usize) {
        self.rest = self.rest.get(count..).unwrap_or_default();
    }
}
