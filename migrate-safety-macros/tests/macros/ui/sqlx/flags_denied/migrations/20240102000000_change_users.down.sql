SET LOCAL lock_timeout = '2s';

ALTER TABLE logins DROP CONSTRAINT logins_user_fkey;
