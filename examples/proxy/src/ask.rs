//! From a caller's query string to the upstream's, and what is left to do with the answer.

use axum::http::StatusCode;
use scim_query::http::{okta_envelope, scim_list_response};
use scim_query::{BodyFilter, CheckedQuery, Limits, ListQuery, OrderBy, Paging, Part, Projection};
use serde_json::{Map, Value};

use crate::Problem;
use crate::envelope::Page;
use crate::failure::Failure;
use crate::guard::{Guard, Parts, Right};
use crate::hidden::Hidden;
use crate::links::{Links, Seal};

/// A query to the upstream, and what passes of the answer.
pub(crate) struct Ask {
    pub(crate) query: String,
    pub(crate) links: Links,
    pub(crate) body: Page,
}

/// What selects parts of resources, which have the upstream's names.
const OF_RESOURCES: [Part; 2] = [Part::Attributes, Part::ExcludedAttributes];
const OF_LISTS: [Part; 9] = [
    Part::Filter,
    Part::OrderBy,
    Part::SortBy,
    Part::SortOrder,
    Part::Limit,
    Part::After,
    Part::StartIndex,
    Part::Count,
    Part::Cursor,
];

impl Guard {
    /// What to ask the upstream; the body of an empty page where nothing can match, which nobody need be asked.
    pub(crate) fn plan(
        &self,
        right: &Right,
        text: &str,
        url: String,
        seal: Seal,
    ) -> Result<Result<Ask, Value>, Failure> {
        let asked = ListQuery::parse(text, &self.profile)?;
        if let Some((name, _)) = asked.unknown().first() {
            let why = "a list has no such parameter, and what is not known here is not passed on";
            let known = name.len() <= 64 && name.chars().all(|c| c.is_ascii_alphanumeric());
            let why = if known { format!("{name}: {why}") } else { why.into() };
            return Err(Failure::Parameter("query", "invalidSyntax", why));
        }
        let list = only(&asked, &OF_LISTS)?.check_with(&right.public, &right.options)?;
        let chosen = only(&asked, &OF_RESOURCES)?.check(&right.visible)?;
        let cursor = match list.paging().cursor() {
            None => None,
            Some(sealed) => Some(seal.open(sealed).ok_or_else(|| {
                let name = if self.profile.is_okta() { "after" } else { "cursor" };
                Failure::Parameter(name, "invalidCursor", "the cursor is not of a link that was given to you".into())
            })?),
        };
        let wrong = |problem: Problem| Failure::Upstream(StatusCode::INTERNAL_SERVER_ERROR, problem.to_string());
        let parts = self.parts(list.filter(), right).map_err(wrong)?;
        let links = Links { asked, url, seal };
        if parts.pushed.is_nothing() {
            return Ok(Err(empty(&list, &links)));
        }
        let residual = !parts.residual.is_everything();
        if residual {
            self.refuse_counts(&list, &parts, &links.asked)?;
        }
        let query = self.query(&links.asked, right, &parts, cursor)?;
        // Validating, so that what is no JSON does not pass.
        let predicate = parts.residual.compile_raw().validating();
        let mut body = links.edit(BodyFilter::new(predicate).max_element(self.max_element));
        if residual {
            // They count what the upstream found: `null` is unassigned (RFC 7643 section 2.5), and says nothing untrue.
            for count in ["totalResults", "itemsPerPage"] {
                body = body.edit_member(count, |_| Some(b"null".to_vec()));
            }
        }
        let chooses = OF_RESOURCES.iter().any(|part| links.asked.get(*part).is_some());
        let hides = !right.hidden.is_empty();
        if hides || (residual && chooses) {
            body = body.edit_elements(projected(chosen.projection(), &right.hidden));
        }
        Ok(Ok(Ask { query, links, body: Page::new(body, &self.profile, hides) }))
    }

