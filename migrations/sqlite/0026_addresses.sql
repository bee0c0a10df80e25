-- Who wrote a mail is looked up by address: few officials have one, and a nation has a million of them.
CREATE INDEX official_email ON official (email) WHERE email IS NOT NULL;
