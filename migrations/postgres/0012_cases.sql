-- Where letters about a flag go.
ALTER TABLE official ADD COLUMN email TEXT COLLATE "C";

-- A complaint against an inspector: a case with the life of a flag. Its steps stand in flag_step, by its id.
-- What was said, and by whom, stays here and reaches no letter.
CREATE TABLE complaint (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    office TEXT COLLATE "C" NOT NULL,
    inspector TEXT COLLATE "C" NOT NULL,
    said TEXT COLLATE "C" NOT NULL,
    heard_from TEXT COLLATE "C" NOT NULL,
    opened_by TEXT COLLATE "C" NOT NULL,
    opened_at BIGINT NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    erased_at BIGINT
);

-- The letters of a flag or complaint: explain, decision, appeal; each once. Without an address it is printed.
-- Its page is a blob.
CREATE TABLE case_letter (
    id TEXT COLLATE "C" NOT NULL,
    letter TEXT COLLATE "C" NOT NULL,
    written_at BIGINT NOT NULL,
    kid BIGINT NOT NULL,
    days BIGINT NOT NULL,
    addressee TEXT COLLATE "C" NOT NULL,
    address TEXT COLLATE "C",
    message_id TEXT COLLATE "C" NOT NULL,
    page TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (id, letter)
);
CREATE INDEX case_letter_message ON case_letter (message_id);

-- What came back to such a letter, by mail or on paper, as it was written (append-only).
CREATE TABLE case_answer (
    id TEXT COLLATE "C" NOT NULL,
    seq BIGINT NOT NULL,
    letter TEXT COLLATE "C" NOT NULL,
    mail TEXT COLLATE "C",
    sender TEXT COLLATE "C" NOT NULL,
    entered_by TEXT COLLATE "C",
    said TEXT COLLATE "C" NOT NULL,
    proven BIGINT NOT NULL,
    late BIGINT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (id, seq)
);

-- What was attached; the bytes are blobs.
CREATE TABLE case_file (
    id TEXT COLLATE "C" NOT NULL,
    answer BIGINT NOT NULL,
    number BIGINT NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    sha TEXT COLLATE "C" NOT NULL,
    bytes BIGINT NOT NULL,
    PRIMARY KEY (id, answer, number)
);

CREATE INDEX flag_official ON flag (official);

CREATE TRIGGER case_answer_keeps BEFORE UPDATE ON case_answer FOR EACH ROW EXECUTE FUNCTION append_only();
CREATE TRIGGER case_file_keeps BEFORE UPDATE ON case_file FOR EACH ROW EXECUTE FUNCTION append_only();
