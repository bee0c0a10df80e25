-- Ways out that take no letters, since when, and when they are tried again.
CREATE TABLE relay (
    name TEXT NOT NULL PRIMARY KEY,
    failures INTEGER NOT NULL,
    since INTEGER NOT NULL,
    next_try_at INTEGER NOT NULL,
    trouble TEXT NOT NULL
) STRICT;

-- What each way out carried, by the minute: quotas hold across restarts.
CREATE TABLE relay_use (
    name TEXT NOT NULL,
    minute INTEGER NOT NULL,
    letters INTEGER NOT NULL,
    PRIMARY KEY (name, minute)
) STRICT;

-- The next letters in their order; a letter that is done stands in neither.
DROP INDEX letter_due;
CREATE INDEX letter_turn ON letter (priority, created_at, message_id) WHERE state = 'queued';
CREATE INDEX letter_in_hand ON letter (state) WHERE state IN ('claimed', 'data_sent');
