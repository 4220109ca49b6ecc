//! A guarded list: its settings, checked, and the part of a filter that its upstream can do.

use std::collections::HashMap;

use axum::http::HeaderValue;
use scim_query::{
    AttrId, Capabilities, CheckedFilter, Connective, Filter, Limits, Options, Profile, Schema, SplitPart,
};
use serde_json::Value;

use crate::Problem;
use crate::hidden::Hidden;
use crate::place::{self, Upstream};
use crate::schema::{find, seen};
use crate::settings::{List, Rights, Style, secret};

/// A filter of this nesting can be joined with a clause.
const NESTING: usize = Limits::MAX_NESTING - 2;
/// A cursor has a seal behind what the upstream made.
const CURSOR: usize = Limits::DEFAULT.cursor + crate::links::SEAL;

pub(crate) struct Guard {
    pub(crate) path: String,
    pub(crate) profile: Profile,
    pub(crate) upstream: Upstream,
    pub(crate) authorization: Option<HeaderValue>,
    pub(crate) max_element: usize,
    pub(crate) rights: HashMap<String, Right>,
    schema: Schema,
    can: Can,
}

/// What a caller may list, and ask.
pub(crate) struct Right {
    /// With the callers' names, for filters and orderings.
    pub(crate) public: Schema,
    /// With the upstream's names, for what is returned.
    pub(crate) visible: Schema,
    pub(crate) options: Options,
    pub(crate) hidden: Hidden,
    clause: CheckedFilter,
    /// From the callers' full names to the upstream's.
    names: HashMap<String, String>,
}

/// What the upstream can filter by.
struct Can {
    options: Options,
    capabilities: Capabilities,
    attributes: Option<Vec<AttrId>>,
}

/// A filter as it is asked: what the upstream does of it, with the caller's clause, and what is left.
pub(crate) struct Parts {
    pub(crate) pushed: CheckedFilter,
    pub(crate) residual: CheckedFilter,
}

impl Guard {
    pub(crate) fn new(list: &List) -> Result<Guard, String> {
        let of_list = |problem: String| format!("{}: {problem}", list.path);
        let schema = schema(&list.schema).map_err(of_list)?;
        let profile = if list.profile == Style::Okta { Profile::okta() } else { Profile::scim() };
        let upstream = Upstream::new(&list.upstream).map_err(|problem| of_list(format!("upstream: {problem}")))?;
        place::path(&list.path).map_err(of_list)?;
        let mut authorization = None;
        if let Some(variable) = &list.token_from {
            let value = HeaderValue::try_from(format!("Bearer {}", secret(variable)?));
            let mut value = value.map_err(|error| of_list(format!("{variable}: {error}")))?;
            value.set_sensitive(true);
            authorization = Some(value);
        }
        let mut guard = Guard {
            path: list.path.clone(),
            profile,
            upstream,
            authorization,
            max_element: list.max_element,
            rights: HashMap::new(),
            can: Can::new(&list.upstream_can, &schema).map_err(of_list)?,
            schema,
        };
        for (name, rights) in &list.callers {
            let right = guard.right(rights, list).map_err(|problem| of_list(format!("caller {name}: {problem}")))?;
            guard.rights.insert(name.clone(), right);
        }
        Ok(guard)
    }

    fn right(&self, rights: &Rights, list: &List) -> Result<Right, String> {
        let public = seen(&self.schema, &list.names, &rights.hidden)?;
        let visible = seen(&self.schema, &Default::default(), &rights.hidden)?;
        let hidden = Hidden::new(&self.schema, &rights.hidden)?;
        for name in rights.capabilities.attributes.iter().flatten() {
            find(&public, name)?;
        }
        let limits = Limits { nesting: NESTING, cursor: CURSOR, ..Limits::DEFAULT };
        let options = Options::default().with_limits(limits.clone()).with_capabilities(rights.capabilities.clone());
        let clause = match &rights.clause {
            None => CheckedFilter::all(&self.schema),
            // As strict as it can be: nothing else keeps the callers apart.
            Some(text) => {
                let options = Options::default().with_limits(limits).with_strict_values();
                let checked =
                    Filter::parse_with(text, &options).and_then(|filter| filter.check_with(&self.schema, &options));
                checked.map_err(|error| format!("clause:\n{error:#}"))?
            }
        };
        // Else other callers' resources would come here, and their ids be in cursors.
        if !clause.split(|part| self.can.does(part, &self.schema)).residual.is_everything() || !self.accepts(&clause) {
            return Err("clause: it is more than the upstream can do".into());
        }
        // The same attributes in the same order.
        let full = |schema: &Schema| schema.attributes().map(|(_, one)| one.full_name().to_owned()).collect::<Vec<_>>();
        let names = full(&public).into_iter().zip(full(&self.schema)).collect();
        Ok(Right { public, visible, options, hidden, clause, names })
    }

