//! A place in a record of JSON bytes.

use std::borrow::Cow;
use std::collections::HashMap;
use std::collections::hash_map::Entry;

use super::Problem;
use super::assigned;
use super::read::{self, Raw};
use super::record::Record;
use super::scan::Scanner;
use crate::eval::{Node, Scalar};
use crate::schema::Key;

/// Sees the name of a member as it is written, and the scanner at its value: where the value ends, and whether that was all.
type See<'s, 'a> = dyn FnMut(&'a [u8], Token<'_, 'a>) -> Option<(usize, bool)> + 's;

#[derive(Clone, Copy, Debug)]
pub(super) struct RawNode<'c, 'a> {
    pub(super) record: &'c Record<'c, 'a>,
    pub(super) value: Raw<'a>,
}

impl<'a> RawNode<'_, 'a> {
    fn with(self, value: Raw<'a>) -> Self {
        RawNode { value, ..self }
    }

    /// Calls `see` for each member of the object at a bracket, until that was all.
    fn each_member(self, start: usize, see: &mut See<'_, 'a>) {
        let scanner = &mut Scanner::new(self.record.text(), start);
        if self.members_of(scanner, start, see).is_none() {
            self.fail(scanner);
        }
    }

    fn members_of(self, scanner: &mut Scanner<'a>, start: usize, see: &mut See<'_, 'a>) -> Option<()> {
        let mut at = start + 1;
        loop {
            let key = match scanner.token(at)? {
                (b'"', key) => key,
                (b'}', _) if at == start + 1 => return Some(()),
                (_, at) => return scanner.fail(Problem::NoKey, at),
            };
            let key_end = scanner.string_end(key)?;
            let colon = match scanner.token(key_end + 1)? {
                (b':', colon) => colon,
                (_, at) => return scanner.fail(Problem::NoColon, at),
            };
            let (byte, value) = scanner.token(colon + 1)?;
            let name = scanner.text().get(key + 1..key_end).unwrap_or_default();
            let (end, stop) = see(name, Token { scanner, byte, at: value })?;
            if stop {
                return Some(());
            }
            match scanner.token(end)? {
                (b',', comma) => at = comma + 1,
                (b'}', _) => return Some(()),
                (_, at) => return scanner.fail(Problem::NoComma, at),
            }
        }
    }

    fn member(self, start: usize, key: &str) -> Option<Raw<'a>> {
        let mut found = None;
        self.each_member(start, &mut |name, token| {
            if !read::is_written(name, key) {
                return Some((token.skip()?, false));
            }
            let (value, end) = token.value()?;
            found = Some(value);
            Some((end, self.record.has_unique_keys()))
        });
        found
    }

    fn each_element(self, scanner: &mut Scanner<'a>, start: usize, test: &mut dyn FnMut(Self) -> bool) -> Option<bool> {
        let mut at = start + 1;
        if scanner.token(at)?.0 == b']' {
            return Some(false);
        }
        loop {
            let (byte, element) = scanner.token(at)?;
            let (value, end) = read::value(scanner, byte, element)?;
            if test(self.with(value)) {
                return Some(true);
            }
            match scanner.token(end)? {
                (b',', comma) => at = comma + 1,
                (b']', _) => return Some(false),
                (_, at) => return scanner.fail(Problem::NoComma, at),
            }
        }
    }

    /// The members of an object, the last of each name (S2).
    fn members(self, start: usize) -> Vec<Raw<'a>> {
        let mut members = Vec::new();
        let mut named = HashMap::new();
        self.each_member(start, &mut |name, token| {
            let Ok(name) = std::str::from_utf8(name) else { return token.scanner.fail(Problem::NotUtf8, token.at) };
            let (value, end) = token.value()?;
            match named.entry(read::decoded(name)) {
                Entry::Occupied(before) => members[*before.get()] = value,
                Entry::Vacant(new) => {
                    new.insert(members.len());
                    members.push(value);
                }
            }
            Some((end, false))
        });
        members
    }

    /// What is not JSON is nothing; that it is not is kept.
    #[cold]
    fn fail(self, scanner: &Scanner<'a>) {
        self.record.fail(scanner.failure_at_end());
    }
}

