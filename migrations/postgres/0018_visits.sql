-- Where places lie (WGS-84, millionths of a degree), and ways that an office knows itself; by the ids of villages, teams
-- and offices.
CREATE TABLE place_position (
    place TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    longitude BIGINT NOT NULL,
    latitude BIGINT NOT NULL
);

CREATE TABLE place_distance (
    origin TEXT COLLATE "C" NOT NULL,
    target TEXT COLLATE "C" NOT NULL,
    metres BIGINT,
    seconds BIGINT NOT NULL,
    PRIMARY KEY (origin, target)
);

-- Half of a day: am or pm; none: the whole of it. Only where first and last day are the same.
ALTER TABLE away ADD COLUMN half TEXT COLLATE "C";

-- Regions that are not visited on these days: weather, season. No chance where it was known at the seal.
CREATE TABLE blackout (
    region TEXT COLLATE "C" NOT NULL,
    from_day TEXT COLLATE "C" NOT NULL,
    to_day TEXT COLLATE "C" NOT NULL,
    reason TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (region, from_day)
);

-- Lines that their inspector gave back by a reply; why stands in the outcome that it left.
CREATE TABLE handback (
    assignment TEXT COLLATE "C" NOT NULL,
    line TEXT COLLATE "C" NOT NULL,
    at BIGINT NOT NULL,
    -- given: somebody else has it. kept: nobody was free, or it was too late.
    outcome TEXT COLLATE "C",
    PRIMARY KEY (assignment, line)
);
CREATE INDEX handback_open ON handback (outcome);
