//! `Link` headers (RFC 8288 section 3).

/// The reference of the first link whose relation is `next`, of a header that may hold several; `None` where it is not one.
/// What is half understood might hide a next page.
pub(crate) fn next(header: &str) -> Option<Option<&str>> {
    let mut rest = Text(header);
    let mut next = None;
    loop {
        // Empty elements of a list are allowed (RFC 9110 section 5.6.1).
        while rest.skip(',') {}
        if rest.0.is_empty() {
            return Some(next);
        }
        let (href, is_next) = rest.link()?;
        if is_next {
            next = next.or(Some(href));
        }
        if !rest.0.is_empty() && !rest.0.starts_with(',') {
            return None;
        }
    }
}

/// What has not been read yet.
struct Text<'h>(&'h str);

impl<'h> Text<'h> {
    /// Whether this comes next, perhaps behind white space, and what is behind it with it.
    fn skip(&mut self, sign: char) -> bool {
        self.0 = self.0.trim_ascii_start();
        let rest = self.0.strip_prefix(sign);
        self.0 = rest.unwrap_or(self.0).trim_ascii_start();
        rest.is_some()
    }

    fn link(&mut self) -> Option<(&'h str, bool)> {
        let (href, rest) = self.0.strip_prefix('<')?.split_once('>')?;
        self.0 = rest;
        let mut relations: Option<String> = None;
        while self.skip(';') {
            if self.0.is_empty() || self.0.starts_with([';', ',']) {
                continue;
            }
            let name = self.token()?;
            let value = if self.skip('=') { self.value()? } else { String::new() };
            // Of several, the first counts (section 3.3).
            if name.eq_ignore_ascii_case("rel") {
                relations = relations.or(Some(value));
            }
        }
        let mut relations = relations.as_deref().unwrap_or_default().split_ascii_whitespace();
        Some((href, relations.any(|one| one.eq_ignore_ascii_case("next"))))
    }

    fn token(&mut self) -> Option<&'h str> {
        let is_of_token = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
        let end = self.0.find(|c| !is_of_token(c)).unwrap_or(self.0.len());
        let (token, rest) = self.0.split_at(end);
        self.0 = rest;
        Some(token).filter(|token| !token.is_empty())
    }

    /// A token, or a text in quotes.
    fn value(&mut self) -> Option<String> {
        let Some(quoted) = self.0.strip_prefix('"') else { return self.token().map(str::to_owned) };
        let (mut text, mut signs) = (String::new(), quoted.char_indices());
        loop {
            match signs.next()? {
                (end, '"') => {
                    self.0 = quoted.get(end + 1..)?;
                    return Some(text);
                }
                (_, '\\') => text.push(signs.next()?.1),
                (_, sign) => text.push(sign),
            }
        }
    }
}
