-- People who sign in to the console. An account is disabled, never deleted: the audit log names it.
CREATE TABLE account (
    id TEXT NOT NULL PRIMARY KEY,
    -- As decisions and entries name the person.
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    -- Sees this office and those below it; none: all.
    office TEXT,
    language TEXT NOT NULL,
    -- Argon2id in PHC form; none until the person has set one.
    password TEXT,
    -- How often a second factor was begun; its secret follows from this and the secrets outside the database.
    second INTEGER NOT NULL,
    -- Whether the newest one was proved by a code.
    second_on INTEGER NOT NULL,
    -- Which of those secrets.
    second_kid INTEGER NOT NULL,
    -- The last step of 30 seconds whose code was used: no code counts twice.
    second_step INTEGER NOT NULL,
    -- active, disabled
    state TEXT NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

-- A one-time address by which a password is set. Secrets of this file are stored as SHA-256 only.
CREATE TABLE one_time (
    hash TEXT NOT NULL PRIMARY KEY,
    account TEXT NOT NULL REFERENCES account (id),
    ends_at INTEGER NOT NULL,
    used_at INTEGER
) STRICT;
CREATE INDEX one_time_account ON one_time (account);

CREATE TABLE session (
    hash TEXT NOT NULL PRIMARY KEY,
    account TEXT NOT NULL REFERENCES account (id),
    -- second: the password was right, the code is awaited. in: signed in.
    state TEXT NOT NULL,
    began_at INTEGER NOT NULL,
    seen_at INTEGER NOT NULL,
    -- How the last action ended; shown once.
    notice TEXT
) STRICT;
CREATE INDEX session_account ON session (account);

-- Who tried to sign in from where: what delays those who guess, and lets in who was there before.
CREATE TABLE sign_in (
    account TEXT NOT NULL,
    address TEXT NOT NULL,
    -- Since the last success.
    failed INTEGER NOT NULL,
    failed_at INTEGER NOT NULL,
    succeeded_at INTEGER,
    PRIMARY KEY (account, address)
) STRICT;
CREATE INDEX sign_in_address ON sign_in (address, failed_at);

-- Every line names the hash of the one before.
CREATE TABLE audit (
    seq INTEGER NOT NULL PRIMARY KEY,
    at INTEGER NOT NULL,
    -- The exact bytes that were hashed.
    entry TEXT NOT NULL,
    head TEXT NOT NULL
) STRICT;
CREATE TRIGGER audit_keeps BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END;
CREATE TRIGGER audit_stays BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END;

-- For programs that hand in records.
CREATE TABLE api_token (
    id TEXT NOT NULL PRIMARY KEY,
    hash TEXT NOT NULL UNIQUE,
    -- What for, in the words of who made it.
    name TEXT NOT NULL,
    office TEXT NOT NULL,
    -- The one source whose records it may hand in.
    source TEXT NOT NULL,
    created_by TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    ended_at INTEGER
) STRICT;

-- A file that somebody looks at before it is imported.
CREATE TABLE upload (
    id TEXT NOT NULL PRIMARY KEY,
    account TEXT NOT NULL REFERENCES account (id),
    file TEXT NOT NULL,
    -- How it is to be read, as JSON.
    wanted TEXT NOT NULL,
    -- Packed; taken away when it was imported, or after a day.
    bytes BLOB NOT NULL,
    at INTEGER NOT NULL
) STRICT;
