//! Resources written by hand: members that are no fields, values of enums, structs in structs; and what they lack.

use scim_query::{
    Attr, AttrValue, AttributeDef, CheckedFilter, Fields, Filter, Member, Number, Resource, Schema, Shape, Type,
    resource,
};

enum State {
    Open,
    Closed,
}

impl AttrValue for State {
    const SHAPE: Shape = Shape::TEXT;

    fn attr(&self) -> Attr<'_> {
        Attr::String(match self {
            State::Open => "OPEN",
            State::Closed => "CLOSED",
        })
    }
}

struct Name {
    given: Option<String>,
    family: &'static str,
}

resource! { impl Resource for Name { "given" => given, "family" => family } }

/// The members are its own, a computed one, and a struct whose members it gives as they are.
struct Ticket {
    id: usize,
    rank: isize,
    state: State,
    owner: Option<Name>,
    tags: Box<[String]>,
}

impl Resource for Ticket {
    fn members() -> &'static [Member] {
        const {
            &[
                Member::computed("id", Shape::NUMBER),
                Member::computed("rank", Shape::NUMBER),
                Member::of("state", |ticket: &Ticket| &ticket.state),
                Member::computed("owner", Shape::complex::<Name>()),
                Member::of("tags", |ticket: &Ticket| &ticket.tags),
                Member::computed("label", Shape::TEXT),
            ]
        }
    }

    fn member(&self, position: usize) -> Attr<'_> {
        match position {
            0 => self.id.attr(),
            1 => self.rank.attr(),
            2 => self.state.attr(),
            3 => self.owner.as_ref().map_or(Attr::Unassigned, Attr::complex),
            4 => self.tags.attr(),
            5 => Attr::String(if self.rank > 5 { "high" } else { "low" }),
            _ => Attr::Unassigned,
        }
    }
}

fn schema() -> Schema {
    let of = AttributeDef::new;
    let owner = of("owner", Type::Complex).sub_attributes([of("given", Type::String), of("family", Type::String)]);
    let attributes = [
        of("id", Type::Integer),
        of("rank", Type::Integer),
        of("state", Type::String),
        owner,
        of("tags", Type::String).multi_valued(),
        of("label", Type::String),
    ];
    Schema::builder("urn:x:Ticket").attributes(attributes).build().expect("a schema")
}

fn tickets() -> [Ticket; 3] {
    let name = |given: Option<&str>, family| Name { given: given.map(str::to_owned), family };
    [
        Ticket { id: 1, rank: -1, state: State::Open, owner: Some(name(Some("Ann"), "Lee")), tags: Box::new([]) },
        Ticket { id: usize::MAX, rank: 9, state: State::Closed, owner: None, tags: ["a".to_owned()].into() },
        Ticket {
            id: 3,
            rank: 0,
            state: State::Open,
            owner: Some(name(None, "")),
            tags: ["b".into(), "c".into()].into(),
        },
    ]
}

fn check(schema: &Schema, text: &str) -> CheckedFilter {
    Filter::parse(text).and_then(|filter| filter.check(schema)).expect(text)
}

