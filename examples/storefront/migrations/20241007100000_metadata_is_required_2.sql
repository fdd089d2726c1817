ALTER TABLE users VALIDATE CONSTRAINT users_metadata_not_null;
