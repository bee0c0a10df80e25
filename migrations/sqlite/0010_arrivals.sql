-- In which order mails came: many are stored within one millisecond, and the last one counts.
ALTER TABLE inbox ADD COLUMN arrival INTEGER NOT NULL DEFAULT 0;
CREATE INDEX inbox_arrival ON inbox (arrival);
