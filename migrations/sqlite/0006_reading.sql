-- Whose signatures a mail carries, as they were when it was first read: domains with blanks between.
ALTER TABLE inbox ADD COLUMN dkim TEXT;
-- A mail whose sender's key could not be looked up waits until then.
ALTER TABLE inbox ADD COLUMN look_at INTEGER;

-- What came back, as the server that sent it back says.
ALTER TABLE bounce ADD COLUMN status TEXT;
ALTER TABLE bounce ADD COLUMN inspector TEXT;

-- Photos and files that came with replies; their bytes are blobs.
CREATE TABLE attachment (
    mail TEXT NOT NULL,
    number INTEGER NOT NULL,
    kind TEXT NOT NULL,
    sha TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    PRIMARY KEY (mail, number)
) STRICT;

-- Senders that the head trusts by the relay they come from, because their provider signs nothing
-- (append-only; the last decision of an address and relay counts).
CREATE TABLE sender_trust (
    address TEXT NOT NULL,
    relay TEXT NOT NULL,
    seq INTEGER NOT NULL,
    decision TEXT NOT NULL,
    actor TEXT NOT NULL,
    reason TEXT NOT NULL,
    at INTEGER NOT NULL,
    ends_at INTEGER,
    PRIMARY KEY (address, relay, seq)
) STRICT;
CREATE TRIGGER sender_trust_keeps BEFORE UPDATE ON sender_trust BEGIN SELECT RAISE(ABORT, 'sender_trust is append-only'); END;
CREATE TRIGGER sender_trust_stays BEFORE DELETE ON sender_trust BEGIN SELECT RAISE(ABORT, 'sender_trust is append-only'); END;
