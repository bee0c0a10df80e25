-- Generations of a programme's seal: a new chain after the old one's end, a theft, or changed terms.
CREATE TABLE programme_generation (
    programme TEXT COLLATE "C" NOT NULL,
    office TEXT COLLATE "C" NOT NULL,
    generation BIGINT NOT NULL,
    sealed_at BIGINT NOT NULL,
    content TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (programme, office, generation)
);
INSERT INTO programme_generation (programme, office, generation, sealed_at, content)
    SELECT programme, office, 1, sealed_at, content FROM programme_seal;
DROP TABLE programme_seal;
ALTER TABLE programme_generation RENAME TO programme_seal;

ALTER TABLE window_seal ADD COLUMN generation BIGINT NOT NULL DEFAULT 1;
-- What the text of the window's beacon begins with, fixed at the seal.
ALTER TABLE window_seal ADD COLUMN beacon_prefix TEXT COLLATE "C" NOT NULL DEFAULT 'local:';
CREATE INDEX window_seal_programme ON window_seal (programme, office, day);

-- What proves the beacon (a signature), and who entered it.
ALTER TABLE beacon ADD COLUMN proof TEXT COLLATE "C";
ALTER TABLE beacon ADD COLUMN entered_by TEXT COLLATE "C";

-- Links of all custodians, in their published order, joined by a space.
ALTER TABLE draw RENAME COLUMN chain_key TO links;

-- Eligible windows of a place = sealed windows of the programme in that office - missed.
CREATE TABLE place_hazard (
    programme TEXT COLLATE "C" NOT NULL,
    office TEXT COLLATE "C" NOT NULL,
    place TEXT COLLATE "C" NOT NULL,
    start_age BIGINT NOT NULL,
    missed BIGINT NOT NULL,
    executed BIGINT NOT NULL,
    visited BIGINT NOT NULL,
    PRIMARY KEY (programme, office, place)
);
INSERT INTO place_hazard (programme, office, place, start_age, missed, executed, visited)
    SELECT h.programme, s.office, h.place, h.start_age,
        (SELECT COUNT(*) FROM window_seal w WHERE w.programme = h.programme AND w.office = s.office) - h.eligible,
        h.executed, h.visited
    FROM hazard h JOIN (SELECT programme, MIN(office) AS office FROM programme_seal GROUP BY programme) s ON s.programme = h.programme;
DROP TABLE hazard;
ALTER TABLE place_hazard RENAME TO hazard;

-- The window whose line carries this one out too: one visit, credited to both.
ALTER TABLE line ADD COLUMN credit TEXT COLLATE "C";

-- The second inspector's copy of a visit line.
CREATE TABLE companion (
    id TEXT COLLATE "C" NOT NULL,
    place TEXT COLLATE "C" NOT NULL,
    assignment TEXT COLLATE "C" NOT NULL,
    code TEXT COLLATE "C" NOT NULL,
    detail TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (id, place),
    UNIQUE (assignment, code)
);

-- Lines dealt again because an inspector fell out, and how (append-only).
CREATE TABLE redeal (
    id TEXT COLLATE "C" NOT NULL,
    round BIGINT NOT NULL,
    inspector TEXT COLLATE "C" NOT NULL,
    deals TEXT COLLATE "C" NOT NULL,
    list_mac TEXT COLLATE "C" NOT NULL,
    reason TEXT COLLATE "C" NOT NULL,
    actor TEXT COLLATE "C" NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (id, round)
);

-- Inspectors who cannot go on some days.
CREATE TABLE away (
    inspector TEXT COLLATE "C" NOT NULL,
    from_day TEXT COLLATE "C" NOT NULL,
    to_day TEXT COLLATE "C" NOT NULL,
    reason TEXT COLLATE "C" NOT NULL,
    actor TEXT COLLATE "C" NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (inspector, from_day)
);

-- What moves a place's chance inside the band, beside flags: registered complaints, patterns, remoteness.
CREATE TABLE signal (
    place TEXT COLLATE "C" NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    from_day TEXT COLLATE "C" NOT NULL,
    to_day TEXT COLLATE "C" NOT NULL,
    reason TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (place, kind, from_day)
);

-- Links that were made public: all up to t of a generation's chains (append-only).
CREATE TABLE reveal (
    programme TEXT COLLATE "C" NOT NULL,
    office TEXT COLLATE "C" NOT NULL,
    generation BIGINT NOT NULL,
    t BIGINT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (programme, office, generation, t)
);

-- What happened to a chain: exposed, next anchor published (append-only).
CREATE TABLE custody_event (
    programme TEXT COLLATE "C" NOT NULL,
    office TEXT COLLATE "C" NOT NULL,
    generation BIGINT NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    content TEXT COLLATE "C" NOT NULL,
    reason TEXT COLLATE "C" NOT NULL,
    actor TEXT COLLATE "C" NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (programme, office, generation, kind)
);

CREATE TRIGGER programme_seal_keeps BEFORE UPDATE OR DELETE ON programme_seal FOR EACH ROW EXECUTE FUNCTION append_only();
CREATE TRIGGER redeal_keeps BEFORE UPDATE OR DELETE ON redeal FOR EACH ROW EXECUTE FUNCTION append_only();
CREATE TRIGGER reveal_keeps BEFORE UPDATE OR DELETE ON reveal FOR EACH ROW EXECUTE FUNCTION append_only();
CREATE TRIGGER custody_event_keeps BEFORE UPDATE OR DELETE ON custody_event FOR EACH ROW EXECUTE FUNCTION append_only();
