-- Where letters about a flag go.
ALTER TABLE official ADD COLUMN email TEXT;

-- A complaint against an inspector: a case with the life of a flag. Its steps stand in flag_step, by its id.
-- What was said, and by whom, stays here and reaches no letter.
CREATE TABLE complaint (
    id TEXT NOT NULL PRIMARY KEY,
    office TEXT NOT NULL,
    inspector TEXT NOT NULL,
    said TEXT NOT NULL,
    heard_from TEXT NOT NULL,
    opened_by TEXT NOT NULL,
    opened_at INTEGER NOT NULL,
    state TEXT NOT NULL,
    erased_at INTEGER
) STRICT;

-- The letters of a flag or complaint: explain, decision, appeal; each once. Without an address it is printed.
-- Its page is a blob.
CREATE TABLE case_letter (
    id TEXT NOT NULL,
    letter TEXT NOT NULL,
    written_at INTEGER NOT NULL,
    kid INTEGER NOT NULL,
    days INTEGER NOT NULL,
    addressee TEXT NOT NULL,
    address TEXT,
    message_id TEXT NOT NULL,
    page TEXT NOT NULL,
    PRIMARY KEY (id, letter)
) STRICT;
CREATE INDEX case_letter_message ON case_letter (message_id);

-- What came back to such a letter, by mail or on paper, as it was written (append-only).
CREATE TABLE case_answer (
    id TEXT NOT NULL,
    seq INTEGER NOT NULL,
    letter TEXT NOT NULL,
    mail TEXT,
    sender TEXT NOT NULL,
    entered_by TEXT,
    said TEXT NOT NULL,
    proven INTEGER NOT NULL,
    late INTEGER NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (id, seq)
) STRICT;

-- What was attached; the bytes are blobs.
CREATE TABLE case_file (
    id TEXT NOT NULL,
    answer INTEGER NOT NULL,
    number INTEGER NOT NULL,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    sha TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    PRIMARY KEY (id, answer, number)
) STRICT;

CREATE INDEX flag_official ON flag (official);

CREATE TRIGGER case_answer_keeps BEFORE UPDATE ON case_answer BEGIN SELECT RAISE(ABORT, 'case_answer is append-only'); END;
CREATE TRIGGER case_file_keeps BEFORE UPDATE ON case_file BEGIN SELECT RAISE(ABORT, 'case_file is append-only'); END;
