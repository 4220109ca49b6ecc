//! Writes made-up access requests, one JSON object a line, in the shape that the list endpoint of the access requests
//! API answers with. The same count and seed give the same bytes on every machine:
//!
//! ```text
//! cargo run --example generate_access_requests > examples/data/access-requests.ndjson
//! cargo run --example generate_access_requests -- 1000000 7
//! ```
//!
//! The arguments are the number of requests (default 200) and the seed (default 1). Nobody's data is in here: ids are
//! random text of the right length behind the published prefixes, but for those that the API's own examples show. On
//! purpose the data has what goes wrong in practice: instants that are equal but written differently, ties, missing
//! values, and an `accessScopeId` that is not the `resourceId`.

use std::io::{self, BufWriter, Write};
use std::ops::RangeInclusive;
use std::process::ExitCode;

const COUNT: u64 = 200;
const SEED: u64 = 1;

const STATUSES: [&str; 7] = ["APPROVED", "PENDING", "SUBMITTED", "DENIED", "REJECTED", "CANCELED", "EXPIRED"];
const RESOURCE_TYPES: [&str; 7] = [
    "APPLICATION",
    "REQUEST_TYPE",
    "GROUP",
    "GOVERNANCE_LABEL_VALUE",
    "APP_SERVICE_ACCOUNT",
    "OKTA_SERVICE_ACCOUNT",
    "COLLECTION",
];
const SCOPE_TYPES: [&str; 4] = ["APPLICATION", "ENTITLEMENT_BUNDLE", "GROUP", "REQUEST_TYPE"];
const GRANT_STATUSES: [&str; 4] = ["GRANTED", "PENDING", "FAILED", "MANUAL_REQUIRED"];
const REVOCATION_STATUSES: [&str; 3] = ["REVOKED", "PENDING", "FAILED"];

