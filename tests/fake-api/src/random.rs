//! Deterministic "randomness": every made-up value is a hash of what it belongs to.
//! Owns the hash, not what is made of it.

/// Hashes a text (FNV-1a, finished by [`mix`] to spread the bits).
pub(crate) fn text(text: &str) -> u64 {
    let fnv = text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    mix(fnv, 0)
}

/// Combines two hashes into one (the finalizer of `SplitMix64`).
pub(crate) fn mix(left: u64, right: u64) -> u64 {
    let mut z = left
        .rotate_left(23)
        .wrapping_add(right.wrapping_mul(0x9e37_79b9_7f4a_7c15))
        .wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// True for the given share (0.0 to 1.0) of all hashes.
pub(crate) fn below(hash: u64, share: f64) -> bool {
    let high = u32::try_from(hash >> 32).expect("the upper half of 64 bits fits in 32");
    f64::from(high) < share * 4_294_967_296.0
}

/// Picks one of the choices by a hash.
pub(crate) fn pick<T: Copy>(hash: u64, choices: &[T]) -> T {
    choices[remainder(hash, choices.len())]
}

/// The hash reduced to `0..limit`.
pub(crate) fn remainder(hash: u64, limit: usize) -> usize {
    let limit = u64::try_from(limit).expect("a length fits in 64 bits");
    usize::try_from(hash % limit).expect("below a length")
}
