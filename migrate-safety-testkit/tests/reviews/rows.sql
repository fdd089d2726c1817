-- Rows of the running application.
INSERT INTO accounts (id, email, kind, parent_id, note, home, active)
    SELECT n, 'user' || n || '@example.org', 'team', nullif(n / 2, 0), CASE WHEN n % 3 = 0 THEN NULL ELSE 'note' END, ('street', n::text)::address,
           CASE WHEN n % 2 = 0 THEN true END FROM generate_series(1, 300) n;
INSERT INTO invoices (id, account_id, number, total, state, due, memo)
    SELECT n, n, 'N' || n, n, CASE WHEN n % 2 = 0 THEN 'open' ELSE 'paid' END, date '2024-01-01' + n, 'memo' FROM generate_series(1, 300) n;
INSERT INTO invoice_lines (id, invoice_id, label, price) SELECT n, n, 'label', n FROM generate_series(1, 300) n;
SELECT setval(pg_get_serial_sequence('invoice_lines', 'id'), 300);
INSERT INTO plans VALUES ('free', 0, 'free'), ('team', 10, 'team'), ('big', 100, 'enterprise');
INSERT INTO plans SELECT 'old' || n, n, 'free' FROM generate_series(1, 300) n;
INSERT INTO billing.payments (invoice_id, paid_at, amount) SELECT n, now(), n FROM generate_series(1, 300) n;
INSERT INTO audit SELECT n, date '2023-06-01' + n / 2, 'what' FROM generate_series(1, 800) n;
REFRESH MATERIALIZED VIEW totals;
ANALYZE;
