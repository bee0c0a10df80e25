-- Times are milliseconds since 1970 UTC, days are YYYY-MM-DD, booleans are 0 or 1, hashes are hex.

-- The installation.
CREATE TABLE setting (
    key TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    value TEXT COLLATE "C" NOT NULL
);

CREATE TABLE lease (
    name TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    owner TEXT COLLATE "C" NOT NULL,
    fence BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);

-- Raw mail, letters and frames by their SHA-256.
CREATE TABLE blob (
    sha TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    bytes BYTEA NOT NULL
);

-- The register. Rows are never deleted: what is gone has an end date.
CREATE TABLE region (
    code TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    name TEXT COLLATE "C" NOT NULL,
    latin TEXT COLLATE "C" NOT NULL,
    level BIGINT NOT NULL,
    parent TEXT COLLATE "C"
);

CREATE TABLE village (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    region TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    latin TEXT COLLATE "C" NOT NULL,
    from_day TEXT COLLATE "C",
    to_day TEXT COLLATE "C"
);
CREATE INDEX village_region ON village (region);

CREATE TABLE team (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    village TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    latin TEXT COLLATE "C" NOT NULL,
    sending_unit TEXT COLLATE "C" NOT NULL,
    from_day TEXT COLLATE "C",
    to_day TEXT COLLATE "C"
);
CREATE INDEX team_village ON team (village);

CREATE TABLE official (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    team TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    latin TEXT COLLATE "C" NOT NULL,
    role TEXT COLLATE "C" NOT NULL,
    phone TEXT COLLATE "C",
    phone_extension TEXT COLLATE "C",
    phone_shown TEXT COLLATE "C",
    sending_unit TEXT COLLATE "C" NOT NULL,
    device_number TEXT COLLATE "C",
    from_day TEXT COLLATE "C",
    to_day TEXT COLLATE "C"
);
CREATE INDEX official_team ON official (team);

CREATE TABLE contact (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    village TEXT COLLATE "C" NOT NULL,
    role TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    latin TEXT COLLATE "C" NOT NULL,
    phone TEXT COLLATE "C",
    phone_extension TEXT COLLATE "C",
    phone_shown TEXT COLLATE "C",
    do_not_call BIGINT NOT NULL,
    from_day TEXT COLLATE "C",
    to_day TEXT COLLATE "C"
);
CREATE INDEX contact_village ON contact (village);

CREATE TABLE inspector (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    office TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    latin TEXT COLLATE "C" NOT NULL,
    addresses TEXT COLLATE "C" NOT NULL,
    phone TEXT COLLATE "C",
    phone_extension TEXT COLLATE "C",
    phone_shown TEXT COLLATE "C",
    language TEXT COLLATE "C" NOT NULL,
    visits BIGINT NOT NULL,
    calls BIGINT NOT NULL,
    home_county TEXT COLLATE "C",
    from_day TEXT COLLATE "C",
    to_day TEXT COLLATE "C"
);
CREATE INDEX inspector_office ON inspector (office);

CREATE TABLE recusal (
    inspector TEXT COLLATE "C" NOT NULL,
    scope TEXT COLLATE "C" NOT NULL,
    target TEXT COLLATE "C" NOT NULL,
    reason TEXT COLLATE "C" NOT NULL,
    from_day TEXT COLLATE "C" NOT NULL,
    to_day TEXT COLLATE "C",
    PRIMARY KEY (inspector, scope, target, from_day)
);

CREATE TABLE exclusion (
    place TEXT COLLATE "C" NOT NULL,
    from_day TEXT COLLATE "C" NOT NULL,
    to_day TEXT COLLATE "C",
    reason TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (place, from_day)
);

-- Imports, and what each changed in the register (append-only).
CREATE TABLE import_batch (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    office TEXT COLLATE "C",
    kind TEXT COLLATE "C" NOT NULL,
    source TEXT COLLATE "C",
    file_name TEXT COLLATE "C" NOT NULL,
    file_sha TEXT COLLATE "C" NOT NULL,
    seen_at BIGINT NOT NULL,
    covers_from TEXT COLLATE "C",
    covers_to TEXT COLLATE "C",
    complete BIGINT NOT NULL,
    rows_read BIGINT NOT NULL,
    rows_new BIGINT NOT NULL,
    rows_known BIGINT NOT NULL,
    rows_rejected BIGINT NOT NULL
);
CREATE INDEX import_batch_source ON import_batch (source, seen_at);

