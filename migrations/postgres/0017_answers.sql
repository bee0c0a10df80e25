-- Instruments by version: the text that a line was given with (append-only).
CREATE TABLE instrument (
    version TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    id TEXT COLLATE "C" NOT NULL,
    content TEXT COLLATE "C" NOT NULL
);

-- The journal of answers to questions (append-only). The last one of a question counts and supersedes those before.
CREATE TABLE answer (
    assignment TEXT COLLATE "C" NOT NULL,
    line TEXT COLLATE "C" NOT NULL,
    question TEXT COLLATE "C" NOT NULL,
    seq BIGINT NOT NULL,
    -- yes, no, not_seen, a number, the letter of a choice, a day, a text.
    value TEXT COLLATE "C" NOT NULL,
    remark TEXT COLLATE "C" NOT NULL,
    -- code or rest.
    by TEXT COLLATE "C" NOT NULL,
    mail TEXT COLLATE "C",
    received_at BIGINT NOT NULL,
    -- A text in somebody's own words: it leaves with the remarks when its time is up.
    is_text BIGINT NOT NULL,
    PRIMARY KEY (assignment, line, question, seq)
);

CREATE TRIGGER instrument_keeps BEFORE UPDATE OR DELETE ON instrument FOR EACH ROW EXECUTE FUNCTION append_only();
CREATE TRIGGER answer_stays BEFORE DELETE ON answer FOR EACH ROW EXECUTE FUNCTION append_only();
CREATE TRIGGER answer_keeps BEFORE UPDATE ON answer FOR EACH ROW
    WHEN (NEW.remark <> '' OR (NEW.value <> OLD.value AND (OLD.is_text = 0 OR NEW.value <> ''))
        OR (NEW.assignment, NEW.line, NEW.question, NEW.seq, NEW.by, NEW.received_at, NEW.is_text)
            IS DISTINCT FROM (OLD.assignment, OLD.line, OLD.question, OLD.seq, OLD.by, OLD.received_at, OLD.is_text)
        OR NEW.mail IS DISTINCT FROM OLD.mail)
    EXECUTE FUNCTION append_only();
