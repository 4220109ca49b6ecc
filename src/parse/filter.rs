//! The boolean part of a filter. No recursion: open parentheses and brackets are a list, so the stack is constant and
//! the depth is counted before a node exists (L1).

use super::attr::{attr_path, sub_attr};
use super::levels::{Level, Levels, Open};
use super::value::comp_value;
use super::{Context, Parsed, class, fail, fail_over};
use crate::ast::{AttrExp, AttrPath, AttrTest, Node};
use crate::error::{ErrorKind, Found, Name};
use crate::op::Operator;
use crate::quirks::Quirk;
use crate::span::Place;

/// `FILTER = *SP expr *SP`
pub(super) fn filter<'q>(context: &mut Context<'_>, input: &'q str) -> Parsed<'q, Vec<Node<'q>>> {
    let mut rest = context.spaces(input);
    if let Some(inner) = prefix_doubled(rest) {
        if !context.has(Quirk::Q7) {
            return fail(ErrorKind::PrefixDoubled, rest, inner);
        }
        let span = context.span(rest, inner);
        context.warn(Quirk::Q7, span);
        rest = context.spaces(inner);
    }
    if rest.is_empty() {
        return fail(ErrorKind::FilterEmpty, input, rest);
    }
    expr(context, rest, Open::Text)
}

/// What follows a `filter=` in front of a filter.
fn prefix_doubled(input: &str) -> Option<&str> {
    input.strip_prefix("filter=")
}

/// `valFilter = *SP valExpr *SP`: the filter of a path, from behind `[` to behind `]`.
pub(super) fn val_filter<'q>(context: &mut Context<'_>, bracket: &'q str) -> Parsed<'q, Vec<Node<'q>>> {
    let rest = context.spaces(&bracket[1..]);
    expr(context, rest, Open::Path(bracket))
}

/// `expr = attrExp [ 1*SP more ] / closed [ *SP more ]` and, in brackets,
/// `valExpr = attrExp [ 1*SP valMore ] / valClosed [ *SP valMore ]`
///
/// `not` binds tighter than `and`, `and` tighter than `or` (G3).
fn expr<'q>(context: &mut Context<'_>, input: &'q str, outermost: Open<'q>) -> Parsed<'q, Vec<Node<'q>>> {
    let mut levels = Levels::new(outermost, input);
    let mut rest = input;
    loop {
        // An operand, or what opens one.
        let (after, opened) = operand(context, rest, &mut levels)?;
        if let Some(open) = opened {
            levels.open(open);
            rest = context.spaces(after);
            continue;
        }
        rest = after;
        // What follows it: closing brackets, then a connective or the end.
        loop {
            while matches!(levels.inner.open, Open::BareNot) {
                levels.close();
            }
            let next = context.spaces(rest);
            match (next.bytes().next(), &levels.inner.open) {
                (None, Open::Text) => return Ok((next, levels.finish())),
                (Some(b']'), Open::Path(_)) => return Ok((&next[1..], levels.finish())),
                (Some(b')'), Open::Group(_) | Open::Not(_)) => {
                    levels.close();
                    rest = &next[1..];
                }
                (Some(b']'), Open::ValuePath(_)) => {
                    rest = value_path_end(context, &mut levels, &next[1..])?;
                }
                (None | Some(b')' | b']'), Open::Path(open) | Open::Group(open) | Open::Not(open)) => {
                    let sign = if open.starts_with('[') { '[' } else { '(' };
                    return fail_over(ErrorKind::Unclosed { open: sign }, open, 1);
                }
                (None | Some(b')'), Open::ValuePath(open)) => {
                    return fail_over(ErrorKind::Unclosed { open: '[' }, open, 1);
                }
                (Some(close @ (b')' | b']')), _) => {
                    return fail_over(ErrorKind::CloseUnexpected { close: char::from(close) }, next, 1);
                }
                _ => {
                    rest = more(context, next, &mut levels)?;
                    break;
                }
            }
        }
    }
}

/// `more = ( "and" / "or" ) ( 1*SP expr / grouped )` with `grouped = group [ *SP more ]`; in brackets
/// `valMore = ( "and" / "or" ) ( 1*SP valExpr / valGrouped )` with `valGrouped = valGroup [ *SP valMore ]`
///
/// The connective only; the expression behind it is the next turn of `expr`.
fn more<'q>(
    context: &mut Context<'_>,
    input: &'q str,
    levels: &mut Levels<'q>,
) -> Result<&'q str, nom::Err<super::Fail>> {
    let word = word_at(input);
    let connective = match word {
        _ if word.eq_ignore_ascii_case("and") => "and",
        _ if word.eq_ignore_ascii_case("or") => "or",
        _ => {
            let found = Found::at(input);
            return fail_over(ErrorKind::ConnectiveExpected { found }, input, word.len());
        }
    };
    let behind = &input[word.len()..];
    let span = context.span(input, behind);
    let rest = context.spaces(behind);
    match rest.bytes().next() {
        None | Some(b')' | b']') => return fail(ErrorKind::RightSideMissing { connective }, input, behind),
        Some(b'(') => {}
        Some(_) if rest.len() == behind.len() => {
            return fail_over(ErrorKind::SpaceExpected { after: "`and` or `or`" }, behind, 0);
        }
        Some(_) => {}
    }
    if connective == "and" {
        levels.and(span)
    } else {
        levels.or(span)
    }
    Ok(rest)
}

