UPDATE users SET metadata = '{}' WHERE metadata IS NULL;
ALTER TABLE users ALTER COLUMN metadata SET NOT NULL;
