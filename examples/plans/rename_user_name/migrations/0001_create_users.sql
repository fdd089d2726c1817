CREATE TABLE users (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_name text NOT NULL,
    email text NOT NULL UNIQUE
);
CREATE UNIQUE INDEX users_user_name_key ON users (lower(user_name));
