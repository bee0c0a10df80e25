-- Devices that send punches while they happen, and until when they were heard.
CREATE TABLE device (
    source TEXT NOT NULL,
    serial TEXT NOT NULL,
    heard_at INTEGER NOT NULL,
    -- When it last sent something of a day before.
    late_at INTEGER NOT NULL,
    -- Its own mark of what it has sent, which it asks for when it begins anew.
    stamp TEXT,
    PRIMARY KEY (source, serial)
) STRICT;

-- The last day that all devices of a source made whole.
CREATE TABLE device_cover (
    source TEXT NOT NULL PRIMARY KEY,
    day TEXT NOT NULL
) STRICT;

-- What programs were answered, so that the same request again gets the same answer.
CREATE TABLE api_answer (
    token TEXT NOT NULL,
    idempotency_key TEXT NOT NULL,
    body_sha TEXT NOT NULL,
    answer TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (token, idempotency_key)
) STRICT;
CREATE INDEX api_answer_at ON api_answer (at);
