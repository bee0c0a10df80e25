-- By which layout a file was read: a template, or a mapping with its version.
ALTER TABLE import_batch ADD COLUMN layout TEXT;

-- How many records a batch has of each day: what is usual for its source.
CREATE TABLE batch_day (
    batch TEXT NOT NULL,
    day TEXT NOT NULL,
    records INTEGER NOT NULL,
    PRIMARY KEY (batch, day)
) STRICT, WITHOUT ROWID;

-- Why a batch covers something or nothing, and who said so (append-only).
CREATE TABLE batch_step (
    batch TEXT NOT NULL,
    seq INTEGER NOT NULL,
    step TEXT NOT NULL,
    actor TEXT NOT NULL,
    reason TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (batch, seq)
) STRICT;
CREATE TRIGGER batch_step_keeps BEFORE UPDATE ON batch_step BEGIN SELECT RAISE(ABORT, 'batch_step is append-only'); END;
CREATE TRIGGER batch_step_stays BEFORE DELETE ON batch_step BEGIN SELECT RAISE(ABORT, 'batch_step is append-only'); END;
