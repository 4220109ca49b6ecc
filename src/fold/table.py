#!/usr/bin/env python3
"""Makes src/fold/table.rs: the simple lower-case mapping of Unicode 14.0.0, rule F1 of docs/semantics.md.

    python3 src/fold/table.py > src/fold/table.rs      writes the table
    python3 src/fold/table.py --check                  exits 1 when src/fold/table.rs is not what would be written

The mapping comes from Python itself, so it needs a Python whose `unicodedata.unidata_version` is 14.0.0 (CPython 3.11)
and refuses any other. The version is pinned: stored folded columns outlive toolchains, so a change of it is a breaking
change of the library.
"""

import pathlib
import sys
import unicodedata

UNICODE = "14.0.0"
TABLE = pathlib.Path(__file__).resolve().parent.parent.parent / "src" / "fold" / "table.rs"


def simple_lower(c):
    """The simple lower-case mapping of code point c; c itself when it has none."""
    lower = chr(c).lower()
    if len(lower) == 1:
        return ord(lower)
    # `str.lower` gives the full mapping. It is longer than one character for U+0130 only (i and a dot above), whose
    # simple mapping is i; anything else here would be a change of the data that a human has to look at.
    if c == 0x130:
        return 0x69
    raise SystemExit(f"U+{c:04X} has an unexpected full mapping: {lower!r}")


def mapping():
    """Every code point that is not its own lower case, with its lower case."""
    scalars = (c for c in range(0x110000) if not 0xD800 <= c <= 0xDFFF)
    return {c: low for c in scalars if (low := simple_lower(c)) != c}


def run(table, first, stride):
    """The last code point of the longest run from `first` with this stride and one distance."""
    delta = table[first] - first
    last = first
    while table.get(last + stride) == last + stride + delta and (stride == 1 or last + 1 not in table):
        last += stride
    return last


def ranges(table):
    """The mapping as sorted runs (first, last, stride, delta) that do not overlap."""
    made = []
    for c in sorted(table):
        if made and c <= made[-1][1]:
            continue
        dense, alternating = run(table, c, 1), run(table, c, 2)
        if alternating - c > 2 * (dense - c):
            made.append((c, alternating, 2, table[c] - c))
        else:
            made.append((c, dense, 1, table[c] - c))
    return made


def expand(runs):
    """The mapping that the runs stand for: what the Rust side computes."""
    return {c: c + delta for first, last, stride, delta in runs for c in range(first, last + 1, stride)}


def rust(runs, count):
    """The Rust file."""
    lines = [
        "//! The simple lower-case mapping of Unicode 14.0.0 (F1): a generated file, do not edit it.",
        "//!",
        "//! Made by `python3 src/fold/table.py > src/fold/table.rs`. The version is pinned: changing it is a breaking",
        f"//! change, since folded columns outlive toolchains. {count} code points have a lower case, in {len(runs)} runs.",
        "",
        "/// The version of the Unicode data that [`RANGES`] was made from.",
        "pub(super) const UNICODE_VERSION: (u8, u8, u8) = (" + ", ".join(UNICODE.split(".")) + ");",
        "",
        "/// A run of code points `first`, `first + stride`, .. `last` (inclusive), each `delta` away from its lower case.",
        "///",
        "/// Code points that a run of stride 2 steps over are their own lower case.",
        "pub(super) struct Range {",
        "    pub(super) first: u32,",
        "    pub(super) last: u32,",
        "    /// 1, or 2 where upper and lower case alternate.",
        "    pub(super) stride: u8,",
        "    /// What is added to a code point to get its lower case.",
        "    pub(super) delta: i32,",
        "}",
        "",
        "const fn range(first: u32, last: u32, stride: u8, delta: i32) -> Range {",
        "    Range { first, last, stride, delta }",
        "}",
        "",
        "/// Every code point that is not its own lower case: runs that do not overlap, sorted.",
        "pub(super) static RANGES: &[Range] = &[",
    ]
    lines += [f"    range(0x{first:04X}, 0x{last:04X}, {stride}, {delta})," for first, last, stride, delta in runs]
    lines += ["];", ""]
    return "\n".join(lines)


def main(arguments):
    if unicodedata.unidata_version != UNICODE:
        raise SystemExit(
            f"this Python has Unicode {unicodedata.unidata_version}; the table is pinned to {UNICODE} (CPython 3.11)"
        )
    table = mapping()
    runs = ranges(table)
    if expand(runs) != table:
        raise SystemExit("the runs do not give the mapping back")
    text = rust(runs, len(table))
    if not arguments:
        sys.stdout.write(text)
    elif arguments == ["--check"]:
        if TABLE.read_text(encoding="utf-8") != text:
            raise SystemExit(f"{TABLE.name} is not what this script makes")
    else:
        raise SystemExit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1:])
