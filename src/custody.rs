//! Custody of a chain: its end, its mark and its lock, in files outside the database.
