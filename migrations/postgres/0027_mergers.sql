-- Villages that became part of another one, and who says so (append-only).
CREATE TABLE village_merger (
    part TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    into_village TEXT COLLATE "C" NOT NULL,
    from_day TEXT COLLATE "C" NOT NULL,
    reason TEXT COLLATE "C" NOT NULL,
    actor TEXT COLLATE "C" NOT NULL,
    at BIGINT NOT NULL
);
-- Teams and contacts that moved with one: before that day they belong to the village as it was (append-only).
CREATE TABLE village_move (
    kind TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    from_village TEXT COLLATE "C" NOT NULL,
    from_day TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (kind, id, from_day)
);
CREATE INDEX village_move_from ON village_move (from_village);
CREATE TRIGGER village_merger_keeps BEFORE UPDATE OR DELETE ON village_merger FOR EACH ROW EXECUTE FUNCTION append_only();
CREATE TRIGGER village_move_keeps BEFORE UPDATE OR DELETE ON village_move FOR EACH ROW EXECUTE FUNCTION append_only();
