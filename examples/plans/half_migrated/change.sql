UPDATE users SET full_name = first_name || ' ' || last_name WHERE full_name IS NULL;
ALTER TABLE users ALTER COLUMN full_name SET NOT NULL;
