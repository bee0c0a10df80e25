-- Finished visits that may be drawn again: what was sealed with a window.
CREATE TABLE back_check_seal (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    root TEXT COLLATE "C" NOT NULL,
    frame TEXT COLLATE "C" NOT NULL,
    duty TEXT COLLATE "C" NOT NULL,
    share BIGINT NOT NULL,
    sealed_at BIGINT NOT NULL
);

-- One row for each visit of such a list, and what came of it.
CREATE TABLE back_check (
    id TEXT COLLATE "C" NOT NULL,
    -- The line of the visit: K7Q2M.V1.
    unit TEXT COLLATE "C" NOT NULL,
    office TEXT COLLATE "C" NOT NULL,
    place TEXT COLLATE "C" NOT NULL,
    -- Who made the visit, and on which day.
    inspector TEXT COLLATE "C" NOT NULL,
    day TEXT COLLATE "C" NOT NULL,
    -- Its chance, an integer of 2^32.
    p BIGINT NOT NULL,
    -- visit, call, none; empty until the draw.
    kind TEXT COLLATE "C",
    ticket TEXT COLLATE "C",
    -- Who looks again: the line that was given to them.
    assignment TEXT COLLATE "C",
    code TEXT COLLATE "C",
    detail TEXT COLLATE "C",
    -- not_drawn, not_dispatched, or how its line ended.
    state TEXT COLLATE "C",
    -- agrees, differs, unclear.
    result TEXT COLLATE "C",
    result_at BIGINT,
    -- The case about a difference.
    case_id TEXT COLLATE "C",
    PRIMARY KEY (id, unit)
);
CREATE INDEX back_check_unit ON back_check (unit);
CREATE INDEX back_check_line ON back_check (assignment, code);
CREATE INDEX back_check_office ON back_check (office, day);
