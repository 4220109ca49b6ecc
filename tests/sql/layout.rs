//! Mappings of every kind, from a seed.

use scim_query::sql::{Column, ColumnType, Columns, Dialect, Elements};
use scim_query::{AttrId, Attribute, Schema, Type};

use crate::support::random::Random;

/// A mapping of most attributes, each in one of the ways that there are.
pub fn any(random: &mut Random, schema: &Schema, dialect: Dialect) -> Columns {
    if random.percent(25) {
        return Columns::standard(schema, dialect, "resources").expect("the standard mapping");
    }
    let mut builder = Columns::builder(schema, dialect, "resources");
    let complete = random.percent(70);
    let mut json_elements = Vec::new();
    for (id, attribute) in schema.attributes() {
        let line = line(schema, id);
        let many: Vec<AttrId> = line.iter().copied().filter(|id| schema.attribute(*id).is_multi_valued()).collect();
        let name = format!("c{}", column_number(schema, id));
        if !complete && attribute.name() != "id" && random.percent(10) {
            continue;
        }
        match many[..] {
            [] if attribute.ty() == Type::Complex && random.percent(70) => {}
            [] if attribute.ty() == Type::Complex => {
                builder = builder.presence(attribute.full_name(), format!("{name}_assigned"));
            }
            [] => builder = builder.column(attribute.full_name(), column(random, attribute, name, dialect, true)),
            [one] if one == id => {
                let simple = attribute.ty() != Type::Complex;
                let array = matches!(attribute.ty(), Type::String | Type::Reference | Type::Integer | Type::Binary);
                match random.below(4) {
                    0 if simple && array && dialect == Dialect::Postgres => {
                        builder = builder.elements(attribute.full_name(), Elements::array(name));
                        json_elements.push(id);
                    }
                    1 if simple && !matches!(attribute.ty(), Type::DateTime | Type::Decimal)
                        || !simple && served_by_json(schema, attribute) =>
                    {
                        builder = builder.elements(attribute.full_name(), Elements::json("doc", ["lists", &name]));
                        json_elements.push(id);
                    }
                    _ => {
                        let mut elements =
                            Elements::table(format!("e_{name}")).key("owner", format!("c{}", id_number(schema)));
                        elements = elements.position("position");
                        if random.percent(50) {
                            elements = elements.never_empty();
                        }
                        builder = builder.elements(attribute.full_name(), elements);
                        if simple {
                            builder =
                                builder.column(attribute.full_name(), column(random, attribute, name, dialect, false));
                        }
                    }
                }
            }
            [one] if !json_elements.contains(&one) && attribute.ty() != Type::Complex => {
                // Elements that were left out above leave their parts out, too.
                builder = builder.column(attribute.full_name(), column(random, attribute, name, dialect, false));
            }
            _ => {}
        }
    }
    match builder.clone().build() {
        Ok(columns) => columns,
        // What was left out was needed: the whole of it, then.
        Err(_) if !complete => any(random, schema, dialect),
        Err(error) => panic!("{error}"),
    }
}

fn line(schema: &Schema, id: AttrId) -> Vec<AttrId> {
    let mut line = vec![id];
    while let Some(parent) = schema.attribute(line[line.len() - 1]).parent() {
        line.push(parent);
    }
    line
}

fn column_number(schema: &Schema, id: AttrId) -> usize {
    schema.attributes().position(|(other, _)| other == id).expect("an attribute")
}

fn id_number(schema: &Schema) -> usize {
    column_number(schema, schema.find(None, "id").expect("an id"))
}

fn served_by_json(schema: &Schema, attribute: &Attribute) -> bool {
    attribute.sub_attributes().iter().all(|id| {
        let part = schema.attribute(*id);
        !part.is_multi_valued() && !matches!(part.ty(), Type::DateTime | Type::Decimal | Type::Complex)
    })
}

fn column(random: &mut Random, attribute: &Attribute, name: String, dialect: Dialect, of_resource: bool) -> Column {
    let text = matches!(attribute.ty(), Type::String | Type::Reference | Type::Binary);
    let is_id = attribute.full_name() == "id";
    let json = of_resource && !is_id && !matches!(attribute.ty(), Type::DateTime | Type::Decimal) && random.percent(20);
    let mut column = match json {
        true => Column::json("doc", ["values", &name]),
        false => Column::new(name.clone()),
    };
    if is_id {
        column = column.not_null();
        if dialect == Dialect::MariaDb {
            column = column.max_length(100);
        }
        return column;
    }
    let (mut by_function, mut other_collation) = (false, false);
    column = match attribute.ty() {
        Type::DateTime => column.of_type(instants(random, dialect)),
        Type::Decimal if dialect != Dialect::Sqlite && random.percent(40) => {
            column.of_type(ColumnType::Decimal { precision: 60, scale: 25 })
        }
        Type::Integer if !json && dialect != Dialect::Sqlite && random.percent(30) => {
            column.of_type(ColumnType::Decimal { precision: 20, scale: 0 })
        }
        _ => column,
    };
    if text && !attribute.is_case_exact() {
        let twin = format!("{name}_fold");
        column = match random.below(4) {
            0 if !json && dialect != Dialect::Sqlite => column.folded_by_database(twin),
            1 => {
                by_function = true;
                column.folded_by_function()
            }
            // Texts are stored folded.
            2 if !json => column.folded(name.clone()),
            _ => column.folded(twin),
        };
    } else if text && !json && random.percent(20) {
        other_collation = true;
        column = column.other_collation();
    }
    if text && !json && random.percent(20) {
        column = column.reversed(format!("{name}_reversed"));
    }
    let has_column = !by_function && (!json || (text && !attribute.is_case_exact()));
    if text && !json && has_column && !other_collation && dialect == Dialect::Postgres && random.percent(20) {
        column = column.trigram();
    }
    if (has_column || dialect != Dialect::MariaDb) && random.percent(50) {
        column = column.indexed();
    }
    if text && dialect == Dialect::MariaDb && random.percent(60) {
        column = column.max_length(*random.pick(&[60, 200, 256]));
    }
    column
}

fn instants(random: &mut Random, dialect: Dialect) -> ColumnType {
    let digits = *random.pick(&[6, 6, 6, 3, 0]);
    match random.below(4) {
        1 => ColumnType::TimestampText { digits: *random.pick(&[9, 9, 6, 3, 0]) },
        0 => ColumnType::Epoch { digits: *random.pick(&[9, 6, 3, 0]) },
        _ if dialect == Dialect::Sqlite => ColumnType::Epoch { digits },
        _ => ColumnType::Timestamp { digits },
    }
}
