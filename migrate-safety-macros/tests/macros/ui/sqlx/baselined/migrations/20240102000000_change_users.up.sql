-- Logging in was slow.
CREATE INDEX users_email_idx ON users (email);

ALTER TABLE users
    ALTER COLUMN email TYPE varchar(200);
