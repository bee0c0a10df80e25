-- The timeline of the database under which a lease was given: a copy that takes over goes on under another one, and may know less.
ALTER TABLE lease ADD COLUMN timeline TEXT NOT NULL DEFAULT '';
