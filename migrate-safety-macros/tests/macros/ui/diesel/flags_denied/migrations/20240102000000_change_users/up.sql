SET LOCAL lock_timeout = '2s';

ALTER TABLE logins
    ADD CONSTRAINT logins_user_fkey FOREIGN KEY (user_id) REFERENCES users (id) NOT VALID;
