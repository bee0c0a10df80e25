-- Photos beside the visits they came with: how their time and place fit, as found when they came (EVIDENCE 5).
CREATE TABLE photo (
    mail TEXT NOT NULL,
    -- As in `attachment`.
    number INTEGER NOT NULL,
    sha TEXT NOT NULL,
    assignment TEXT NOT NULL,
    -- The visit; none where that would be a guess, and then nothing is compared.
    line TEXT,
    -- What is one visit for two who go together: its window and place; the assignment where it has no line.
    visit TEXT NOT NULL,
    -- fits, other_hour, other_day, nothing
    time_fit TEXT,
    -- fits, away, unlocated, nothing
    place_fit TEXT,
    metres INTEGER,
    PRIMARY KEY (mail, number)
) STRICT;
CREATE INDEX photo_assignment ON photo (assignment, line);
CREATE INDEX photo_sha ON photo (sha);
