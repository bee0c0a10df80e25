-- Findings: what is to be rectified (整改台账), on whom, by when; and good practice that was noted.
CREATE TABLE finding (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    office TEXT COLLATE "C" NOT NULL,
    subject_kind TEXT COLLATE "C" NOT NULL,
    subject TEXT COLLATE "C" NOT NULL,
    -- The subject's team and village at the opening.
    team TEXT COLLATE "C",
    village TEXT COLLATE "C",
    code TEXT COLLATE "C" NOT NULL,
    origin TEXT COLLATE "C" NOT NULL,
    text TEXT COLLATE "C" NOT NULL,
    -- The line whose checklist opened it.
    assignment TEXT COLLATE "C",
    line TEXT COLLATE "C",
    owner TEXT COLLATE "C" NOT NULL,
    deadline TEXT COLLATE "C",
    opened_at BIGINT NOT NULL,
    opened_by TEXT COLLATE "C" NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    -- When its time was up and its texts and names were deleted.
    erased_at BIGINT
);
CREATE INDEX finding_state ON finding (office, state);
CREATE INDEX finding_team ON finding (team);
CREATE UNIQUE INDEX finding_gap ON finding (office, code, subject_kind, subject)
    WHERE origin = 'gap' AND state IN ('open', 'rectified', 'verified');
CREATE UNIQUE INDEX finding_answer ON finding (assignment, line, code) WHERE assignment IS NOT NULL;

CREATE TABLE finding_step (
    finding TEXT COLLATE "C" NOT NULL,
    seq BIGINT NOT NULL,
    step TEXT COLLATE "C" NOT NULL,
    actor TEXT COLLATE "C" NOT NULL,
    at BIGINT NOT NULL,
    reason TEXT COLLATE "C" NOT NULL,
    -- A file that shows it: its bytes are a blob.
    file_name TEXT COLLATE "C",
    file_sha TEXT COLLATE "C",
    state TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (finding, seq)
);

-- What fills gaps in the records, by its kind.
CREATE INDEX paper_held ON paper (kind, source, to_at)
    WHERE kind IN ('work_log', 'health_check', 'insurance', 'allowance', 'training', 'meeting');

-- When their time was up: the row stays, what it named is gone.
ALTER TABLE inbox ADD COLUMN erased_at BIGINT;
ALTER TABLE letter ADD COLUMN erased_at BIGINT;
ALTER TABLE assignment ADD COLUMN erased_at BIGINT;
ALTER TABLE flag ADD COLUMN erased_at BIGINT;

-- What was deleted because its time was up: who, which class, how many, up to when; no contents (append-only).
CREATE TABLE retention (
    seq BIGINT NOT NULL PRIMARY KEY,
    at BIGINT NOT NULL,
    actor TEXT COLLATE "C" NOT NULL,
    class TEXT COLLATE "C" NOT NULL,
    office TEXT COLLATE "C" NOT NULL,
    year BIGINT NOT NULL,
    items BIGINT NOT NULL,
    cut_off TEXT COLLATE "C" NOT NULL
);

-- Texts and names leave when their time is up, and nothing else of a step: it keeps what was done, and when.
CREATE TRIGGER finding_step_stays BEFORE DELETE ON finding_step FOR EACH ROW EXECUTE FUNCTION append_only();
CREATE TRIGGER finding_step_keeps BEFORE UPDATE ON finding_step FOR EACH ROW
    WHEN (NEW.actor <> '' OR NEW.reason <> '' OR NEW.file_name IS NOT NULL
        OR (NEW.finding, NEW.seq, NEW.step, NEW.at, NEW.state) IS DISTINCT FROM (OLD.finding, OLD.seq, OLD.step, OLD.at, OLD.state)
        OR NEW.file_sha IS DISTINCT FROM OLD.file_sha)
    EXECUTE FUNCTION append_only();
DROP TRIGGER flag_step_keeps ON flag_step;
CREATE TRIGGER flag_step_stays BEFORE DELETE ON flag_step FOR EACH ROW EXECUTE FUNCTION append_only();
CREATE TRIGGER flag_step_keeps BEFORE UPDATE ON flag_step FOR EACH ROW
    WHEN (NEW.actor <> '' OR NEW.reason <> ''
        OR (NEW.flag, NEW.seq, NEW.step, NEW.at, NEW.state) IS DISTINCT FROM (OLD.flag, OLD.seq, OLD.step, OLD.at, OLD.state))
    EXECUTE FUNCTION append_only();
DROP TRIGGER verdict_keeps ON verdict;
CREATE TRIGGER verdict_stays BEFORE DELETE ON verdict FOR EACH ROW EXECUTE FUNCTION append_only();
CREATE TRIGGER verdict_keeps BEFORE UPDATE ON verdict FOR EACH ROW
    WHEN (NEW.sentence_en <> '' OR NEW.sentence_zh <> ''
        OR (NEW.assignment, NEW.line, NEW.person, NEW.seq, NEW.outcome, NEW.strength, NEW.timing_unclear, NEW.evidence, NEW.judged_at)
            IS DISTINCT FROM (OLD.assignment, OLD.line, OLD.person, OLD.seq, OLD.outcome, OLD.strength, OLD.timing_unclear, OLD.evidence, OLD.judged_at)
        OR NEW.official IS DISTINCT FROM OLD.official OR NEW.verdict IS DISTINCT FROM OLD.verdict)
    EXECUTE FUNCTION append_only();
DROP TRIGGER outcome_keeps ON outcome;
CREATE TRIGGER outcome_keeps BEFORE UPDATE OF outcome, stated_at, remark, by, mail, received_at ON outcome FOR EACH ROW
    WHEN (NEW.remark <> '' OR (NEW.outcome, NEW.by, NEW.received_at) IS DISTINCT FROM (OLD.outcome, OLD.by, OLD.received_at)
        OR NEW.stated_at IS DISTINCT FROM OLD.stated_at OR NEW.mail IS DISTINCT FROM OLD.mail)
    EXECUTE FUNCTION append_only();
CREATE TRIGGER retention_keeps BEFORE UPDATE OR DELETE ON retention FOR EACH ROW EXECUTE FUNCTION append_only();