CREATE TABLE register_change (
    batch TEXT COLLATE "C" NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    change TEXT COLLATE "C" NOT NULL,
    at BIGINT NOT NULL,
    before TEXT COLLATE "C",
    after TEXT COLLATE "C",
    PRIMARY KEY (batch, kind, id)
);

-- Records of attendance and leave (append-only; a changed paper is a new version).
CREATE TABLE punch (
    official TEXT COLLATE "C" NOT NULL,
    source TEXT COLLATE "C" NOT NULL,
    key TEXT COLLATE "C" NOT NULL,
    at BIGINT NOT NULL,
    direction TEXT COLLATE "C" NOT NULL,
    origin TEXT COLLATE "C" NOT NULL,
    in_range BIGINT,
    device TEXT COLLATE "C",
    filed_at BIGINT,
    filed_by TEXT COLLATE "C" NOT NULL,
    first_batch TEXT COLLATE "C" NOT NULL,
    last_batch TEXT COLLATE "C" NOT NULL,
    file_row BIGINT NOT NULL,
    PRIMARY KEY (official, source, key)
);

CREATE TABLE paper (
    official TEXT COLLATE "C" NOT NULL,
    source TEXT COLLATE "C" NOT NULL,
    key TEXT COLLATE "C" NOT NULL,
    version BIGINT NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    from_at BIGINT NOT NULL,
    to_at BIGINT NOT NULL,
    status TEXT COLLATE "C",
    approved_at BIGINT,
    cancelled_at BIGINT,
    sick BIGINT NOT NULL,
    label TEXT COLLATE "C" NOT NULL,
    filed_at BIGINT,
    filed_by TEXT COLLATE "C" NOT NULL,
    first_batch TEXT COLLATE "C" NOT NULL,
    last_batch TEXT COLLATE "C" NOT NULL,
    file_row BIGINT NOT NULL,
    PRIMARY KEY (official, source, key, version)
);

-- The draw. One row a window in each of seal, beacon and draw, ever.
CREATE TABLE programme_seal (
    programme TEXT COLLATE "C" NOT NULL,
    office TEXT COLLATE "C" NOT NULL,
    anchor TEXT COLLATE "C" NOT NULL,
    sealed_at BIGINT NOT NULL,
    content TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (programme, office)
);

CREATE TABLE window_seal (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    programme TEXT COLLATE "C" NOT NULL,
    office TEXT COLLATE "C" NOT NULL,
    day TEXT COLLATE "C" NOT NULL,
    slot TEXT COLLATE "C" NOT NULL,
    starts_at BIGINT NOT NULL,
    ends_at BIGINT NOT NULL,
    draw_at BIGINT NOT NULL,
    chain_index BIGINT NOT NULL,
    root TEXT COLLATE "C" NOT NULL,
    frame TEXT COLLATE "C" NOT NULL,
    duty TEXT COLLATE "C" NOT NULL,
    places BIGINT NOT NULL,
    sum_p BIGINT NOT NULL,
    sealed_at BIGINT NOT NULL
);
CREATE INDEX window_seal_day ON window_seal (office, day);

CREATE TABLE hazard (
    programme TEXT COLLATE "C" NOT NULL,
    place TEXT COLLATE "C" NOT NULL,
    start_age BIGINT NOT NULL,
    eligible BIGINT NOT NULL,
    executed BIGINT NOT NULL,
    visited BIGINT NOT NULL,
    PRIMARY KEY (programme, place)
);

CREATE TABLE window_void (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    office TEXT COLLATE "C" NOT NULL,
    day TEXT COLLATE "C" NOT NULL,
    reason TEXT COLLATE "C" NOT NULL,
    at BIGINT NOT NULL
);

CREATE TABLE beacon (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    beacon TEXT COLLATE "C" NOT NULL,
    at BIGINT NOT NULL
);

