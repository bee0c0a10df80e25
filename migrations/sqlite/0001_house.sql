-- Times are milliseconds since 1970 UTC, days are YYYY-MM-DD, booleans are 0 or 1, hashes are hex.

-- The installation.
CREATE TABLE setting (
    key TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;

CREATE TABLE lease (
    name TEXT NOT NULL PRIMARY KEY,
    owner TEXT NOT NULL,
    fence INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT;

-- Raw mail, letters and frames by their SHA-256.
CREATE TABLE blob (
    sha TEXT NOT NULL PRIMARY KEY,
    bytes BLOB NOT NULL
) STRICT;

-- The register. Rows are never deleted: what is gone has an end date.
CREATE TABLE region (
    code TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    latin TEXT NOT NULL,
    level INTEGER NOT NULL,
    parent TEXT
) STRICT;

CREATE TABLE village (
    id TEXT NOT NULL PRIMARY KEY,
    region TEXT NOT NULL,
    name TEXT NOT NULL,
    latin TEXT NOT NULL,
    from_day TEXT,
    to_day TEXT
) STRICT;
CREATE INDEX village_region ON village (region);

CREATE TABLE team (
    id TEXT NOT NULL PRIMARY KEY,
    village TEXT NOT NULL,
    name TEXT NOT NULL,
    latin TEXT NOT NULL,
    sending_unit TEXT NOT NULL,
    from_day TEXT,
    to_day TEXT
) STRICT;
CREATE INDEX team_village ON team (village);

CREATE TABLE official (
    id TEXT NOT NULL PRIMARY KEY,
    team TEXT NOT NULL,
    name TEXT NOT NULL,
    latin TEXT NOT NULL,
    role TEXT NOT NULL,
    phone TEXT,
    phone_extension TEXT,
    phone_shown TEXT,
    sending_unit TEXT NOT NULL,
    device_number TEXT,
    from_day TEXT,
    to_day TEXT
) STRICT;
CREATE INDEX official_team ON official (team);

CREATE TABLE contact (
    id TEXT NOT NULL PRIMARY KEY,
    village TEXT NOT NULL,
    role TEXT NOT NULL,
    name TEXT NOT NULL,
    latin TEXT NOT NULL,
    phone TEXT,
    phone_extension TEXT,
    phone_shown TEXT,
    do_not_call INTEGER NOT NULL,
    from_day TEXT,
    to_day TEXT
) STRICT;
CREATE INDEX contact_village ON contact (village);

CREATE TABLE inspector (
    id TEXT NOT NULL PRIMARY KEY,
    office TEXT NOT NULL,
    name TEXT NOT NULL,
    latin TEXT NOT NULL,
    addresses TEXT NOT NULL,
    phone TEXT,
    phone_extension TEXT,
    phone_shown TEXT,
    language TEXT NOT NULL,
    visits INTEGER NOT NULL,
    calls INTEGER NOT NULL,
    home_county TEXT,
    from_day TEXT,
    to_day TEXT
) STRICT;
CREATE INDEX inspector_office ON inspector (office);

CREATE TABLE recusal (
    inspector TEXT NOT NULL,
    scope TEXT NOT NULL,
    target TEXT NOT NULL,
    reason TEXT NOT NULL,
    from_day TEXT NOT NULL,
    to_day TEXT,
    PRIMARY KEY (inspector, scope, target, from_day)
) STRICT;

CREATE TABLE exclusion (
    place TEXT NOT NULL,
    from_day TEXT NOT NULL,
    to_day TEXT,
    reason TEXT NOT NULL,
    PRIMARY KEY (place, from_day)
) STRICT;

-- Imports, and what each changed in the register (append-only).
CREATE TABLE import_batch (
    id TEXT NOT NULL PRIMARY KEY,
    office TEXT,
    kind TEXT NOT NULL,
    source TEXT,
    file_name TEXT NOT NULL,
    file_sha TEXT NOT NULL,
    seen_at INTEGER NOT NULL,
    covers_from TEXT,
    covers_to TEXT,
    complete INTEGER NOT NULL,
    rows_read INTEGER NOT NULL,
    rows_new INTEGER NOT NULL,
    rows_known INTEGER NOT NULL,
    rows_rejected INTEGER NOT NULL
) STRICT;
CREATE INDEX import_batch_source ON import_batch (source, seen_at);

CREATE TABLE register_change (
    batch TEXT NOT NULL,
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    change TEXT NOT NULL,
    at INTEGER NOT NULL,
    before TEXT,
    after TEXT,
    PRIMARY KEY (batch, kind, id)
) STRICT;

-- Records of attendance and leave (append-only; a changed paper is a new version).
CREATE TABLE punch (
    official TEXT NOT NULL,
    source TEXT NOT NULL,
    key TEXT NOT NULL,
    at INTEGER NOT NULL,
    direction TEXT NOT NULL,
    origin TEXT NOT NULL,
    in_range INTEGER,
    device TEXT,
    filed_at INTEGER,
    filed_by TEXT NOT NULL,
    first_batch TEXT NOT NULL,
    last_batch TEXT NOT NULL,
    file_row INTEGER NOT NULL,
    PRIMARY KEY (official, source, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE paper (
    official TEXT NOT NULL,
    source TEXT NOT NULL,
    key TEXT NOT NULL,
    version INTEGER NOT NULL,
    kind TEXT NOT NULL,
    from_at INTEGER NOT NULL,
    to_at INTEGER NOT NULL,
    status TEXT,
    approved_at INTEGER,
    cancelled_at INTEGER,
    sick INTEGER NOT NULL,
    label TEXT NOT NULL,
    filed_at INTEGER,
    filed_by TEXT NOT NULL,
    first_batch TEXT NOT NULL,
    last_batch TEXT NOT NULL,
    file_row INTEGER NOT NULL,
    PRIMARY KEY (official, source, key, version)
) STRICT, WITHOUT ROWID;

-- The draw. One row a window in each of seal, beacon and draw, ever.
CREATE TABLE programme_seal (
    programme TEXT NOT NULL,
    office TEXT NOT NULL,
    anchor TEXT NOT NULL,
    sealed_at INTEGER NOT NULL,
    content TEXT NOT NULL,
    PRIMARY KEY (programme, office)
) STRICT;

CREATE TABLE window_seal (
    id TEXT NOT NULL PRIMARY KEY,
    programme TEXT NOT NULL,
    office TEXT NOT NULL,
    day TEXT NOT NULL,
    slot TEXT NOT NULL,
    starts_at INTEGER NOT NULL,
    ends_at INTEGER NOT NULL,
    draw_at INTEGER NOT NULL,
    chain_index INTEGER NOT NULL,
    root TEXT NOT NULL,
    frame TEXT NOT NULL,
    duty TEXT NOT NULL,
    places INTEGER NOT NULL,
    sum_p INTEGER NOT NULL,
    sealed_at INTEGER NOT NULL
) STRICT;
CREATE INDEX window_seal_day ON window_seal (office, day);

CREATE TABLE hazard (
    programme TEXT NOT NULL,
    place TEXT NOT NULL,
    start_age INTEGER NOT NULL,
    eligible INTEGER NOT NULL,
    executed INTEGER NOT NULL,
    visited INTEGER NOT NULL,
    PRIMARY KEY (programme, place)
) STRICT, WITHOUT ROWID;

CREATE TABLE window_void (
    id TEXT NOT NULL PRIMARY KEY,
    office TEXT NOT NULL,
    day TEXT NOT NULL,
    reason TEXT NOT NULL,
    at INTEGER NOT NULL
) STRICT;

CREATE TABLE beacon (
    id TEXT NOT NULL PRIMARY KEY,
    beacon TEXT NOT NULL,
    at INTEGER NOT NULL
) STRICT;

CREATE TABLE draw (
    id TEXT NOT NULL PRIMARY KEY,
    chain_key TEXT NOT NULL,
    seed TEXT NOT NULL,
    drawn_at INTEGER NOT NULL,
    list_mac TEXT NOT NULL,
    deals TEXT NOT NULL
) STRICT;

-- What was drawn, who got it, what came of it.
CREATE TABLE assignment (
    id TEXT NOT NULL PRIMARY KEY,
    office TEXT NOT NULL,
    inspector TEXT NOT NULL,
    released_at INTEGER NOT NULL,
    reply_by INTEGER NOT NULL,
    closes_at INTEGER NOT NULL,
    kid INTEGER NOT NULL,
    message_id TEXT NOT NULL,
    reminded_at INTEGER,
    closed_at INTEGER,
    UNIQUE (office, inspector, released_at)
) STRICT;
CREATE INDEX assignment_open ON assignment (closed_at, closes_at);

CREATE TABLE line (
    id TEXT NOT NULL,
    place TEXT NOT NULL,
    kind TEXT NOT NULL,
    origin TEXT NOT NULL,
    ticket TEXT NOT NULL,
    minute INTEGER NOT NULL,
    p_visit INTEGER NOT NULL,
    p_call INTEGER NOT NULL,
    eligible INTEGER NOT NULL,
    assignment TEXT,
    code TEXT,
    detail TEXT,
    state TEXT,
    PRIMARY KEY (id, place),
    UNIQUE (assignment, code)
) STRICT;

-- The journal of outcomes (append-only). The last one of a person counts.
CREATE TABLE outcome (
    assignment TEXT NOT NULL,
    line TEXT NOT NULL,
    person TEXT NOT NULL,
    seq INTEGER NOT NULL,
    official TEXT,
    outcome TEXT NOT NULL,
    stated_at INTEGER,
    remark TEXT NOT NULL,
    by TEXT NOT NULL,
    mail TEXT,
    received_at INTEGER NOT NULL,
    checked_at INTEGER,
    PRIMARY KEY (assignment, line, person, seq)
) STRICT;
CREATE INDEX outcome_official ON outcome (official);
CREATE INDEX outcome_unchecked ON outcome (checked_at);

-- Letters out. Bytes and Message-ID are fixed before the first attempt.
CREATE TABLE letter (
    message_id TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    office TEXT NOT NULL,
    assignment TEXT,
    inspector TEXT,
    sender TEXT NOT NULL,
    recipients TEXT NOT NULL,
    bytes TEXT NOT NULL,
    priority INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    state TEXT NOT NULL,
    owner TEXT,
    fence INTEGER NOT NULL,
    claimed_until INTEGER,
    attempts INTEGER NOT NULL,
    next_try_at INTEGER NOT NULL,
    done_at INTEGER,
    trouble TEXT
) STRICT;
CREATE INDEX letter_due ON letter (state, next_try_at);

-- Ends of a transmission that nobody can know (append-only).
CREATE TABLE ambiguous_end (
    message_id TEXT NOT NULL,
    attempt INTEGER NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (message_id, attempt)
) STRICT;

-- Mail in, stored before the server is told.
CREATE TABLE inbox (
    id TEXT NOT NULL PRIMARY KEY,
    source TEXT NOT NULL,
    authenticated INTEGER NOT NULL,
    received_at INTEGER NOT NULL,
    state TEXT NOT NULL,
    disposition TEXT,
    reason TEXT,
    assignment TEXT,
    inspector TEXT,
    message_id TEXT,
    content_sha TEXT,
    text_sha TEXT,
    recorded INTEGER NOT NULL,
    read_at INTEGER
) STRICT;
CREATE INDEX inbox_new ON inbox (state, received_at);
CREATE UNIQUE INDEX inbox_content ON inbox (content_sha) WHERE recorded = 1;
CREATE UNIQUE INDEX inbox_message ON inbox (inspector, message_id, text_sha) WHERE recorded = 1;

CREATE TABLE inbox_decision (
    id TEXT NOT NULL,
    seq INTEGER NOT NULL,
    decision TEXT NOT NULL,
    actor TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (id, seq)
) STRICT;

CREATE TABLE bounce (
    mail TEXT NOT NULL PRIMARY KEY,
    message_id TEXT,
    address TEXT,
    reason TEXT NOT NULL,
    at INTEGER NOT NULL
) STRICT;

-- Verdicts (append-only history; the last one stands) and flags.
CREATE TABLE verdict (
    assignment TEXT NOT NULL,
    line TEXT NOT NULL,
    person TEXT NOT NULL,
    seq INTEGER NOT NULL,
    official TEXT,
    outcome TEXT NOT NULL,
    verdict TEXT,
    strength TEXT NOT NULL,
    timing_unclear INTEGER NOT NULL,
    evidence TEXT NOT NULL,
    sentence_en TEXT NOT NULL,
    sentence_zh TEXT NOT NULL,
    judged_at INTEGER NOT NULL,
    PRIMARY KEY (assignment, line, person, seq)
) STRICT;
CREATE INDEX verdict_official ON verdict (official);

CREATE TABLE flag (
    id TEXT NOT NULL PRIMARY KEY,
    office TEXT NOT NULL,
    official TEXT NOT NULL,
    assignment TEXT NOT NULL,
    line TEXT NOT NULL,
    person TEXT NOT NULL,
    opened_at INTEGER NOT NULL,
    state TEXT NOT NULL,
    UNIQUE (assignment, line, person)
) STRICT;

CREATE TABLE flag_step (
    flag TEXT NOT NULL,
    seq INTEGER NOT NULL,
    step TEXT NOT NULL,
    actor TEXT NOT NULL,
    at INTEGER NOT NULL,
    reason TEXT NOT NULL,
    state TEXT NOT NULL,
    PRIMARY KEY (flag, seq)
) STRICT;

-- The public log of an office: exact bytes and the running head (append-only).
CREATE TABLE log (
    office TEXT NOT NULL,
    seq INTEGER NOT NULL,
    at INTEGER NOT NULL,
    entry TEXT NOT NULL,
    head TEXT NOT NULL,
    PRIMARY KEY (office, seq)
) STRICT;

-- What only ever grows, grows: no row of these is changed or taken away.
CREATE TRIGGER log_keeps BEFORE UPDATE ON log BEGIN SELECT RAISE(ABORT, 'log is append-only'); END;
CREATE TRIGGER log_stays BEFORE DELETE ON log BEGIN SELECT RAISE(ABORT, 'log is append-only'); END;
CREATE TRIGGER draw_keeps BEFORE UPDATE ON draw BEGIN SELECT RAISE(ABORT, 'draw is append-only'); END;
CREATE TRIGGER draw_stays BEFORE DELETE ON draw BEGIN SELECT RAISE(ABORT, 'draw is append-only'); END;
CREATE TRIGGER beacon_keeps BEFORE UPDATE ON beacon BEGIN SELECT RAISE(ABORT, 'beacon is append-only'); END;
CREATE TRIGGER beacon_stays BEFORE DELETE ON beacon BEGIN SELECT RAISE(ABORT, 'beacon is append-only'); END;
CREATE TRIGGER window_seal_keeps BEFORE UPDATE ON window_seal BEGIN SELECT RAISE(ABORT, 'window_seal is append-only'); END;
CREATE TRIGGER window_seal_stays BEFORE DELETE ON window_seal BEGIN SELECT RAISE(ABORT, 'window_seal is append-only'); END;
CREATE TRIGGER verdict_keeps BEFORE UPDATE ON verdict BEGIN SELECT RAISE(ABORT, 'verdict is append-only'); END;
CREATE TRIGGER verdict_stays BEFORE DELETE ON verdict BEGIN SELECT RAISE(ABORT, 'verdict is append-only'); END;
CREATE TRIGGER flag_step_keeps BEFORE UPDATE ON flag_step BEGIN SELECT RAISE(ABORT, 'flag_step is append-only'); END;
CREATE TRIGGER flag_step_stays BEFORE DELETE ON flag_step BEGIN SELECT RAISE(ABORT, 'flag_step is append-only'); END;
CREATE TRIGGER outcome_stays BEFORE DELETE ON outcome BEGIN SELECT RAISE(ABORT, 'outcome is append-only'); END;
CREATE TRIGGER outcome_keeps BEFORE UPDATE OF outcome, stated_at, remark, by, mail, received_at ON outcome
    BEGIN SELECT RAISE(ABORT, 'outcome is append-only'); END;
