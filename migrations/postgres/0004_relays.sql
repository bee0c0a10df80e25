-- Ways out that take no letters, since when, and when they are tried again.
CREATE TABLE relay (
    name TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    failures BIGINT NOT NULL,
    since BIGINT NOT NULL,
    next_try_at BIGINT NOT NULL,
    trouble TEXT NOT NULL
);

-- What each way out carried, by the minute: quotas hold across restarts.
CREATE TABLE relay_use (
    name TEXT COLLATE "C" NOT NULL,
    minute BIGINT NOT NULL,
    letters BIGINT NOT NULL,
    PRIMARY KEY (name, minute)
);

-- The next letters in their order; a letter that is done stands in neither.
DROP INDEX letter_due;
CREATE INDEX letter_turn ON letter (priority, created_at, message_id) WHERE state = 'queued';
CREATE INDEX letter_in_hand ON letter (state) WHERE state IN ('claimed', 'data_sent');
