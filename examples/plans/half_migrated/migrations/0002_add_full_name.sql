-- The release that writes it has been running for a while: new rows have it, old ones do not.
ALTER TABLE users ADD COLUMN full_name text;
