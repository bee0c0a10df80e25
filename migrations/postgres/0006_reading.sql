-- Whose signatures a mail carries, as they were when it was first read: domains with blanks between.
ALTER TABLE inbox ADD COLUMN dkim TEXT COLLATE "C";
-- A mail whose sender's key could not be looked up waits until then.
ALTER TABLE inbox ADD COLUMN look_at BIGINT;

-- What came back, as the server that sent it back says.
ALTER TABLE bounce ADD COLUMN status TEXT COLLATE "C";
ALTER TABLE bounce ADD COLUMN inspector TEXT COLLATE "C";

-- Photos and files that came with replies; their bytes are blobs.
CREATE TABLE attachment (
    mail TEXT COLLATE "C" NOT NULL,
    number BIGINT NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    sha TEXT COLLATE "C" NOT NULL,
    bytes BIGINT NOT NULL,
    PRIMARY KEY (mail, number)
);

-- Senders that the head trusts by the relay they come from, because their provider signs nothing
-- (append-only; the last decision of an address and relay counts).
CREATE TABLE sender_trust (
    address TEXT COLLATE "C" NOT NULL,
    relay TEXT COLLATE "C" NOT NULL,
    seq BIGINT NOT NULL,
    decision TEXT COLLATE "C" NOT NULL,
    actor TEXT COLLATE "C" NOT NULL,
    reason TEXT COLLATE "C" NOT NULL,
    at BIGINT NOT NULL,
    ends_at BIGINT,
    PRIMARY KEY (address, relay, seq)
);
CREATE TRIGGER sender_trust_keeps BEFORE UPDATE OR DELETE ON sender_trust FOR EACH ROW EXECUTE FUNCTION append_only();
