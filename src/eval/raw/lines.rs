//! NDJSON: the lines that match.

use memchr::{memchr, memrchr};

use super::needle::Candidates;
use super::{JsonError, RawPredicate};

impl RawPredicate {
    /// The lines of NDJSON that match, without their line ends; blank lines are passed over. A line that is not JSON where
    /// it has to be read is an error in its place, whose offset counts from the start of the text; the next call goes on
    /// behind it.
    ///
    /// Where every match must hold a certain text, such as the `0oa..` of `resourceId eq "0oa.." and status pr` for a
    /// case-exact `resourceId`, lines that cannot hold it are passed over unread: broken ones among them are not told. No
    /// match is lost, whatever a line's spelling is. [`validating`](RawPredicate::validating) reads every line.
    ///
    /// ```
    /// use scim_query::{Filter, Schema};
    ///
    /// let filter = Filter::parse(r#"status eq "PENDING""#)?.check(&Schema::access_requests())?;
    /// let predicate = filter.compile_raw();
    /// let log = b"{\"status\": \"PENDING\"}\n{\"status\": \"DENIED\"}\n\n{\"status\": \"PENDING\", \"id\": 7}";
    /// let lines: Vec<&[u8]> = predicate.lines(log).collect::<Result<_, _>>()?;
    /// assert_eq!(lines, [&log[..21], &log[44..]]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn lines<'p, 't>(&'p self, text: &'t [u8]) -> Lines<'p, 't> {
        let needle = self.needle.as_deref().filter(|_| !self.validates);
        Lines { predicate: self, candidates: needle.map(|needle| Candidates::new(needle, text)), text, at: 0 }
    }
}

/// The lines that match: [`RawPredicate::lines`].
#[derive(Clone, Debug)]
pub struct Lines<'p, 't> {
    predicate: &'p RawPredicate,
    candidates: Option<Candidates<'p, 't>>,
    text: &'t [u8],
    /// Where the next line begins.
    at: usize,
}

impl<'t> Iterator for Lines<'_, 't> {
    type Item = Result<&'t [u8], JsonError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let rest = self.text.get(self.at..).filter(|rest| !rest.is_empty())?;
            let (start, search) = match &mut self.candidates {
                None => (self.at, self.at),
                Some(candidates) => {
                    let candidate = candidates.next(self.at)?;
                    let before = rest.get(..candidate - self.at).and_then(|before| memrchr(b'\n', before));
                    (before.map_or(self.at, |end| self.at + end + 1), candidate)
                }
            };
            let end = self.text.get(search..).and_then(|rest| memchr(b'\n', rest));
            let end = end.map_or(self.text.len(), |end| search + end);
            self.at = end + 1;
            let line = self.text.get(start..end).unwrap_or_default();
            match self.predicate.matches(line) {
                Ok(true) => return Some(Ok(line)),
                Ok(false) => {}
                Err(_) if line.trim_ascii().is_empty() => {}
                Err(error) => return Some(Err(error.behind(start))),
            }
        }
    }
}