/// Ids that the API's own examples use.
const EXAMPLE_REQUESTS: [&str; 2] = ["req42kjDgk1EubTwo0g4", "reqp1pmpjhVdGEcVK1d5"];
const EXAMPLE_USER: &str = "00ub0oNGTSWTBKOLGLNR";
const EXAMPLE_APPLICATION: &str = "0oafxqCAJWWGELFTYASJ";
const EXAMPLE_ENTRY: &str = "cen3qpimoKc7wCPyx8g6";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |at: usize, default: u64| match arguments.get(at) {
        Some(text) => text.parse(),
        None => Ok(default),
    };
    let (Ok(count), Ok(seed), true) = (number(0, COUNT), number(1, SEED), arguments.len() <= 2) else {
        eprintln!("usage: generate_access_requests [COUNT [SEED]]");
        return ExitCode::from(2);
    };
    match write_requests(io::stdout().lock(), count, seed) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("generate_access_requests: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Also what the benchmarks of `benches/peers` are made of.
pub fn write_requests(out: impl Write, count: u64, seed: u64) -> io::Result<()> {
    let mut out = BufWriter::new(out);
    let mut random = Random(seed);
    let world = World::new(&mut random);
    for index in 0..count {
        writeln!(out, "{}", world.request(index, &mut random))?;
    }
    out.flush()
}

/// The users, resources and instants that the requests share: few, so that a filter finds several requests.
struct World {
    users: Vec<String>,
    clients: Vec<String>,
    applications: Vec<String>,
    others: Vec<String>,
    bundles: Vec<String>,
    groups: Vec<String>,
    entries: Vec<String>,
    instants: Vec<Instant>,
}

impl World {
    fn new(random: &mut Random) -> World {
        World {
            users: ids(random, "00u", 7, Some(EXAMPLE_USER)),
            clients: ids(random, "pca", 2, None),
            applications: ids(random, "0oa", 3, Some(EXAMPLE_APPLICATION)),
            others: ids(random, "0oa", 4, None),
            bundles: ids(random, "enb", 3, None),
            groups: ids(random, "00g", 3, None),
            entries: ids(random, "cen", 9, Some(EXAMPLE_ENTRY)),
            instants: instants(random),
        }
    }

    fn request(&self, index: u64, random: &mut Random) -> Object {
        let id = match EXAMPLE_REQUESTS.get(index as usize) {
            Some(id) => (*id).to_owned(),
            None => random.id("req"),
        };
        // The first requests have each status once; after that the usual ones are frequent.
        let status = match STATUSES.get(index as usize) {
            Some(status) => *status,
            None if random.chance(45) => STATUSES[random.below(2)],
            None => STATUSES[random.below(STATUSES.len())],
        };
        let first = random.below(self.instants.len());
        let last = (first + random.below(12)).min(self.instants.len() - 1);
        let requester = if random.chance(85) {
            Object::principal("OKTA_USER", random.pick(&self.users))
        } else {
            Object::principal("UNKNOWN", random.pick(&self.clients))
        };
        let updated_by = if random.chance(75) { random.pick(&self.users) } else { random.pick(&self.clients) };

        let mut request = Object::default();
        request.text("id", &id);
        request.text("created", &self.instants[first].written(random));
        request.text("createdBy", &requester.id);
        request.text("lastUpdated", &self.instants[last].written(random));
        request.text("lastUpdatedBy", updated_by);
        request.text("status", status);
        self.outcome(&mut request, status, first..=last, random);
        request.raw("requestedBy", &requester.object);
        let beneficiary = Object::principal("OKTA_USER", random.pick(&self.users));
        request.raw("requestedFor", &beneficiary.object);
        let mut entry = None;
        if random.chance(95) {
            entry = random.chance(95).then(|| random.pick(&self.entries));
            request.raw("requested", &self.requested(entry, random));
        }
        request.raw("_links", &links(&id, entry, random));
        request
    }

    /// When and how the request ended: `resolved`, and for an approved one the grant and its revocation.
    fn outcome(&self, request: &mut Object, status: &str, life: RangeInclusive<usize>, random: &mut Random) {
        if matches!(status, "SUBMITTED" | "PENDING") {
            if random.chance(50) {
                request.raw("resolved", &"null");
            }
            return;
        }
        let (first, last) = life.into_inner();
        let resolved = last.saturating_sub(random.below(3)).max(first);
        if random.chance(95) {
            request.text("resolved", &self.instants[resolved].written(random));
        }
        if status != "APPROVED" || random.chance(15) {
            return;
        }
        let grant =
            if random.chance(50) { GRANT_STATUSES[0] } else { GRANT_STATUSES[random.below(GRANT_STATUSES.len())] };
        request.text("grantStatus", grant);
        if grant != "GRANTED" {
            if random.chance(50) {
                request.raw("granted", &"null");
            }
            return;
        }
        request.text("granted", &self.instants[last].written(random));
        if random.chance(40) {
            let revocation = REVOCATION_STATUSES[random.below(REVOCATION_STATUSES.len())];
            request.text("revocationStatus", revocation);
            if revocation == "REVOKED" {
                request.text("revoked", &self.instants[last].written(random));
            } else {
                request.raw("revoked", &"null");
            }
        }
    }

    /// What is asked for. Each part is missing now and then.
    fn requested(&self, entry: Option<&str>, random: &mut Random) -> Object {
        let resource_type =
            if random.chance(60) { "APPLICATION" } else { RESOURCE_TYPES[random.below(RESOURCE_TYPES.len())] };
        let resource = match resource_type {
            "APPLICATION" => random.pick(&self.applications),
            "GROUP" => random.pick(&self.groups),
            _ => random.pick(&self.others),
        };
        let scope_type = SCOPE_TYPES[random.below(SCOPE_TYPES.len())];
        let scope = match scope_type {
            "APPLICATION" if random.chance(20) => resource,
            "APPLICATION" => random.pick(&self.applications),
            "ENTITLEMENT_BUNDLE" => random.pick(&self.bundles),
            "GROUP" => random.pick(&self.groups),
            _ => random.pick(&self.others),
        };
        let mut requested = Object::default();
        if let Some(entry) = entry {
            requested.text("entryId", entry);
        }
        let parts = [
            ("resourceId", resource),
            ("resourceType", resource_type),
            ("accessScopeId", scope),
            ("accessScopeType", scope_type),
        ];
        for (name, value) in parts {
            if random.chance(96) {
                requested.text(name, value);
            }
        }
        requested
    }
}

/// `more` new ids behind a prefix, and the one of the API's examples.
fn ids(random: &mut Random, prefix: &str, more: usize, example: Option<&str>) -> Vec<String> {
    let mut made: Vec<String> = example.map(str::to_owned).into_iter().collect();
    made.extend((0..more).map(|_| random.id(prefix)));
    made
}

fn links(id: &str, entry: Option<&str>, random: &mut Random) -> Object {
    let host = if random.chance(50) { "https://example.com" } else { "" };
    let mut links = Object::default();
    let mut link = |name: &str, path: String| {
        let mut target = Object::default();
        target.text("href", &format!("{host}/governance/api/v2/{path}"));
        links.raw(name, &target);
    };
    link("self", format!("requests/{id}"));
    if let Some(entry) = entry {
        link("catalogEntry", format!("catalogs/default/entries/{entry}"));
    }
    links
}

/// A point in time: seconds since 1970 began in UTC, and nanoseconds.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Instant {
    seconds: i64,
    nanos: u32,
}

