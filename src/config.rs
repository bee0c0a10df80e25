//! Configuration: `spotcheck.toml`, parsed and checked.
