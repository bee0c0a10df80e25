-- Photos beside the visits they came with: how their time and place fit, as found when they came (EVIDENCE 5).
CREATE TABLE photo (
    mail TEXT COLLATE "C" NOT NULL,
    -- As in `attachment`.
    number BIGINT NOT NULL,
    sha TEXT COLLATE "C" NOT NULL,
    assignment TEXT COLLATE "C" NOT NULL,
    -- The visit; none where that would be a guess, and then nothing is compared.
    line TEXT COLLATE "C",
    -- What is one visit for two who go together: its window and place; the assignment where it has no line.
    visit TEXT COLLATE "C" NOT NULL,
    -- fits, other_hour, other_day, nothing
    time_fit TEXT COLLATE "C",
    -- fits, away, unlocated, nothing
    place_fit TEXT COLLATE "C",
    metres BIGINT,
    PRIMARY KEY (mail, number)
);
CREATE INDEX photo_assignment ON photo (assignment, line);
CREATE INDEX photo_sha ON photo (sha);
