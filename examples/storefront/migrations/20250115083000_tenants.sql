CREATE TABLE tenants (
    id   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL UNIQUE
);
INSERT INTO tenants (name) VALUES ('default');
ALTER TABLE orders ADD COLUMN tenant_id bigint;
UPDATE orders SET tenant_id = (SELECT id FROM tenants WHERE name = 'default') WHERE tenant_id IS NULL;