    /// What has no true answer when resources are left out behind the upstream.
    fn refuse_counts(&self, list: &CheckedQuery, parts: &Parts, asked: &ListQuery) -> Result<(), Failure> {
        let refused = |why: &str| Err(Failure::Parameter("filter", "invalidFilter", why.into()));
        if matches!(list.paging(), Paging::Index { .. }) {
            return refused(
                "not all of this filter can be counted, so its pages have no numbers: ask for them by `cursor`",
            );
        }
        if list.paging().size() == 0 {
            return refused("not all of this filter can be counted: ask for more than the total");
        }
        if asked.get(Part::Attributes).is_none() && self.on_request(&parts.residual) {
            return refused("this filter needs an attribute that is returned on request only: name some `attributes`");
        }
        Ok(())
    }

    /// The query string that the upstream is sent: canonical, in its names, percent-encoded.
    fn query(&self, asked: &ListQuery, right: &Right, parts: &Parts, cursor: Option<&str>) -> Result<String, Failure> {
        let mut sent = ListQuery::new(&self.profile);
        let residual = !parts.residual.is_everything();
        for part in OF_LISTS.iter().chain(&OF_RESOURCES).copied() {
            let given = asked.get(part);
            let value = match (part, given) {
                (Part::Filter, _) => (!parts.pushed.is_everything()).then(|| parts.pushed.to_string()),
                (Part::OrderBy | Part::SortBy, Some(text)) => Some(renamed(text, part, right)?),
                (Part::After | Part::Cursor, Some(_)) => Some(cursor.unwrap_or_default().to_owned()),
                // What is tested has to come, too; what was not asked for is taken out again.
                (Part::Attributes, Some(text)) if residual => {
                    let tested = parts.residual.attributes().into_iter();
                    let names = tested.fold(text.to_owned(), |names, name| format!("{names},{name}"));
                    if names.len() > Limits::DEFAULT.text {
                        let why = "too many names, with those of what the filter tests";
                        return Err(Failure::Parameter("attributes", "invalidValue", why.into()));
                    }
                    Some(names)
                }
                (Part::ExcludedAttributes, Some(_)) if residual => None,
                (_, given) => given.map(str::to_owned),
            };
            value.map_or(Ok(()), |value| sent.give(part, value))?;
        }
        Ok(sent.to_query_string())
    }
}

fn empty(list: &CheckedQuery, links: &Links) -> Value {
    match list.paging() {
        Paging::Limit { .. } => okta_envelope(vec![], &links.this(), None),
        Paging::Index { start_index, .. } => scim_list_response(vec![], 0, Some(*start_index), None),
        _ => scim_list_response(vec![], 0, None, None),
    }
}

/// The request with some of its parameters.
fn only(asked: &ListQuery, parts: &[Part]) -> Result<ListQuery, Failure> {
    let mut query = ListQuery::new(asked.profile());
    for part in parts {
        asked.get(*part).map_or(Ok(()), |value| query.give(*part, value))?;
    }
    Ok(query)
}

/// An ordering that was checked, in the upstream's names.
fn renamed(text: &str, part: Part, right: &Right) -> Result<String, Failure> {
    let order = OrderBy::parse(text)?;
    let key = |key: &scim_query::SortKey<'_>| {
        let name = right.sorted_by(key.path().uri(), key.path().dotted()).unwrap_or_default();
        if part == Part::SortBy { name.to_owned() } else { format!("{name} {}", key.direction()) }
    };
    Ok(order.keys().iter().map(key).collect::<Vec<_>>().join(", "))
}

/// What is returned of an element. One that is no object is refused: what is hidden may be anywhere in it.
fn projected(projection: &Projection, hidden: &Hidden) -> impl Fn(&[u8]) -> Option<Vec<u8>> + Send + Sync + 'static {
    let (projection, hidden) = (projection.clone(), hidden.clone());
    move |element| {
        let mut resource: Map<String, Value> = serde_json::from_slice(element).ok()?;
        hidden.take_out(&mut resource)?;
        serde_json::to_vec(&projection.apply(&Value::Object(resource))).ok()
    }
}
