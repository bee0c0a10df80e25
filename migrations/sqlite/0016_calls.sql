-- Calls that come back: one row a drawn call from its first outcome that does not settle it. `look`: something was
-- reported and the next try is not planned yet; `due`: it is planned; `out`: an inspector has it; `office`: a person
-- decides; `ended`, and how.
CREATE TABLE call_task (
    id TEXT NOT NULL,
    place TEXT NOT NULL,
    office TEXT NOT NULL,
    closes_at INTEGER NOT NULL,
    state TEXT NOT NULL,
    next_from INTEGER,
    next_to INTEGER,
    next_whom TEXT,
    ended TEXT,
    PRIMARY KEY (id, place)
) STRICT;
CREATE INDEX call_task_state ON call_task (state, next_from);

-- The further tries, from number 2; the first is the drawn line itself.
CREATE TABLE call_try (
    id TEXT NOT NULL,
    place TEXT NOT NULL,
    number INTEGER NOT NULL,
    assignment TEXT NOT NULL,
    code TEXT NOT NULL,
    detail TEXT NOT NULL,
    PRIMARY KEY (id, place, number),
    UNIQUE (assignment, code)
) STRICT;

-- Villagers who are left alone up to a day, by the call that says so; NULL: that call says nothing of the kind.
CREATE TABLE quiet (
    assignment TEXT NOT NULL,
    line TEXT NOT NULL,
    contact TEXT NOT NULL,
    to_day TEXT,
    PRIMARY KEY (assignment, line)
) STRICT;
CREATE INDEX quiet_contact ON quiet (contact);

-- Calls whose last word does not settle them come back from now on; those that are closed stay as they ended.
INSERT INTO call_task (id, place, office, closes_at, state, ended)
SELECT l.id, l.place, a.office, a.closes_at, CASE WHEN l.state IS NULL THEN 'look' ELSE 'ended' END, l.state
FROM line l JOIN assignment a ON a.id = l.assignment
WHERE l.kind = 'call' AND EXISTS (SELECT 1 FROM outcome o WHERE o.assignment = l.assignment AND o.line = l.code
    AND o.outcome IN ('no_answer', 'busy', 'unreachable', 'callback', 'wrong_number', 'refused')
    AND o.seq = (SELECT MAX(p.seq) FROM outcome p WHERE p.assignment = o.assignment AND p.line = o.line AND p.person = o.person));
