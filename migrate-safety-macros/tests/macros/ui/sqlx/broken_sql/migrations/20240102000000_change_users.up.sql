CREATE INDX users_email_idx ON users (email);
ALTER TABLE users ADD COLUMN seen timestamptz NOT NUL;
