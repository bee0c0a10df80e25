-- Counted on with every change of regions, villages, teams and officials, in the same transaction: what follows from them
-- is reckoned once a version.
CREATE TABLE register_version (
    one BIGINT NOT NULL PRIMARY KEY CHECK (one = 1),
    version BIGINT NOT NULL
);
INSERT INTO register_version (one, version) VALUES (1, 1);

-- Whether the last verdict still bears the flag (medium or stronger): written with verdicts and flags.
ALTER TABLE flag ADD COLUMN holds BIGINT NOT NULL DEFAULT 0;
UPDATE flag SET holds = COALESCE((SELECT CASE WHEN v.strength IN ('medium', 'high', 'highest') THEN 1 ELSE 0 END FROM verdict v
    WHERE v.assignment = flag.assignment AND v.line = flag.line AND v.person = flag.person ORDER BY v.seq DESC LIMIT 1), 0);
CREATE INDEX flag_holds ON flag (holds, state, opened_at, id);
CREATE INDEX flag_holds_of_office ON flag (office, holds, state, opened_at, id);

-- Lists in their order.
DROP INDEX finding_state;
CREATE INDEX finding_due_of_office ON finding (office, state, COALESCE(deadline, '9999-12-31'), id);
CREATE INDEX finding_due ON finding (state, COALESCE(deadline, '9999-12-31'), id);
CREATE INDEX period_report_newest ON period_report (to_day DESC, from_day, office, number DESC);

-- Visits of places, without what stands in their lines.
CREATE INDEX line_visit ON line (place, id, origin, state, credit, kind) WHERE kind = 'visit';

-- A search in the whole register.
CREATE INDEX village_name ON village (name);
CREATE INDEX village_latin ON village (LOWER(latin));
CREATE INDEX official_name ON official (name);
CREATE INDEX official_latin ON official (LOWER(latin));
