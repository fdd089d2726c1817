DO $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM pg_class WHERE relname = 'orders_tenant_id_idx') THEN
        EXECUTE 'CREATE INDEX orders_tenant_id_idx ON orders (tenant_id)';
    END IF;
END
$$;