CREATE TABLE draw (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    chain_key TEXT COLLATE "C" NOT NULL,
    seed TEXT COLLATE "C" NOT NULL,
    drawn_at BIGINT NOT NULL,
    list_mac TEXT COLLATE "C" NOT NULL,
    deals TEXT COLLATE "C" NOT NULL
);

-- What was drawn, who got it, what came of it.
CREATE TABLE assignment (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    office TEXT COLLATE "C" NOT NULL,
    inspector TEXT COLLATE "C" NOT NULL,
    released_at BIGINT NOT NULL,
    reply_by BIGINT NOT NULL,
    closes_at BIGINT NOT NULL,
    kid BIGINT NOT NULL,
    message_id TEXT COLLATE "C" NOT NULL,
    reminded_at BIGINT,
    closed_at BIGINT,
    UNIQUE (office, inspector, released_at)
);
CREATE INDEX assignment_open ON assignment (closed_at, closes_at);

CREATE TABLE line (
    id TEXT COLLATE "C" NOT NULL,
    place TEXT COLLATE "C" NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    origin TEXT COLLATE "C" NOT NULL,
    ticket TEXT COLLATE "C" NOT NULL,
    minute BIGINT NOT NULL,
    p_visit BIGINT NOT NULL,
    p_call BIGINT NOT NULL,
    eligible BIGINT NOT NULL,
    assignment TEXT COLLATE "C",
    code TEXT COLLATE "C",
    detail TEXT COLLATE "C",
    state TEXT COLLATE "C",
    PRIMARY KEY (id, place),
    UNIQUE (assignment, code)
);

-- The journal of outcomes (append-only). The last one of a person counts.
CREATE TABLE outcome (
    assignment TEXT COLLATE "C" NOT NULL,
    line TEXT COLLATE "C" NOT NULL,
    person TEXT COLLATE "C" NOT NULL,
    seq BIGINT NOT NULL,
    official TEXT COLLATE "C",
    outcome TEXT COLLATE "C" NOT NULL,
    stated_at BIGINT,
    remark TEXT COLLATE "C" NOT NULL,
    by TEXT COLLATE "C" NOT NULL,
    mail TEXT COLLATE "C",
    received_at BIGINT NOT NULL,
    checked_at BIGINT,
    PRIMARY KEY (assignment, line, person, seq)
);
CREATE INDEX outcome_official ON outcome (official);
CREATE INDEX outcome_unchecked ON outcome (checked_at);

-- Letters out. Bytes and Message-ID are fixed before the first attempt.
CREATE TABLE letter (
    message_id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    kind TEXT COLLATE "C" NOT NULL,
    office TEXT COLLATE "C" NOT NULL,
    assignment TEXT COLLATE "C",
    inspector TEXT COLLATE "C",
    sender TEXT COLLATE "C" NOT NULL,
    recipients TEXT COLLATE "C" NOT NULL,
    bytes TEXT COLLATE "C" NOT NULL,
    priority BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    owner TEXT COLLATE "C",
    fence BIGINT NOT NULL,
    claimed_until BIGINT,
    attempts BIGINT NOT NULL,
    next_try_at BIGINT NOT NULL,
    done_at BIGINT,
    trouble TEXT COLLATE "C"
);
CREATE INDEX letter_due ON letter (state, next_try_at);

-- Ends of a transmission that nobody can know (append-only).
CREATE TABLE ambiguous_end (
    message_id TEXT COLLATE "C" NOT NULL,
    attempt BIGINT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (message_id, attempt)
);

-- Mail in, stored before the server is told.
CREATE TABLE inbox (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    source TEXT COLLATE "C" NOT NULL,
    authenticated BIGINT NOT NULL,
    received_at BIGINT NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    disposition TEXT COLLATE "C",
    reason TEXT COLLATE "C",
    assignment TEXT COLLATE "C",
    inspector TEXT COLLATE "C",
    message_id TEXT COLLATE "C",
    content_sha TEXT COLLATE "C",
    text_sha TEXT COLLATE "C",
    recorded BIGINT NOT NULL,
    read_at BIGINT
);
CREATE INDEX inbox_new ON inbox (state, received_at);
CREATE UNIQUE INDEX inbox_content ON inbox (content_sha) WHERE recorded = 1;
CREATE UNIQUE INDEX inbox_message ON inbox (inspector, message_id, text_sha) WHERE recorded = 1;

