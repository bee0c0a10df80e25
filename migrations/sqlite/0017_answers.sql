-- Instruments by version: the text that a line was given with (append-only).
CREATE TABLE instrument (
    version TEXT NOT NULL PRIMARY KEY,
    id TEXT NOT NULL,
    content TEXT NOT NULL
) STRICT;

-- The journal of answers to questions (append-only). The last one of a question counts and supersedes those before.
CREATE TABLE answer (
    assignment TEXT NOT NULL,
    line TEXT NOT NULL,
    question TEXT NOT NULL,
    seq INTEGER NOT NULL,
    -- yes, no, not_seen, a number, the letter of a choice, a day, a text.
    value TEXT NOT NULL,
    remark TEXT NOT NULL,
    -- code or rest.
    by TEXT NOT NULL,
    mail TEXT,
    received_at INTEGER NOT NULL,
    -- A text in somebody's own words: it leaves with the remarks when its time is up.
    is_text INTEGER NOT NULL,
    PRIMARY KEY (assignment, line, question, seq)
) STRICT;

CREATE TRIGGER instrument_stays BEFORE DELETE ON instrument BEGIN SELECT RAISE(ABORT, 'instrument is append-only'); END;
CREATE TRIGGER instrument_keeps BEFORE UPDATE ON instrument BEGIN SELECT RAISE(ABORT, 'instrument is append-only'); END;
CREATE TRIGGER answer_stays BEFORE DELETE ON answer BEGIN SELECT RAISE(ABORT, 'answer is append-only'); END;
CREATE TRIGGER answer_keeps BEFORE UPDATE ON answer
    WHEN NEW.remark <> '' OR (NEW.value <> OLD.value AND (OLD.is_text = 0 OR NEW.value <> ''))
        OR (NEW.assignment, NEW.line, NEW.question, NEW.seq, NEW.by, NEW.received_at, NEW.is_text)
            IS NOT (OLD.assignment, OLD.line, OLD.question, OLD.seq, OLD.by, OLD.received_at, OLD.is_text)
        OR NEW.mail IS NOT OLD.mail
    BEGIN SELECT RAISE(ABORT, 'answer is append-only'); END;
