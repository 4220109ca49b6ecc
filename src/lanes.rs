//! Sixteen bytes at once, without `unsafe` here. `wide` has them for every processor, and takes much longer to build than what
//! it is made of for the most frequent one (`cargo build --timings`).

use processor::{Vector, bits, equal, lesser, splat};

/// SSE2, which every such processor has.
#[cfg(target_arch = "x86_64")]
mod processor {
    pub(super) use safe_arch::m128i as Vector;
    use safe_arch::{cmp_eq_mask_i8_m128i, min_u8_m128i, move_mask_i8_m128i, set_splat_i8_m128i};

    #[inline(always)]
    pub(super) fn splat(byte: u8) -> Vector {
        set_splat_i8_m128i(byte.cast_signed())
    }

    #[inline(always)]
    pub(super) fn equal(left: Vector, right: Vector) -> Vector {
        cmp_eq_mask_i8_m128i(left, right)
    }

    #[inline(always)]
    pub(super) fn lesser(left: Vector, right: Vector) -> Vector {
        min_u8_m128i(left, right)
    }

    #[inline(always)]
    pub(super) fn bits(answers: Vector) -> u32 {
        move_mask_i8_m128i(answers).cast_unsigned()
    }
}

#[cfg(not(target_arch = "x86_64"))]
mod processor {
    pub(super) use wide::u8x16 as Vector;

    #[inline(always)]
    pub(super) fn splat(byte: u8) -> Vector {
        Vector::splat(byte)
    }

    #[inline(always)]
    pub(super) fn equal(left: Vector, right: Vector) -> Vector {
        left.simd_eq(right)
    }

    #[inline(always)]
    pub(super) fn lesser(left: Vector, right: Vector) -> Vector {
        left.min(right)
    }

    #[inline(always)]
    pub(super) fn bits(answers: Vector) -> u32 {
        answers.to_bitmask()
    }
}

/// Sixteen bytes, or as many answers.
#[derive(Clone, Copy)]
pub(crate) struct Lanes(Vector);

impl Lanes {
    #[inline(always)]
    pub(crate) fn new(bytes: [u8; 16]) -> Lanes {
        Lanes(Vector::from(bytes))
    }

    /// The same with these bits set in each.
    #[inline(always)]
    pub(crate) fn with(self, bits: u8) -> Lanes {
        Lanes(self.0 | splat(bits))
    }

    /// Which are this byte.
    #[inline(always)]
    pub(crate) fn is(self, byte: u8) -> Lanes {
        Lanes(equal(self.0, splat(byte)))
    }

    /// Which are this byte or less.
    #[inline(always)]
    pub(crate) fn at_most(self, byte: u8) -> Lanes {
        Lanes(equal(lesser(self.0, splat(byte)), self.0))
    }

    /// Of answers: which are yes in one or the other.
    #[inline(always)]
    pub(crate) fn or(self, other: Lanes) -> Lanes {
        Lanes(self.0 | other.0)
    }

    /// A bit for each answer; the lowest is the first.
    #[inline(always)]
    pub(crate) fn bits(self) -> u64 {
        bits(self.0).into()
    }
}
