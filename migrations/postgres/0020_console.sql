-- People who sign in to the console. An account is disabled, never deleted: the audit log names it.
CREATE TABLE account (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    -- As decisions and entries name the person.
    name TEXT COLLATE "C" NOT NULL,
    role TEXT COLLATE "C" NOT NULL,
    -- Sees this office and those below it; none: all.
    office TEXT COLLATE "C",
    language TEXT COLLATE "C" NOT NULL,
    -- Argon2id in PHC form; none until the person has set one.
    password TEXT COLLATE "C",
    -- How often a second factor was begun; its secret follows from this and the secrets outside the database.
    second BIGINT NOT NULL,
    -- Whether the newest one was proved by a code.
    second_on BIGINT NOT NULL,
    -- Which of those secrets.
    second_kid BIGINT NOT NULL,
    -- The last step of 30 seconds whose code was used: no code counts twice.
    second_step BIGINT NOT NULL,
    -- active, disabled
    state TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL
);

-- A one-time address by which a password is set. Secrets of this file are stored as SHA-256 only.
CREATE TABLE one_time (
    hash TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    account TEXT COLLATE "C" NOT NULL REFERENCES account (id),
    ends_at BIGINT NOT NULL,
    used_at BIGINT
);
CREATE INDEX one_time_account ON one_time (account);

CREATE TABLE session (
    hash TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    account TEXT COLLATE "C" NOT NULL REFERENCES account (id),
    -- second: the password was right, the code is awaited. in: signed in.
    state TEXT COLLATE "C" NOT NULL,
    began_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    -- How the last action ended; shown once.
    notice TEXT COLLATE "C"
);
CREATE INDEX session_account ON session (account);

-- Who tried to sign in from where: what delays those who guess, and lets in who was there before.
CREATE TABLE sign_in (
    account TEXT COLLATE "C" NOT NULL,
    address TEXT COLLATE "C" NOT NULL,
    -- Since the last success.
    failed BIGINT NOT NULL,
    failed_at BIGINT NOT NULL,
    succeeded_at BIGINT,
    PRIMARY KEY (account, address)
);
CREATE INDEX sign_in_address ON sign_in (address, failed_at);

-- Every line names the hash of the one before.
CREATE TABLE audit (
    seq BIGINT NOT NULL PRIMARY KEY,
    at BIGINT NOT NULL,
    -- The exact bytes that were hashed.
    entry TEXT COLLATE "C" NOT NULL,
    head TEXT COLLATE "C" NOT NULL
);
CREATE TRIGGER audit_keeps BEFORE UPDATE OR DELETE ON audit FOR EACH ROW EXECUTE FUNCTION append_only();

-- For programs that hand in records.
CREATE TABLE api_token (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    hash TEXT COLLATE "C" NOT NULL UNIQUE,
    -- What for, in the words of who made it.
    name TEXT COLLATE "C" NOT NULL,
    office TEXT COLLATE "C" NOT NULL,
    -- The one source whose records it may hand in.
    source TEXT COLLATE "C" NOT NULL,
    created_by TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL,
    ended_at BIGINT
);

-- A file that somebody looks at before it is imported.
CREATE TABLE upload (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    account TEXT COLLATE "C" NOT NULL REFERENCES account (id),
    file TEXT COLLATE "C" NOT NULL,
    -- How it is to be read, as JSON.
    wanted TEXT COLLATE "C" NOT NULL,
    -- Packed; taken away when it was imported, or after a day.
    bytes BYTEA NOT NULL,
    at BIGINT NOT NULL
);
