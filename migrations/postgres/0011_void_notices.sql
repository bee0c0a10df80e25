-- Desk and head are told of all windows that fell at once in one letter; of those before, they were.
ALTER TABLE window_void ADD COLUMN starts_at BIGINT;
ALTER TABLE window_void ADD COLUMN ends_at BIGINT;
ALTER TABLE window_void ADD COLUMN told_at BIGINT;
UPDATE window_void SET told_at = at;
CREATE INDEX window_void_untold ON window_void (office) WHERE told_at IS NULL;
