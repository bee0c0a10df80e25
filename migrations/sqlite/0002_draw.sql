-- Generations of a programme's seal: a new chain after the old one's end, a theft, or changed terms.
CREATE TABLE programme_generation (
    programme TEXT NOT NULL,
    office TEXT NOT NULL,
    generation INTEGER NOT NULL,
    sealed_at INTEGER NOT NULL,
    content TEXT NOT NULL,
    PRIMARY KEY (programme, office, generation)
) STRICT;
INSERT INTO programme_generation (programme, office, generation, sealed_at, content)
    SELECT programme, office, 1, sealed_at, content FROM programme_seal;
DROP TABLE programme_seal;
ALTER TABLE programme_generation RENAME TO programme_seal;

ALTER TABLE window_seal ADD COLUMN generation INTEGER NOT NULL DEFAULT 1;
-- What the text of the window's beacon begins with, fixed at the seal.
ALTER TABLE window_seal ADD COLUMN beacon_prefix TEXT NOT NULL DEFAULT 'local:';
CREATE INDEX window_seal_programme ON window_seal (programme, office, day);

-- What proves the beacon (a signature), and who entered it.
ALTER TABLE beacon ADD COLUMN proof TEXT;
ALTER TABLE beacon ADD COLUMN entered_by TEXT;

-- Links of all custodians, in their published order, joined by a space.
ALTER TABLE draw RENAME COLUMN chain_key TO links;

-- Eligible windows of a place = sealed windows of the programme in that office - missed.
CREATE TABLE place_hazard (
    programme TEXT NOT NULL,
    office TEXT NOT NULL,
    place TEXT NOT NULL,
    start_age INTEGER NOT NULL,
    missed INTEGER NOT NULL,
    executed INTEGER NOT NULL,
    visited INTEGER NOT NULL,
    PRIMARY KEY (programme, office, place)
) STRICT, WITHOUT ROWID;
INSERT INTO place_hazard (programme, office, place, start_age, missed, executed, visited)
    SELECT h.programme, s.office, h.place, h.start_age,
        (SELECT COUNT(*) FROM window_seal w WHERE w.programme = h.programme AND w.office = s.office) - h.eligible,
        h.executed, h.visited
    FROM hazard h JOIN (SELECT programme, MIN(office) AS office FROM programme_seal GROUP BY programme) s ON s.programme = h.programme;
DROP TABLE hazard;
ALTER TABLE place_hazard RENAME TO hazard;

-- The window whose line carries this one out too: one visit, credited to both.
ALTER TABLE line ADD COLUMN credit TEXT;

-- The second inspector's copy of a visit line.
CREATE TABLE companion (
    id TEXT NOT NULL,
    place TEXT NOT NULL,
    assignment TEXT NOT NULL,
    code TEXT NOT NULL,
    detail TEXT NOT NULL,
    PRIMARY KEY (id, place),
    UNIQUE (assignment, code)
) STRICT;

-- Lines dealt again because an inspector fell out, and how (append-only).
CREATE TABLE redeal (
    id TEXT NOT NULL,
    round INTEGER NOT NULL,
    inspector TEXT NOT NULL,
    deals TEXT NOT NULL,
    list_mac TEXT NOT NULL,
    reason TEXT NOT NULL,
    actor TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (id, round)
) STRICT;

-- Inspectors who cannot go on some days.
CREATE TABLE away (
    inspector TEXT NOT NULL,
    from_day TEXT NOT NULL,
    to_day TEXT NOT NULL,
    reason TEXT NOT NULL,
    actor TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (inspector, from_day)
) STRICT;

-- What moves a place's chance inside the band, beside flags: registered complaints, patterns, remoteness.
CREATE TABLE signal (
    place TEXT NOT NULL,
    kind TEXT NOT NULL,
    from_day TEXT NOT NULL,
    to_day TEXT NOT NULL,
    reason TEXT NOT NULL,
    PRIMARY KEY (place, kind, from_day)
) STRICT;

-- Links that were made public: all up to t of a generation's chains (append-only).
CREATE TABLE reveal (
    programme TEXT NOT NULL,
    office TEXT NOT NULL,
    generation INTEGER NOT NULL,
    t INTEGER NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (programme, office, generation, t)
) STRICT;

-- What happened to a chain: exposed, next anchor published (append-only).
CREATE TABLE custody_event (
    programme TEXT NOT NULL,
    office TEXT NOT NULL,
    generation INTEGER NOT NULL,
    kind TEXT NOT NULL,
    content TEXT NOT NULL,
    reason TEXT NOT NULL,
    actor TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (programme, office, generation, kind)
) STRICT;

CREATE TRIGGER programme_seal_keeps BEFORE UPDATE ON programme_seal BEGIN SELECT RAISE(ABORT, 'programme_seal is append-only'); END;
CREATE TRIGGER programme_seal_stays BEFORE DELETE ON programme_seal BEGIN SELECT RAISE(ABORT, 'programme_seal is append-only'); END;
CREATE TRIGGER redeal_keeps BEFORE UPDATE ON redeal BEGIN SELECT RAISE(ABORT, 'redeal is append-only'); END;
CREATE TRIGGER redeal_stays BEFORE DELETE ON redeal BEGIN SELECT RAISE(ABORT, 'redeal is append-only'); END;
CREATE TRIGGER reveal_keeps BEFORE UPDATE ON reveal BEGIN SELECT RAISE(ABORT, 'reveal is append-only'); END;
CREATE TRIGGER reveal_stays BEFORE DELETE ON reveal BEGIN SELECT RAISE(ABORT, 'reveal is append-only'); END;
CREATE TRIGGER custody_event_keeps BEFORE UPDATE ON custody_event BEGIN SELECT RAISE(ABORT, 'custody_event is append-only'); END;
CREATE TRIGGER custody_event_stays BEFORE DELETE ON custody_event BEGIN SELECT RAISE(ABORT, 'custody_event is append-only'); END;
