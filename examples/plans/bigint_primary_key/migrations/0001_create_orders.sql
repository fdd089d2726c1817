CREATE TABLE orders (
    id serial PRIMARY KEY,
    placed_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE order_items (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    order_id integer NOT NULL REFERENCES orders (id),
    product text NOT NULL
);
CREATE INDEX order_items_order_idx ON order_items (order_id);
