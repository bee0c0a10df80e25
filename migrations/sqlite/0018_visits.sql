-- Where places lie (WGS-84, millionths of a degree), and ways that an office knows itself; by the ids of villages, teams
-- and offices.
CREATE TABLE place_position (
    place TEXT NOT NULL PRIMARY KEY,
    longitude INTEGER NOT NULL,
    latitude INTEGER NOT NULL
) STRICT;

CREATE TABLE place_distance (
    origin TEXT NOT NULL,
    target TEXT NOT NULL,
    metres INTEGER,
    seconds INTEGER NOT NULL,
    PRIMARY KEY (origin, target)
) STRICT;

-- Half of a day: am or pm; none: the whole of it. Only where first and last day are the same.
ALTER TABLE away ADD COLUMN half TEXT;

-- Regions that are not visited on these days: weather, season. No chance where it was known at the seal.
CREATE TABLE blackout (
    region TEXT NOT NULL,
    from_day TEXT NOT NULL,
    to_day TEXT NOT NULL,
    reason TEXT NOT NULL,
    PRIMARY KEY (region, from_day)
) STRICT;

-- Lines that their inspector gave back by a reply; why stands in the outcome that it left.
CREATE TABLE handback (
    assignment TEXT NOT NULL,
    line TEXT NOT NULL,
    at INTEGER NOT NULL,
    -- given: somebody else has it. kept: nobody was free, or it was too late.
    outcome TEXT,
    PRIMARY KEY (assignment, line)
) STRICT;
CREATE INDEX handback_open ON handback (outcome);
