-- Villages that became part of another one, and who says so (append-only).
CREATE TABLE village_merger (
    part TEXT NOT NULL PRIMARY KEY,
    into_village TEXT NOT NULL,
    from_day TEXT NOT NULL,
    reason TEXT NOT NULL,
    actor TEXT NOT NULL,
    at INTEGER NOT NULL
) STRICT;
-- Teams and contacts that moved with one: before that day they belong to the village as it was (append-only).
CREATE TABLE village_move (
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    from_village TEXT NOT NULL,
    from_day TEXT NOT NULL,
    PRIMARY KEY (kind, id, from_day)
) STRICT;
CREATE INDEX village_move_from ON village_move (from_village);
CREATE TRIGGER village_merger_keeps BEFORE UPDATE ON village_merger BEGIN SELECT RAISE(ABORT, 'village_merger is append-only'); END;
CREATE TRIGGER village_merger_stays BEFORE DELETE ON village_merger BEGIN SELECT RAISE(ABORT, 'village_merger is append-only'); END;
CREATE TRIGGER village_move_keeps BEFORE UPDATE ON village_move BEGIN SELECT RAISE(ABORT, 'village_move is append-only'); END;
CREATE TRIGGER village_move_stays BEFORE DELETE ON village_move BEGIN SELECT RAISE(ABORT, 'village_move is append-only'); END;
