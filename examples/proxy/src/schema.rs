//! The upstream's schema as a caller sees it.

use std::collections::{BTreeMap, HashMap, HashSet};

use scim_query::{AttrId, AttributeDef, Returned, Schema};

/// With other names for some attributes, and with those that are hidden as never returned: so they are in no filter, no
/// ordering, no suggestion and no projection (S16).
pub(crate) fn seen(schema: &Schema, names: &BTreeMap<String, String>, hidden: &[String]) -> Result<Schema, String> {
    let mut renamed = HashMap::new();
    for (name, upstream) in names {
        if renamed.insert(whole(schema, upstream)?, &**name).is_some() {
            return Err(format!("`{upstream}` has two names"));
        }
    }
    let hidden = hidden.iter().map(|name| whole(schema, name)).collect::<Result<HashSet<_>, _>>()?;
    let seeing = Seeing { schema, renamed, hidden };
    let mut builder = Schema::builder(schema.id());
    if schema.has_case_exact_names() {
        builder = builder.case_exact_names();
    }
    for uri in schema.uris() {
        let is_core = uri == schema.id();
        // A core attribute's full name is short, an extension's has the URI.
        let own = schema.roots().filter(|(_, attribute)| {
            let outer = attribute.full_name().strip_suffix(attribute.name());
            outer.and_then(|outer| outer.strip_suffix(':')).map_or(is_core, |outer| outer == uri)
        });
        let own = own.map(|(id, _)| seeing.attribute(id, usize::from(!is_core)));
        builder = if is_core { builder.attributes(own) } else { builder.extension(uri, own) };
    }
    builder.build().map_err(|error| error.to_string())
}

/// The attribute of a name, which is no part of another: to hide a part would leave tests of the whole that tell of it.
fn whole(schema: &Schema, name: &str) -> Result<AttrId, String> {
    let id = find(schema, name)?;
    match schema.attribute(id).parent() {
        None => Ok(id),
        Some(_) => Err(format!("`{name}` is a part of an attribute: name the whole")),
    }
}

/// The attribute of a name, perhaps behind its schema's URI.
pub(crate) fn find(schema: &Schema, name: &str) -> Result<AttrId, String> {
    let (uri, short) = name.rsplit_once(':').map_or((None, name), |(uri, short)| (Some(uri), short));
    schema.find(uri, short).ok_or_else(|| format!("there is no attribute `{name}` in {}", schema.id()))
}

struct Seeing<'s> {
    schema: &'s Schema,
    renamed: HashMap<AttrId, &'s str>,
    hidden: HashSet<AttrId>,
}

impl Seeing<'_> {
    /// The same attribute. Of an extension's, the first key is the URI, which the builder puts there itself.
    fn attribute(&self, id: AttrId, keys_before: usize) -> AttributeDef {
        let attribute = self.schema.attribute(id);
        let name = self.renamed.get(&id).copied().unwrap_or(attribute.name());
        let returned = if self.hidden.contains(&id) { Returned::Never } else { attribute.returned() };
        let mut def = AttributeDef::new(name, attribute.ty())
            .returned(returned)
            .canonical_values(attribute.canonical_values().iter().map(|value| &**value))
            .assumed_false(attribute.is_assumed_false())
            .at(attribute.keys().skip(keys_before))
            .sub_attributes(attribute.sub_attributes().iter().map(|id| self.attribute(*id, 0)));
        if attribute.is_multi_valued() {
            def = def.multi_valued();
        }
        if attribute.is_case_exact() {
            def = def.case_exact();
        }
        if !attribute.is_readable() {
            def = def.write_only();
        }
        if !attribute.is_sortable() {
            def = def.not_sortable();
        }
        if attribute.is_filterable() { def.operators(attribute.operators()) } else { def.not_filterable() }
    }
}
