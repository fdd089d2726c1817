ALTER TABLE users ADD CONSTRAINT users_metadata_not_null CHECK (metadata IS NOT NULL) NOT VALID;
