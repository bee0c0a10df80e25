//! Numbers that look random and are the same in every run: hashes of a counter.

use spotcheck::model::Sha256;

pub struct Stream {
    seed: u64,
    counter: u64,
    /// Numbers of the last hash that were not given out yet.
    left: Vec<u64>,
}

impl Stream {
    pub fn new(seed: u64) -> Stream {
        Stream { seed, counter: 0, left: Vec::new() }
    }

    /// From 0, below 1.
    pub fn unit(&mut self) -> f64 {
        if self.left.is_empty() {
            let hash = Sha256::of(&[self.seed.to_be_bytes(), self.counter.to_be_bytes()].concat());
            self.counter += 1;
            let number = |bytes: &[u8]| bytes.iter().fold(0, |number, byte| number << 8 | u64::from(*byte));
            self.left = hash.0.chunks_exact(8).map(number).collect();
        }
        let number = self.left.pop().unwrap_or_default();
        (number >> 11) as f64 / 2f64.powi(53)
    }
}
