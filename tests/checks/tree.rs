//! Any tree that a program builds: the filter has it, its text parses to the same tree, and no step of its life uses up the
//! stack.

use arbitrary::Unstructured;
use scim_query::{AttrTest, CompValue, CompareOp, Expr, ExprKind, Filter, FilterBuilder, Schema, attr};

use super::seeds::filters;

const NAMES: [&str; 8] =
    ["userName", "emails", "type", "value", "urn:example:x:a-b_c", "name.familyName", "$ref", "not"];

/// The input is a list of steps of a machine that builds a tree of any shape, so that the input's size bounds the tree's.
const ATTR: u8 = 0;
const AND: u8 = 1;
const OR: u8 = 2;
const NOT: u8 = 3;
const VALUE_PATH: u8 = 4;
const STEPS: u8 = 5;
/// The operator behind the last of those with a value.
const PRESENT: usize = CompareOp::ALL.len();

pub fn check(data: &[u8]) {
    let Some((builder, tree)) = built(data) else { return };
    // A value path in a value path, or a name that is none, is refused.
    let Ok(filter) = builder.build() else { return };
    // `build` reads its own text: that it is the one meant is seen in the tree.
    assert!(tree.is(filter.expr()), "{filter}: {tree:?}");
    assert_eq!(filter.clone(), filter);
    let printed = filter.to_string();
    match Filter::parse(&printed) {
        Ok(parsed) => {
            assert_eq!(parsed, filter);
            assert_eq!(parsed.to_string(), printed);
        }
        // Beyond the limits of a text, and then `check` refuses it too.
        Err(_) => assert!(printed.len() > 8192 || filter.check(&Schema::open()).is_err(), "{printed}"),
    }
}

/// The tree, kept as plainly as possible.
#[derive(Debug)]
enum Tree {
    Attr(String, AttrTest<'static>),
    And(Vec<Tree>),
    Or(Vec<Tree>),
    Not(Box<Tree>),
    ValuePath(String, Box<Tree>),
}

impl Tree {
    fn and(self, right: Tree) -> Tree {
        let terms = |tree| if let Tree::And(terms) = tree { terms } else { vec![tree] };
        Tree::And([terms(self), terms(right)].into_iter().flatten().collect())
    }

    fn or(self, right: Tree) -> Tree {
        let terms = |tree| if let Tree::Or(terms) = tree { terms } else { vec![tree] };
        Tree::Or([terms(self), terms(right)].into_iter().flatten().collect())
    }

    fn is(&self, expr: Expr<'_>) -> bool {
        match (self, expr.kind()) {
            (Tree::Attr(name, test), ExprKind::Attr(exp)) => exp.path().to_string() == *name && exp.test() == test,
            (Tree::And(trees), ExprKind::And(terms)) | (Tree::Or(trees), ExprKind::Or(terms)) => {
                let terms: Vec<Expr<'_>> = terms.into_iter().collect();
                trees.len() == terms.len() && trees.iter().zip(terms).all(|(tree, term)| tree.is(term))
            }
            (Tree::Not(tree), ExprKind::Not(inner)) => tree.is(inner),
            (Tree::ValuePath(name, tree), ExprKind::ValuePath(path, inner)) => {
                path.to_string() == *name && tree.is(inner)
            }
            _ => false,
        }
    }
}

fn built(data: &[u8]) -> Option<(FilterBuilder, Tree)> {
    let mut steps = Unstructured::new(data);
    let mut stack: Vec<(FilterBuilder, Tree)> = Vec::new();
    while !steps.is_empty() {
        let next = match steps.arbitrary::<u8>().ok()? % STEPS {
            ATTR => leaf(&mut steps)?,
            NOT => {
                let (builder, tree) = stack.pop()?;
                (builder.not(), Tree::Not(tree.into()))
            }
            VALUE_PATH => {
                let name = name(&mut steps)?;
                let (builder, tree) = stack.pop()?;
                (attr(name).any(builder), Tree::ValuePath(name.to_owned(), tree.into()))
            }
            join => {
                let ((right, right_tree), (left, left_tree)) = (stack.pop()?, stack.pop()?);
                match join {
                    AND => (left.and(right), left_tree.and(right_tree)),
                    _ => (left.or(right), left_tree.or(right_tree)),
                }
            }
        };
        stack.push(next);
    }
    stack.pop()
}

fn leaf(steps: &mut Unstructured<'_>) -> Option<(FilterBuilder, Tree)> {
    let name = name(steps)?;
    let op = usize::from(steps.arbitrary::<u8>().ok()?) % (PRESENT + 1);
    if op == PRESENT {
        return Some((attr(name).present(), Tree::Attr(name.to_owned(), AttrTest::Present)));
    }
    let value = match steps.arbitrary::<u8>().ok()? % 5 {
        0 => CompValue::Null,
        1 => CompValue::Bool(false),
        2 => CompValue::Bool(true),
        3 => CompValue::String(text(steps)?.to_owned().into()),
        _ => {
            let number = text(steps)?;
            // What a program gives as a number is one: only its text is kept.
            let number: serde_json::Number = serde_json::from_str(number).ok()?;
            CompValue::Number(number.to_string().into())
        }
    };
    let op = CompareOp::ALL[op];
    let tree = Tree::Attr(name.to_owned(), AttrTest::Compare(op, value.clone()));
    Some((attr(name).compare(op, value), tree))
}

/// One of a few names, or any text.
fn name<'s>(steps: &mut Unstructured<'s>) -> Option<&'s str> {
    match usize::from(steps.arbitrary::<u8>().ok()?) {
        few if few < NAMES.len() => Some(NAMES[few]),
        length => text_of(steps, length - NAMES.len()),
    }
}