    /// What a caller asks, as the upstream is asked it.
    pub(crate) fn parts(&self, asked: &CheckedFilter, right: &Right) -> Result<Parts, Problem> {
        let asked = asked.map_attributes(&self.schema, |name| right.names.get(name).cloned())?;
        let all = asked.and_with(&right.clause)?.simplify();
        let split = asked.simplify().split(|part| self.can.does(part, &self.schema));
        if all.is_nothing() {
            return Ok(Parts { pushed: all, residual: split.residual });
        }
        // Joined behind the split: whatever of the filter the upstream cannot do, the clause it does.
        let scoped = split.pushed.and_with(&right.clause)?;
        for pushed in [scoped.simplify(), scoped] {
            if self.accepts(&pushed) {
                return Ok(Parts { pushed, residual: split.residual });
            }
        }
        Ok(Parts { pushed: right.clause.clone(), residual: asked })
    }

    /// Whether the upstream does what is printed, all of it: it is read again, as there.
    fn accepts(&self, filter: &CheckedFilter) -> bool {
        let again =
            Filter::parse(&filter.to_string()).and_then(|text| text.check_with(&self.schema, &self.can.options));
        filter.is_everything() || again.as_ref() == Ok(filter)
    }

    /// The attributes of a filter that the upstream returns only when they are named.
    pub(crate) fn on_request(&self, filter: &CheckedFilter) -> bool {
        let on_request = |id| self.schema.attribute(id).returned() == scim_query::Returned::Request;
        self.schema.attributes().any(|(id, _)| on_request(id) && filter.uses(id))
    }
}

impl Right {
    /// The upstream's name of an attribute by which the caller may order.
    pub(crate) fn sorted_by(&self, uri: Option<&str>, name: &str) -> Option<&str> {
        let id = self.public.find(uri, name)?;
        self.names.get(self.public.attribute(id).full_name()).map(|name| &**name)
    }
}

impl Can {
    fn new(capabilities: &Capabilities, schema: &Schema) -> Result<Can, String> {
        if !capabilities.connectives.contains(&Connective::And) {
            return Err("upstreamCan: an upstream without `and` cannot keep callers apart".into());
        }
        let names = capabilities.attributes.as_ref();
        let attributes = names.map(|names| names.iter().map(|name| find(schema, name)).collect::<Result<_, _>>());
        Ok(Can {
            options: Options::default().with_capabilities(capabilities.clone()),
            capabilities: capabilities.clone(),
            attributes: attributes.transpose()?,
        })
    }

    fn does(&self, part: SplitPart, schema: &Schema) -> bool {
        let all = &self.capabilities;
        match part {
            SplitPart::Test(id, op) => all.operators.contains(op) && self.has(id, schema),
            SplitPart::ValuePath(id) => all.value_paths && self.has(id, schema),
            SplitPart::Or => all.connectives.contains(&Connective::Or),
            SplitPart::Not => all.connectives.contains(&Connective::Not),
            _ => false,
        }
    }

    /// Whether the attribute, or one that it is a part of, is listed.
    fn has(&self, id: Option<AttrId>, schema: &Schema) -> bool {
        let Some(listed) = &self.attributes else { return true };
        std::iter::successors(id, |id| schema.attribute(*id).parent()).any(|id| listed.contains(&id))
    }
}

fn schema(named: &Value) -> Result<Schema, String> {
    match (named, named.as_str()) {
        (Value::Array(documents), _) => Schema::from_json(documents).map_err(|error| error.to_string()),
        (_, Some("user")) => Ok(Schema::user()),
        (_, Some("group")) => Ok(Schema::group()),
        (_, Some("access-requests")) => Ok(Schema::access_requests()),
        _ => Err(format!("schema: {named} is not one of user group access-requests, nor a list of documents")),
    }
}