#[test]
fn members_by_hand_match_by_position_and_by_name() {
    assert_eq!(schema().covers::<Ticket>(), Ok(()));
    assert_eq!(Schema::open().covers::<Ticket>(), Ok(()));
    for (text, expected) in [
        ("id gt 9223372036854775807", [false, true, false]),
        ("rank lt 0", [true, false, false]),
        (r#"state eq "open""#, [true, false, true]),
        (r#"owner.family eq "lee""#, [true, false, false]),
        (r#"owner[given sw "a" and family pr]"#, [true, false, false]),
        ("owner eq null", [false, true, false]),
        ("owner pr", [true, false, false]),
        ("not (owner.given pr)", [false, true, true]),
        (r#"tags eq "C" or tags eq "A""#, [false, true, true]),
        (r#"label eq "high""#, [false, true, false]),
    ] {
        let filter = check(&schema(), text);
        let bound = filter.compile_for::<Ticket>().expect("its members");
        // A clone is the same one.
        let again = bound.clone();
        assert!(format!("{again:?}").starts_with("ResourcePredicate<") && format!("{again:?}").ends_with("Ticket>"));
        for (ticket, expected) in tickets().iter().zip(expected) {
            assert_eq!(bound.matches(ticket), expected, "{text}, by position");
            assert_eq!(again.matches(ticket), expected, "{text}, by position");
            assert_eq!(filter.matches(Fields::of(ticket)), expected, "{text}, by name");
        }
    }
    // S18: under the open schema too, where an object is assigned when some member is, and present when one is not empty.
    for (text, expected) in [
        ("owner ne null", [true, false, true]),
        ("owner pr", [true, false, false]),
        ("owner.family eq \"\"", [false, false, true]),
        ("tags pr", [false, true, true]),
        // S7: in the brackets of a simple attribute `value` is the element.
        ("tags[value pr]", [false, true, true]),
        ("tags[value ne null and not (value eq \"no such tag\")]", [false, true, true]),
        ("rank.x pr", [false, false, false]),
    ] {
        let filter = check(&Schema::open(), text);
        let bound = filter.compile_for::<Ticket>();
        assert_eq!(bound.is_ok(), text != "rank.x pr", "{text}: {:?}", bound.as_ref().err());
        for (ticket, expected) in tickets().iter().zip(expected) {
            assert_eq!(filter.matches(Fields::of(ticket)), expected, "{text}");
            if let Ok(bound) = &bound {
                assert_eq!(bound.matches(ticket), expected, "{text}");
            }
        }
    }
}

#[test]
fn places_in_structs_are_copied_and_shown() {
    let [ticket, ..] = tickets();
    let place = Fields::of(&ticket);
    let copy = place;
    assert!(copy.get_ref().is_some_and(|of| of.id == 1));
    let owner = ticket.member(3);
    assert_eq!(format!("{owner:?}"), r#"Complex({"given": String("Ann"), "family": String("Lee")})"#);
    assert_eq!(format!("{:?}", tickets()[2].member(4)), r#"Many([String("b"), String("c")])"#);
    // A position that there is not is unassigned, and so is what lies below a value without members.
    let name = Name { given: None, family: "x" };
    assert!(matches!((ticket.member(9), name.member(2)), (Attr::Unassigned, Attr::Unassigned)));
    assert_eq!(
        (ticket.text_at(9, None), name.text_at(2, None), name.text_at(0, None)),
        (Some(None), Some(None), Some(None))
    );
    assert_eq!((ticket.text_at(3, Some(1)), name.text_at(1, None)), (Some(Some("Lee")), Some(Some("x"))));
    assert_eq!((ticket.text_at(5, None), ticket.text_at(5, Some(0))), (Some(Some("low")), Some(None)));
    assert_eq!((ticket.text_at(0, None), ticket.text_at(3, None), ticket.text_at(4, Some(0))), (None, None, None));
    assert!(matches!(usize::MAX.attr(), Attr::Number(Number::U64(u64::MAX))));
}

#[test]
fn what_does_not_fit_a_schema_is_told() {
    struct Twice;
    impl Resource for Twice {
        fn members() -> &'static [Member] {
            const { &[Member::computed("id", Shape::NUMBER), Member::computed("id", Shape::NUMBER)] }
        }

        fn member(&self, _: usize) -> Attr<'_> {
            Attr::Unassigned
        }
    }
    let told = |error: Result<(), scim_query::BindError>| {
        let told = error.unwrap_err().to_string();
        told[told.find(" has ").expect("its words")..].to_owned()
    };
    assert_eq!(told(schema().covers::<Twice>()), " has two members `id`");
    struct Flat;
    impl Resource for Flat {
        fn members() -> &'static [Member] {
            const {
                &[
                    Member::computed("id", Shape::NUMBER),
                    Member::computed("n", Shape::TEXT),
                    Member::computed("o", Shape::TEXT),
                ]
            }
        }

        fn member(&self, _: usize) -> Attr<'_> {
            Attr::Unassigned
        }
    }
    let with = |definition: AttributeDef| {
        let builder = Schema::builder("urn:x:Flat").attribute(AttributeDef::new("id", Type::Integer));
        let o = AttributeDef::new("o", Type::String).not_filterable().not_sortable();
        builder.attributes([definition, o]).build().expect("a schema")
    };
    let misfit = with(AttributeDef::new("n", Type::Integer)).covers::<Flat>();
    assert_eq!(told(misfit), " has a member `n` of another type than the attribute `n`, which is integer");
    let deeper = with(AttributeDef::new("m", Type::String).at(["n", "m"])).covers::<Flat>();
    assert_eq!(told(deeper), " has no member `m`, where the attribute `m` lies: add it to its `resource!`");
    // What nobody may ask about, it need not have.
    let unasked = AttributeDef::new("p", Type::String).not_filterable().not_sortable();
    let schema = Schema::builder("urn:x:Flat").attributes([
        AttributeDef::new("id", Type::Integer),
        AttributeDef::new("n", Type::String),
        AttributeDef::new("o", Type::String),
        unasked,
    ]);
    assert_eq!(schema.build().expect("a schema").covers::<Flat>(), Ok(()));
}
