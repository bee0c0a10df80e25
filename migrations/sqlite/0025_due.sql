-- Outcomes that are to be judged, each with the entry of the journal that was the last one when it became so. A row here
-- comes and goes; the journal itself, which only grows, is not written again.
CREATE TABLE outcome_due (
    assignment TEXT NOT NULL,
    line TEXT NOT NULL,
    person TEXT NOT NULL,
    seq INTEGER NOT NULL,
    PRIMARY KEY (assignment, line, person, seq)
) STRICT, WITHOUT ROWID;
INSERT INTO outcome_due (assignment, line, person, seq)
SELECT assignment, line, person, seq FROM outcome o WHERE checked_at IS NULL
AND seq = (SELECT MAX(seq) FROM outcome p WHERE p.assignment = o.assignment AND p.line = o.line AND p.person = o.person);
DROP INDEX outcome_unchecked;
ALTER TABLE outcome DROP COLUMN checked_at;
