SET lock_timeout = '2s';
-- migrate-safety: allow(index-not-concurrent) the service is down while this runs
CREATE INDEX users_email_idx ON users (email);
