-- Counted on with every change of regions, villages, teams and officials, in the same transaction: what follows from them
-- is reckoned once a version.
CREATE TABLE register_version (
    one INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
    version INTEGER NOT NULL
) STRICT;
INSERT INTO register_version (one, version) VALUES (1, 1);
