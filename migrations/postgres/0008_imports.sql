-- By which layout a file was read: a template, or a mapping with its version.
ALTER TABLE import_batch ADD COLUMN layout TEXT COLLATE "C";

-- How many records a batch has of each day: what is usual for its source.
CREATE TABLE batch_day (
    batch TEXT COLLATE "C" NOT NULL,
    day TEXT COLLATE "C" NOT NULL,
    records BIGINT NOT NULL,
    PRIMARY KEY (batch, day)
);

-- Why a batch covers something or nothing, and who said so (append-only).
CREATE TABLE batch_step (
    batch TEXT COLLATE "C" NOT NULL,
    seq BIGINT NOT NULL,
    step TEXT COLLATE "C" NOT NULL,
    actor TEXT COLLATE "C" NOT NULL,
    reason TEXT COLLATE "C" NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (batch, seq)
);
CREATE TRIGGER batch_step_keeps BEFORE UPDATE OR DELETE ON batch_step FOR EACH ROW EXECUTE FUNCTION append_only();
