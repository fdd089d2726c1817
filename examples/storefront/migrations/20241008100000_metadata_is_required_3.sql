-- The validated CHECK is the proof: nothing is read.
ALTER TABLE users ALTER COLUMN metadata SET NOT NULL;
ALTER TABLE users DROP CONSTRAINT users_metadata_not_null;
