-- Devices that send punches while they happen, and until when they were heard.
CREATE TABLE device (
    source TEXT COLLATE "C" NOT NULL,
    serial TEXT COLLATE "C" NOT NULL,
    heard_at BIGINT NOT NULL,
    -- When it last sent something of a day before.
    late_at BIGINT NOT NULL,
    -- Its own mark of what it has sent, which it asks for when it begins anew.
    stamp TEXT COLLATE "C",
    PRIMARY KEY (source, serial)
);

-- The last day that all devices of a source made whole.
CREATE TABLE device_cover (
    source TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    day TEXT COLLATE "C" NOT NULL
);

-- What programs were answered, so that the same request again gets the same answer.
CREATE TABLE api_answer (
    token TEXT COLLATE "C" NOT NULL,
    idempotency_key TEXT COLLATE "C" NOT NULL,
    body_sha TEXT COLLATE "C" NOT NULL,
    answer TEXT COLLATE "C" NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (token, idempotency_key)
);
CREATE INDEX api_answer_at ON api_answer (at);
