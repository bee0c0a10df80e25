-- Findings: what is to be rectified (整改台账), on whom, by when; and good practice that was noted.
CREATE TABLE finding (
    id TEXT NOT NULL PRIMARY KEY,
    office TEXT NOT NULL,
    subject_kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    -- The subject's team and village at the opening.
    team TEXT,
    village TEXT,
    code TEXT NOT NULL,
    origin TEXT NOT NULL,
    text TEXT NOT NULL,
    -- The line whose checklist opened it.
    assignment TEXT,
    line TEXT,
    owner TEXT NOT NULL,
    deadline TEXT,
    opened_at INTEGER NOT NULL,
    opened_by TEXT NOT NULL,
    state TEXT NOT NULL,
    -- When its time was up and its texts and names were deleted.
    erased_at INTEGER
) STRICT;
CREATE INDEX finding_state ON finding (office, state);
CREATE INDEX finding_team ON finding (team);
CREATE UNIQUE INDEX finding_gap ON finding (office, code, subject_kind, subject)
    WHERE origin = 'gap' AND state IN ('open', 'rectified', 'verified');
CREATE UNIQUE INDEX finding_answer ON finding (assignment, line, code) WHERE assignment IS NOT NULL;

CREATE TABLE finding_step (
    finding TEXT NOT NULL,
    seq INTEGER NOT NULL,
    step TEXT NOT NULL,
    actor TEXT NOT NULL,
    at INTEGER NOT NULL,
    reason TEXT NOT NULL,
    -- A file that shows it: its bytes are a blob.
    file_name TEXT,
    file_sha TEXT,
    state TEXT NOT NULL,
    PRIMARY KEY (finding, seq)
) STRICT;

-- What fills gaps in the records, by its kind.
CREATE INDEX paper_held ON paper (kind, source, to_at)
    WHERE kind IN ('work_log', 'health_check', 'insurance', 'allowance', 'training', 'meeting');

-- When their time was up: the row stays, what it named is gone.
ALTER TABLE inbox ADD COLUMN erased_at INTEGER;
ALTER TABLE letter ADD COLUMN erased_at INTEGER;
ALTER TABLE assignment ADD COLUMN erased_at INTEGER;
ALTER TABLE flag ADD COLUMN erased_at INTEGER;

-- What was deleted because its time was up: who, which class, how many, up to when; no contents (append-only).
CREATE TABLE retention (
    seq INTEGER NOT NULL PRIMARY KEY,
    at INTEGER NOT NULL,
    actor TEXT NOT NULL,
    class TEXT NOT NULL,
    office TEXT NOT NULL,
    year INTEGER NOT NULL,
    items INTEGER NOT NULL,
    cut_off TEXT NOT NULL
) STRICT;

-- Texts and names leave when their time is up, and nothing else of a step: it keeps what was done, and when.
CREATE TRIGGER finding_step_stays BEFORE DELETE ON finding_step BEGIN SELECT RAISE(ABORT, 'finding_step is append-only'); END;
CREATE TRIGGER finding_step_keeps BEFORE UPDATE ON finding_step
    WHEN NEW.actor <> '' OR NEW.reason <> '' OR NEW.file_name IS NOT NULL
        OR (NEW.finding, NEW.seq, NEW.step, NEW.at, NEW.state) IS NOT (OLD.finding, OLD.seq, OLD.step, OLD.at, OLD.state)
        OR NEW.file_sha IS NOT OLD.file_sha
    BEGIN SELECT RAISE(ABORT, 'finding_step is append-only'); END;
DROP TRIGGER flag_step_keeps;
CREATE TRIGGER flag_step_keeps BEFORE UPDATE ON flag_step
    WHEN NEW.actor <> '' OR NEW.reason <> ''
        OR (NEW.flag, NEW.seq, NEW.step, NEW.at, NEW.state) IS NOT (OLD.flag, OLD.seq, OLD.step, OLD.at, OLD.state)
    BEGIN SELECT RAISE(ABORT, 'flag_step is append-only'); END;
DROP TRIGGER verdict_keeps;
CREATE TRIGGER verdict_keeps BEFORE UPDATE ON verdict
    WHEN NEW.sentence_en <> '' OR NEW.sentence_zh <> ''
        OR (NEW.assignment, NEW.line, NEW.person, NEW.seq, NEW.outcome, NEW.strength, NEW.timing_unclear, NEW.evidence, NEW.judged_at)
            IS NOT (OLD.assignment, OLD.line, OLD.person, OLD.seq, OLD.outcome, OLD.strength, OLD.timing_unclear, OLD.evidence, OLD.judged_at)
        OR NEW.official IS NOT OLD.official OR NEW.verdict IS NOT OLD.verdict
    BEGIN SELECT RAISE(ABORT, 'verdict is append-only'); END;
DROP TRIGGER outcome_keeps;
CREATE TRIGGER outcome_keeps BEFORE UPDATE OF outcome, stated_at, remark, by, mail, received_at ON outcome
    WHEN NEW.remark <> '' OR (NEW.outcome, NEW.by, NEW.received_at) IS NOT (OLD.outcome, OLD.by, OLD.received_at)
        OR NEW.stated_at IS NOT OLD.stated_at OR NEW.mail IS NOT OLD.mail
    BEGIN SELECT RAISE(ABORT, 'outcome is append-only'); END;
CREATE TRIGGER retention_keeps BEFORE UPDATE ON retention BEGIN SELECT RAISE(ABORT, 'retention is append-only'); END;
CREATE TRIGGER retention_stays BEFORE DELETE ON retention BEGIN SELECT RAISE(ABORT, 'retention is append-only'); END;