fn text<'s>(steps: &mut Unstructured<'s>) -> Option<&'s str> {
    let length = steps.arbitrary::<u8>().ok()?;
    text_of(steps, length.into())
}

fn text_of<'s>(steps: &mut Unstructured<'s>, length: usize) -> Option<&'s str> {
    std::str::from_utf8(steps.bytes(length).ok()?).ok()
}

/// The steps that build the filters of the cases.
pub fn steps_of_filters() -> Vec<Vec<u8>> {
    let steps = |text: Vec<u8>| {
        let filter = Filter::parse(std::str::from_utf8(&text).ok()?).ok()?;
        let mut steps = Vec::new();
        write(filter.expr(), &mut steps)?;
        Some(steps)
    };
    filters().into_iter().filter_map(steps).collect()
}

fn write(expr: Expr<'_>, steps: &mut Vec<u8>) -> Option<()> {
    match expr.kind() {
        ExprKind::And(terms) => write_terms(terms, AND, steps)?,
        ExprKind::Or(terms) => write_terms(terms, OR, steps)?,
        ExprKind::Not(inner) => {
            write(inner, steps)?;
            steps.push(NOT);
        }
        ExprKind::ValuePath(path, inner) => {
            write(inner, steps)?;
            steps.push(VALUE_PATH);
            write_text(&path.to_string(), NAMES.len(), steps)?;
        }
        ExprKind::Attr(exp) => {
            steps.push(ATTR);
            write_text(&exp.path().to_string(), NAMES.len(), steps)?;
            match exp.test() {
                AttrTest::Present => steps.push(u8::try_from(PRESENT).ok()?),
                AttrTest::Compare(op, value) => {
                    steps.push(u8::try_from(CompareOp::ALL.iter().position(|each| each == op)?).ok()?);
                    write_value(value, steps)?;
                }
            }
        }
    }
    Some(())
}

fn write_terms<'a>(terms: impl IntoIterator<Item = Expr<'a>>, join: u8, steps: &mut Vec<u8>) -> Option<()> {
    for (at, term) in terms.into_iter().enumerate() {
        write(term, steps)?;
        steps.extend((at > 0).then_some(join));
    }
    Some(())
}

fn write_value(value: &CompValue<'_>, steps: &mut Vec<u8>) -> Option<()> {
    match value {
        CompValue::Null => steps.push(0),
        CompValue::Bool(value) => steps.push(1 + u8::from(*value)),
        CompValue::String(text) => {
            steps.push(3);
            write_text(text, 0, steps)?;
        }
        CompValue::Number(text) => {
            steps.push(4);
            write_text(text, 0, steps)?;
        }
    }
    Some(())
}

fn write_text(text: &str, first: usize, steps: &mut Vec<u8>) -> Option<()> {
    steps.push(u8::try_from(text.len() + first).ok()?);
    steps.extend(text.as_bytes());
    Some(())
}