impl Instant {
    /// This instant as one of the many texts that mean it: another offset, more digits than needed.
    fn written(self, random: &mut Random) -> String {
        let needed =
            [0_u32, 3, 6, 9].into_iter().find(|digits| self.nanos.is_multiple_of(10_u32.pow(9 - digits))).unwrap_or(9);
        let digits =
            if random.chance(60) { needed } else { needed + 3 * random.below((9 - needed) as usize / 3 + 1) as u32 };
        let (offset, name) =
            if random.chance(60) { (0, "Z") } else { [(2, "+02:00"), (-7, "-07:00"), (0, "Z")][random.below(3)] };
        let local = self.seconds + offset * 3600;
        let (year, month, day) = date(local.div_euclid(86_400));
        let second = local.rem_euclid(86_400);
        let (hour, minute) = (second / 3600, second / 60 % 60);
        let second = second % 60;
        let mut text = format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}");
        if digits > 0 {
            let fraction = format!("{:09}", self.nanos);
            text.push('.');
            text.push_str(&fraction[..digits as usize]);
        }
        text + name
    }
}

/// The instants that all requests share, sorted. Some are fixed: those of the API's examples, and the neighbours of the
/// one that its filter example compares with.
fn instants(random: &mut Random) -> Vec<Instant> {
    let at = |seconds, nanos| Instant { seconds, nanos };
    // 2019-08-24T14:15:22Z, 2022-05-05T14:15:22Z and 2022-05-24T14:15:22Z.
    let (oldest, older, compared) = (1_566_656_122, 1_651_760_122, 1_653_401_722);
    let mut instants =
        vec![at(oldest, 0), at(older, 0), at(compared - 1, 999_999_999), at(compared, 0), at(compared, 1)];
    while instants.len() < 60 {
        // From three months before the compared instant to three months after it.
        let seconds = compared + random.below(180 * 86_400) as i64 - 90 * 86_400;
        let step = [1_000_000_000, 1_000_000, 1_000, 1][random.below(4)];
        instants.push(at(seconds, random.below(1_000_000_000) as u32 / step * step));
    }
    instants.sort_unstable();
    instants
}

/// Year, month and day of the day that is `days` after 1970-01-01.
fn date(days: i64) -> (i64, usize, i64) {
    let leap = |year: i64| year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let (mut year, mut day) = (1970, days);
    while day >= 365 + i64::from(leap(year)) {
        day -= 365 + i64::from(leap(year));
        year += 1;
    }
    let february = 28 + i64::from(leap(year));
    let lengths = [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let mut month = 0;
    while day >= lengths[month] {
        day -= lengths[month];
        month += 1;
    }
    (year, month + 1, day + 1)
}

/// A JSON object whose members stay in the order in which they were added.
#[derive(Default)]
struct Object {
    members: String,
}

/// A user or client, and its id by itself.
struct Principal {
    id: String,
    object: Object,
}

impl Object {
    fn principal(kind: &str, id: &str) -> Principal {
        let mut object = Object::default();
        object.text("type", kind);
        object.text("externalId", id);
        Principal { id: id.to_owned(), object }
    }

    /// A member that is a string.
    fn text(&mut self, name: &str, value: &str) {
        self.raw(name, &serde_json::Value::from(value));
    }

    /// A member that prints itself as JSON.
    fn raw(&mut self, name: &str, value: &dyn std::fmt::Display) {
        let comma = if self.members.is_empty() { "" } else { "," };
        self.members += &format!("{comma}{}:{value}", serde_json::Value::from(name));
    }
}

impl std::fmt::Display for Object {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{{{}}}", self.members)
    }
}

/// The splitmix64 generator: small, and the same everywhere.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number from 0 to `limit - 1`.
    fn below(&mut self, limit: usize) -> usize {
        ((u128::from(self.next()) * limit as u128) >> 64) as usize
    }

    fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    fn pick<'a>(&mut self, from: &'a [String]) -> &'a str {
        &from[self.below(from.len())]
    }

    /// An id of 20 characters: the prefix and 17 letters and digits.
    fn id(&mut self, prefix: &str) -> String {
        const CHARACTERS: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
        let mut id = prefix.to_owned();
        id.extend((0..17).map(|_| char::from(CHARACTERS[self.below(CHARACTERS.len())])));
        id
    }
}