/// The run of characters that a keyword could have been meant as.
fn word_at(input: &str) -> &str {
    class::run(input, class::WORD).0
}

/// `closed = group / negation / valuePath` (in brackets `valClosed = valGroup / valNegation`) up to the bracket that
/// opens it, which is given back, or a whole `attrExp`, which is put among the nodes.
#[inline]
fn operand<'q>(context: &mut Context<'_>, input: &'q str, levels: &mut Levels<'q>) -> Parsed<'q, Option<Open<'q>>> {
    match input.bytes().next() {
        Some(b'(') => {
            room_for_one_more(context, levels, input)?;
            return Ok((&input[1..], Some(Open::Group(input))));
        }
        Some(b')' | b']') if !levels.outer.is_empty() || matches!(levels.inner.open, Open::Path(_)) => {
            return fail_over(ErrorKind::GroupEmpty, input, 1);
        }
        None if let Open::Group(open) | Open::Not(open) | Open::ValuePath(open) | Open::Path(open) =
            levels.inner.open =>
        {
            let sign = if open.starts_with('[') { '[' } else { '(' };
            return fail_over(ErrorKind::Unclosed { open: sign }, open, 1);
        }
        _ => {}
    }
    if let Some(after) = behind_not(input) {
        let group = context.spaces(after);
        if let Some(inner) = group.strip_prefix('(') {
            room_for_one_more(context, levels, group)?;
            levels.head(Node::Not { size: 1, span: Place(context.span(input, after)) });
            return Ok((inner, Some(Open::Not(group))));
        }
        // `not pr` and `not eq "x"` are about an attribute of that name.
        if group.len() < after.len() && Operator::from_word(word_at(group)).is_none() && !group.starts_with('[') {
            if context.has(Quirk::Q9) && !group.is_empty() {
                room_for_one_more(context, levels, input)?;
                let span = context.span(input, after);
                context.warn(Quirk::Q9, span);
                levels.head(Node::Not { size: 1, span: Place(span) });
                return Ok((group, Some(Open::BareNot)));
            }
            return fail(ErrorKind::NotWithoutParentheses, input, after);
        }
    }
    let (after, path) = attr_path(context, input)?;
    let next = context.spaces(after);
    if let Some(inner) = next.strip_prefix('[') {
        let is_value_path = |level: &Level<'_>| matches!(level.open, Open::ValuePath(_) | Open::Path(_));
        if is_value_path(&levels.inner) || levels.outer.iter().any(is_value_path) {
            return fail_over(ErrorKind::ValuePathNested, next, 1);
        }
        room_for_one_more(context, levels, next)?;
        levels.head(Node::ValuePath { size: 1, path });
        return Ok((inner, Some(Open::ValuePath(next))));
    }
    let rest = attr_exp(context, levels, input, path, after, next)?;
    Ok((rest, None))
}

/// What follows a `not` in any case.
fn behind_not(input: &str) -> Option<&str> {
    match input.as_bytes() {
        [b'n' | b'N', b'o' | b'O', b't' | b'T', ..] => input.get(3..),
        _ => None,
    }
}

/// `attrExp = attrPath 1*SP ( "pr" / compareOp 1*SP compValue )`, from behind its attrPath on: `after` with the spaces,
/// `next` without. It is put among the nodes at once: moving it takes longer than reading it.
#[inline]
fn attr_exp<'q>(
    context: &mut Context<'_>,
    levels: &mut Levels<'q>,
    input: &'q str,
    path: AttrPath<'q>,
    after: &'q str,
    next: &'q str,
) -> Result<&'q str, nom::Err<super::Fail>> {
    let word = word_at(next);
    let spaced = next.len() < after.len();
    // What touches a name without a space: a sign that was meant as an operator, or a character no name has.
    if !spaced && !next.is_empty() && !next.starts_with(['=', '<', '>', '!', '~', '"', '\'', '(', ')', ']']) {
        return fail_over(ErrorKind::NameInvalid, next, 0);
    }
    let connective =
        || ["and", "or"].into_iter().find(|word| path.uri.is_none() && path.name.eq_ignore_ascii_case(word));
    let operator = match compare_op(word) {
        Some(operator) if spaced => operator,
        _ if let Some(connective) = connective() => {
            return fail(ErrorKind::LeftSideMissing { connective }, input, after);
        }
        _ if word.is_empty() => {
            return fail_over(ErrorKind::OperatorExpected { found: Found::at(next) }, next, 0);
        }
        _ => {
            // Of `a=1` the sign is what was meant as an operator.
            let word = sign_before_value(word);
            // A word that touches a quote is rather the end of a string than an operator (L2).
            let quoted = next[word.len()..].starts_with(['"', '\'']);
            let found = Name::of_operator(if quoted { "=" } else { word });
            let kind = ErrorKind::OperatorUnknown { found, instead: instead_of(word) };
            return fail_over(kind, next, word.len());
        }
    };
    let behind = &next[word.len()..];
    let op_span = context.span(next, behind);
    let Operator::Compare(op) = operator else {
        if !context.token_ends(behind) {
            return fail_over(ErrorKind::SpaceExpected { after: "the operator" }, behind, 0);
        }
        context.count_comparison(input, behind)?;
        levels.comparison(AttrExp { path, test: AttrTest::Present, op_span, value_span: op_span });
        return Ok(behind);
    };
    let value = context.spaces(behind);
    if matches!(value.bytes().next(), None | Some(b')' | b']' | b'[' | b'(')) {
        return fail_over(ErrorKind::ValueExpected { found: Found::at(value) }, value, 0);
    }
    if value.len() == behind.len() {
        return fail_over(ErrorKind::SpaceExpected { after: "the operator" }, behind, 0);
    }
    let (rest, found) = comp_value(context, value)?;
    context.count_comparison(input, rest)?;
    let value_span = context.span(value, rest);
    levels.comparison(AttrExp { path, test: AttrTest::Compare(op, found), op_span, value_span });
    Ok(rest)
}

