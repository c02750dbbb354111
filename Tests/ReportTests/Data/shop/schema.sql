-- The same tables for DuckDB, with views that join what the expected tables need again and again.
CREATE TABLE channels (channel_id VARCHAR, channel VARCHAR, kind VARCHAR, campaign_group VARCHAR);
CREATE TABLE products (product_id VARCHAR, product VARCHAR, category VARCHAR, brand VARCHAR);
CREATE TABLE cities (city_id VARCHAR, city VARCHAR, state VARCHAR, tier VARCHAR);
CREATE TABLE customers (customer_id VARCHAR, first_order_date DATE, acquired_channel VARCHAR);
CREATE TABLE order_lines (
  order_id VARCHAR, line_no BIGINT, order_date DATE, ordered_at TIMESTAMP, channel_id VARCHAR,
  product_id VARCHAR, city_id VARCHAR, customer_id VARCHAR, units BIGINT, net_amount DECIMAL(18, 4),
  unit_price DECIMAL(18, 4), cost DECIMAL(18, 4), shipped_at TIMESTAMP, ship_hours DOUBLE
);
CREATE TABLE qc_daily (
  sale_date DATE, channel_id VARCHAR, product_id VARCHAR, city_id VARCHAR, units BIGINT,
  gmv DECIMAL(18, 4)
);
CREATE TABLE returns (
  return_id VARCHAR, returned_on DATE, channel_id VARCHAR, product_id VARCHAR, city_id VARCHAR,
  customer_id VARCHAR, units BIGINT, refund_amount DECIMAL(18, 4)
);
CREATE TABLE fees (
  order_id VARCHAR, fee_type VARCHAR, fee_date DATE, channel_id VARCHAR, amount DECIMAL(18, 4)
);
CREATE TABLE ad_spend (
  spend_date DATE, channel_id VARCHAR, campaign_id VARCHAR, amount DECIMAL(18, 4), clicks BIGINT,
  impressions BIGINT
);
CREATE TABLE plan (
  month DATE, channel_id VARCHAR, target_revenue DECIMAL(18, 4), target_spend DECIMAL(18, 4)
);

-- Rows of every fact in one shape. What is found by a key and has no name is shown by its key; an
-- attribute of a key that is missing is (none), of one without a row (unknown).
CREATE VIEW event AS
SELECT 'lines' AS fact, order_date AS day, channel_id, product_id, city_id, customer_id, order_id,
       units, net_amount AS amount, cost
FROM order_lines
UNION ALL
SELECT 'quick', sale_date, channel_id, product_id, city_id, NULL, NULL, units, gmv, NULL FROM qc_daily
UNION ALL
SELECT 'returns', returned_on, channel_id, product_id, city_id, customer_id, NULL, units,
       refund_amount, NULL
FROM returns
UNION ALL
SELECT 'fees', fee_date, channel_id, NULL, NULL, NULL, order_id, NULL, amount, NULL FROM fees
UNION ALL
SELECT 'spend', spend_date, channel_id, NULL, NULL, NULL, NULL, clicks, amount, NULL FROM ad_spend;

CREATE VIEW wide AS
SELECT e.*, date_trunc('month', e.day)::DATE AS month_start,
       strftime(e.day, '%Y-%m') AS month, date_trunc('week', e.day)::DATE AS week_start,
       h.channel, h.kind AS channel_type,
       coalesce(p.product, e.product_id, '(none)') AS product,
       CASE WHEN e.product_id IS NULL THEN '(none)' WHEN p.product_id IS NULL THEN '(unknown)'
            ELSE p.category END AS category,
       coalesce(c.city, e.city_id, '(none)') AS city,
       CASE WHEN e.city_id IS NULL THEN '(none)' WHEN c.city_id IS NULL THEN '(unknown)'
            ELSE c.tier END AS city_tier,
       CASE WHEN e.city_id IS NULL THEN '(none)' WHEN c.city_id IS NULL THEN '(unknown)'
            ELSE c.state END AS state,
       u.first_order_date, u.acquired_channel
FROM event e
LEFT JOIN channels h USING (channel_id)
LEFT JOIN products p ON p.product_id = e.product_id
LEFT JOIN cities c ON c.city_id = e.city_id
LEFT JOIN customers u ON u.customer_id = e.customer_id;

-- What counts as revenue: order lines and quick commerce.
CREATE VIEW sales AS SELECT * FROM wide WHERE fact IN ('lines', 'quick');
