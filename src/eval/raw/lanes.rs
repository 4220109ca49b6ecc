//! Sixteen bytes at once, without `unsafe` here. `wide` has them for every processor and takes four seconds to build; what it
//! is made of for the most frequent one takes a third of a second.

pub(super) use processor::Lanes;

/// SSE2, which every such processor has.
#[cfg(target_arch = "x86_64")]
mod processor {
    use safe_arch::{cmp_eq_mask_i8_m128i, m128i, move_mask_i8_m128i, set_splat_i8_m128i};

    /// Sixteen bytes, or as many answers.
    #[derive(Clone, Copy)]
    pub(in super::super) struct Lanes(m128i);

    impl Lanes {
        #[inline(always)]
        pub(in super::super) fn new(bytes: [u8; 16]) -> Lanes {
            Lanes(m128i::from(bytes))
        }

        /// The same with these bits set in each.
        #[inline(always)]
        pub(in super::super) fn with(self, bits: u8) -> Lanes {
            Lanes(self.0 | set_splat_i8_m128i(bits.cast_signed()))
        }

        /// Which are this byte.
        #[inline(always)]
        pub(in super::super) fn is(self, byte: u8) -> Lanes {
            Lanes(cmp_eq_mask_i8_m128i(self.0, set_splat_i8_m128i(byte.cast_signed())))
        }

        /// Of answers: which are yes in one or the other.
        #[inline(always)]
        pub(in super::super) fn or(self, other: Lanes) -> Lanes {
            Lanes(self.0 | other.0)
        }

        /// A bit for each answer; the lowest is the first.
        #[inline(always)]
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // There are sixteen.
        pub(in super::super) fn bits(self) -> u64 {
            u64::from(move_mask_i8_m128i(self.0) as u16)
        }
    }
}

#[cfg(not(target_arch = "x86_64"))]
mod processor {
    use wide::u8x16;

    /// Sixteen bytes, or as many answers.
    #[derive(Clone, Copy)]
    pub(in super::super) struct Lanes(u8x16);

    impl Lanes {
        #[inline(always)]
        pub(in super::super) fn new(bytes: [u8; 16]) -> Lanes {
            Lanes(u8x16::new(bytes))
        }

        #[inline(always)]
        pub(in super::super) fn with(self, bits: u8) -> Lanes {
            Lanes(self.0 | u8x16::splat(bits))
        }

        #[inline(always)]
        pub(in super::super) fn is(self, byte: u8) -> Lanes {
            Lanes(self.0.simd_eq(u8x16::splat(byte)))
        }

        #[inline(always)]
        pub(in super::super) fn or(self, other: Lanes) -> Lanes {
            Lanes(self.0 | other.0)
        }

        #[inline(always)]
        pub(in super::super) fn bits(self) -> u64 {
            u64::from(self.0.to_bitmask())
        }
    }
}