/// `compareOp = "eq" / "ne" / "co" / "sw" / "ew" / "gt" / "ge" / "lt" / "le"`, and `pr`; in any case (G1)
fn compare_op(word: &str) -> Option<Operator> {
    Operator::from_word(word)
}

/// The signs that a word begins with, where a value follows them without a space; else the whole word.
fn sign_before_value(word: &str) -> &str {
    let signs = word.bytes().take_while(|byte| b"=<>!~".contains(byte)).count();
    if signs == 0 { word } else { word.get(..signs).unwrap_or(word) }
}

/// The SCIM spelling of an operator of other languages.
fn instead_of(word: &str) -> Option<&'static str> {
    let lower = word.to_ascii_lowercase();
    Some(match lower.as_str() {
        "=" | "==" | "===" | ":" | "is" | "equals" | "equal" => "`eq`",
        "!=" | "<>" | "!==" | "neq" | "not" | "isnot" => "`ne`",
        ">" | "after" => "`gt`",
        ">=" | "=>" | "gte" => "`ge`",
        "<" | "before" => "`lt`",
        "<=" | "=<" | "lte" => "`le`",
        "like" | "ilike" | "~" | "=~" | "regex" | "matches" => "`co`, `sw` or `ew`",
        "contains" | "has" | "includes" | "inc" => "`co`",
        "startswith" | "starts" | "prefix" | "beginswith" => "`sw`",
        "endswith" | "ends" | "suffix" => "`ew`",
        "between" => "`a ge 1 and a le 2`, with its attribute and values",
        "in" => "`a eq \"x\" or a eq \"y\"`",
        "exists" | "present" | "notnull" => "`pr`",
        "np" | "missing" => "`not (a pr)`",
        _ => return None,
    })
}

/// The limit on nesting, before anything is opened (L1).
fn room_for_one_more(context: &Context<'_>, levels: &Levels<'_>, bracket: &str) -> Result<(), nom::Err<super::Fail>> {
    let limit = context.options.limits.nesting_cap();
    // The outermost level is the text itself, or the brackets of a path.
    let outermost = levels.outer.first().unwrap_or(&levels.inner);
    let open = levels.outer.len() + usize::from(matches!(outermost.open, Open::Path(_)));
    if open >= limit { fail_over(ErrorKind::TooDeep { limit }, bracket, 1) } else { Ok(()) }
}

/// Behind the `]` of a value path: nothing, or with Q1 a sub-attribute and a test that belong inside.
fn value_path_end<'q>(
    context: &mut Context<'_>,
    levels: &mut Levels<'q>,
    behind: &'q str,
) -> Result<&'q str, nom::Err<super::Fail>> {
    let dotted = behind.starts_with('.');
    let next = context.spaces(behind);
    if !dotted && compare_op(word_at(next)).is_none() {
        levels.close();
        return Ok(behind);
    }
    if !context.has(Quirk::Q1) {
        return fail_over(ErrorKind::ValuePathTrailing, if dotted { behind } else { next }, word_at(next).len());
    }
    let (after, name) = match sub_attr(behind) {
        Ok((after, _)) => (after, &behind[1..behind.len() - after.len()]),
        Err(_) if dotted => return fail_over(ErrorKind::NameInvalid, &behind[1..], 0),
        Err(_) => (behind, "value"),
    };
    let span = if dotted { context.span(&behind[1..], after) } else { context.span(behind, next) };
    let path = AttrPath { uri: None, name: name.into(), span };
    let next = context.spaces(after);
    // As if what stands in the brackets were in parentheses, and ` and name op value` behind it.
    levels.as_operand();
    let rest = attr_exp(context, levels, behind, path, after, next)?;
    let span = context.span(behind, rest);
    context.warn(Quirk::Q1, span);
    levels.close();
    Ok(rest)
}
