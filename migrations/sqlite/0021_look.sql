-- What the pages of the console look for: none of them reads what does not concern its office and its days.
CREATE INDEX flag_of_office ON flag (office, state, opened_at);
CREATE INDEX flag_state ON flag (state, opened_at, id);
CREATE INDEX assignment_of_office ON assignment (office, released_at);
CREATE INDEX line_place ON line (place, id);
CREATE INDEX window_void_day ON window_void (office, day);
CREATE INDEX import_batch_seen ON import_batch (seen_at, id);
CREATE INDEX import_batch_office ON import_batch (office, seen_at, id);
CREATE INDEX letter_stuck ON letter (office, created_at) WHERE state IN ('refused', 'ambiguous', 'held');