CREATE TABLE inbox_decision (
    id TEXT COLLATE "C" NOT NULL,
    seq BIGINT NOT NULL,
    decision TEXT COLLATE "C" NOT NULL,
    actor TEXT COLLATE "C" NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (id, seq)
);

CREATE TABLE bounce (
    mail TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    message_id TEXT COLLATE "C",
    address TEXT COLLATE "C",
    reason TEXT COLLATE "C" NOT NULL,
    at BIGINT NOT NULL
);

-- Verdicts (append-only history; the last one stands) and flags.
CREATE TABLE verdict (
    assignment TEXT COLLATE "C" NOT NULL,
    line TEXT COLLATE "C" NOT NULL,
    person TEXT COLLATE "C" NOT NULL,
    seq BIGINT NOT NULL,
    official TEXT COLLATE "C",
    outcome TEXT COLLATE "C" NOT NULL,
    verdict TEXT COLLATE "C",
    strength TEXT COLLATE "C" NOT NULL,
    timing_unclear BIGINT NOT NULL,
    evidence TEXT COLLATE "C" NOT NULL,
    sentence_en TEXT COLLATE "C" NOT NULL,
    sentence_zh TEXT COLLATE "C" NOT NULL,
    judged_at BIGINT NOT NULL,
    PRIMARY KEY (assignment, line, person, seq)
);
CREATE INDEX verdict_official ON verdict (official);

CREATE TABLE flag (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    office TEXT COLLATE "C" NOT NULL,
    official TEXT COLLATE "C" NOT NULL,
    assignment TEXT COLLATE "C" NOT NULL,
    line TEXT COLLATE "C" NOT NULL,
    person TEXT COLLATE "C" NOT NULL,
    opened_at BIGINT NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    UNIQUE (assignment, line, person)
);

CREATE TABLE flag_step (
    flag TEXT COLLATE "C" NOT NULL,
    seq BIGINT NOT NULL,
    step TEXT COLLATE "C" NOT NULL,
    actor TEXT COLLATE "C" NOT NULL,
    at BIGINT NOT NULL,
    reason TEXT COLLATE "C" NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (flag, seq)
);

-- The public log of an office: exact bytes and the running head (append-only).
CREATE TABLE log (
    office TEXT COLLATE "C" NOT NULL,
    seq BIGINT NOT NULL,
    at BIGINT NOT NULL,
    entry TEXT COLLATE "C" NOT NULL,
    head TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (office, seq)
);

-- What only ever grows, grows: no row of these is changed or taken away.
CREATE FUNCTION append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
END $$;
CREATE TRIGGER log_keeps BEFORE UPDATE OR DELETE ON log FOR EACH ROW EXECUTE FUNCTION append_only();
CREATE TRIGGER draw_keeps BEFORE UPDATE OR DELETE ON draw FOR EACH ROW EXECUTE FUNCTION append_only();
CREATE TRIGGER beacon_keeps BEFORE UPDATE OR DELETE ON beacon FOR EACH ROW EXECUTE FUNCTION append_only();
CREATE TRIGGER window_seal_keeps BEFORE UPDATE OR DELETE ON window_seal FOR EACH ROW EXECUTE FUNCTION append_only();
CREATE TRIGGER verdict_keeps BEFORE UPDATE OR DELETE ON verdict FOR EACH ROW EXECUTE FUNCTION append_only();
CREATE TRIGGER flag_step_keeps BEFORE UPDATE OR DELETE ON flag_step FOR EACH ROW EXECUTE FUNCTION append_only();
CREATE TRIGGER outcome_stays BEFORE DELETE ON outcome FOR EACH ROW EXECUTE FUNCTION append_only();
CREATE TRIGGER outcome_keeps BEFORE UPDATE OF outcome, stated_at, remark, by, mail, received_at ON outcome
    FOR EACH ROW EXECUTE FUNCTION append_only();
