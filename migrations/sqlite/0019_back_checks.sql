-- Finished visits that may be drawn again: what was sealed with a window.
CREATE TABLE back_check_seal (
    id TEXT NOT NULL PRIMARY KEY,
    root TEXT NOT NULL,
    frame TEXT NOT NULL,
    duty TEXT NOT NULL,
    share INTEGER NOT NULL,
    sealed_at INTEGER NOT NULL
) STRICT;

-- One row for each visit of such a list, and what came of it.
CREATE TABLE back_check (
    id TEXT NOT NULL,
    -- The line of the visit: K7Q2M.V1.
    unit TEXT NOT NULL,
    office TEXT NOT NULL,
    place TEXT NOT NULL,
    -- Who made the visit, and on which day.
    inspector TEXT NOT NULL,
    day TEXT NOT NULL,
    -- Its chance, an integer of 2^32.
    p INTEGER NOT NULL,
    -- visit, call, none; empty until the draw.
    kind TEXT,
    ticket TEXT,
    -- Who looks again: the line that was given to them.
    assignment TEXT,
    code TEXT,
    detail TEXT,
    -- not_drawn, not_dispatched, or how its line ended.
    state TEXT,
    -- agrees, differs, unclear.
    result TEXT,
    result_at INTEGER,
    -- The case about a difference.
    case_id TEXT,
    PRIMARY KEY (id, unit)
) STRICT;
CREATE INDEX back_check_unit ON back_check (unit);
CREATE INDEX back_check_line ON back_check (assignment, code);
CREATE INDEX back_check_office ON back_check (office, day);