/// A scanner at a value.
struct Token<'s, 'a> {
    scanner: &'s mut Scanner<'a>,
    byte: u8,
    at: usize,
}

impl<'a> Token<'_, 'a> {
    fn value(self) -> Option<(Raw<'a>, usize)> {
        read::value(self.scanner, self.byte, self.at)
    }

    fn skip(self) -> Option<usize> {
        read::skip(self.scanner, self.byte, self.at)
    }
}

impl<'a> Node<'a> for RawNode<'_, 'a> {
    fn get(self, key: &str) -> Option<Self> {
        let Raw::Object(start, path) = self.value else { return None };
        let value = match path.map(|path| self.record.paths().find(path, key)) {
            Some(Some(path)) => self.record.slot(path, start)?,
            _ => self.member(start, key)?,
        };
        Some(self.with(value))
    }

    #[inline]
    fn get_at(self, key: &Key) -> Option<Self> {
        match (self.value, key.position()) {
            (Raw::Object(start, Some(_)), Some(path)) => {
                Some(self.with(self.record.slot(u32::try_from(path).unwrap_or(u32::MAX), start)?))
            }
            _ => self.get(key.name()),
        }
    }

    #[inline]
    fn bytes_at(self, position: usize, below: Option<usize>) -> Option<Option<&'a [u8]>> {
        let at_position = |value, position| match value {
            Raw::Object(start, Some(_)) => {
                let slot = self.record.slot(u32::try_from(position).unwrap_or(u32::MAX), start);
                Some(slot.unwrap_or(Raw::Null))
            }
            Raw::Null => Some(Raw::Null),
            _ => None,
        };
        let value = at_position(self.value, position)?;
        match below.map_or(Some(value), |below| at_position(value, below))? {
            Raw::Ascii(text) => Some(Some(text)),
            Raw::Text(text) => Some(Some(text.as_bytes())),
            Raw::Null => Some(None),
            _ => None,
        }
    }

    #[inline]
    fn text(self) -> Option<&'a str> {
        match self.value {
            Raw::Text(text) => Some(text),
            _ => None,
        }
    }

    fn has_assigned(self, non_empty: bool) -> Option<bool> {
        let Raw::Object(start, _) = self.value else { return None };
        let found = assigned::in_object(self.record.text(), start, non_empty);
        Some(found.unwrap_or_else(|error| {
            self.record.fail(error);
            false
        }))
    }

    fn any(self, test: &mut dyn FnMut(Self) -> bool) -> bool {
        match self.value {
            Raw::Array(start) => {
                let scanner = &mut Scanner::new(self.record.text(), start);
                let found = self.each_element(scanner, start, test);
                if found.is_none() {
                    self.fail(scanner);
                }
                found.unwrap_or(false)
            }
            _ => test(self),
        }
    }

    fn any_member(self, test: &mut dyn FnMut(Self) -> bool) -> bool {
        let Raw::Object(start, _) = self.value else { return false };
        self.members(start).into_iter().any(|member| test(self.with(member)))
    }

    #[inline]
    fn scalar(self) -> Scalar<'a> {
        match self.value {
            Raw::Null => Scalar::Null,
            Raw::Bool(value) => Scalar::Bool(value),
            Raw::Number(number) => Scalar::Number(number.into()),
            Raw::Ascii(text) => Scalar::String(String::from_utf8_lossy(text)),
            Raw::Text(text) => Scalar::String(Cow::Borrowed(text)),
            Raw::Escaped(text) => Scalar::String(read::decoded(text)),
            Raw::Array(_) => Scalar::Array,
            Raw::Object(..) => Scalar::Object,
        }
    }
}
