//! Lines of NDJSON that match a filter, byte for byte as they are: `ndjson FILTER < LOG`. No line becomes a tree, and only what the
//! filter asks about is decoded.

use std::error::Error;
use std::io::{self, BufRead, Write};

use scim_query::{Filter, Schema};

const FILTER: &str = r#"status eq "APPROVED" and lastUpdated ge "2022-07-01T00:00:00Z" and not (resourceType pr)"#;

fn main() -> Result<(), Box<dyn Error>> {
    let text = std::env::args().nth(1);
    let filter = Filter::parse(text.as_deref().unwrap_or(FILTER))?.check(&Schema::access_requests())?;
    let predicate = filter.compile_raw();
    let (mut input, mut out, mut line) = (io::stdin().lock(), io::stdout().lock(), Vec::new());
    let (mut lines, mut matches) = (0, 0);
    while input.read_until(b'\n', &mut line)? != 0 {
        lines += 1;
        if predicate.matches(&line).map_err(|error| format!("line {lines}: {error}"))? {
            matches += 1;
            out.write_all(&line)?;
        }
        line.clear();
    }
    eprintln!("{matches} of {lines}");
    Ok(())
}
