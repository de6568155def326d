-- The ledger of curtaild, version 3: floors, holds and emergencies among the orders; levels and
-- set-points among the dispatches, and opting out of them. Views only.

-- Orders of people: set, replaced (same id again) or ended. One sets `limit_w`, `level`, `floor_w` or
-- `hold`; `level_w` is the most that a miner drew at that level when it was ordered.
DROP VIEW orders;
CREATE VIEW orders AS
SELECT seq, run, at,
       json_extract(body, '$.order.id')                   AS id,
       json_extract(body, '$.order.scope')                AS scope,
       json_extract(body, '$.order.limit_w')              AS limit_w,
       json_extract(body, '$.order.level')                AS level,
       CASE WHEN json_extract(body, '$.order.level') IS NOT NULL
            THEN coalesce(json_extract(body, '$.order.level_w'), 0) END AS level_w,
       json_extract(body, '$.order.floor_w')              AS floor_w,
       coalesce(json_extract(body, '$.order.hold'), 0)    AS hold,
       coalesce(json_extract(body, '$.order.emergency'), 0) AS emergency,
       json_extract(body, '$.order.person')               AS person,
       json_extract(body, '$.order.why')                  AS why,
       json_extract(body, '$.order.issued_at')            AS issued_at,
       json_extract(body, '$.order.until')                AS until,
       coalesce(json_extract(body, '$.ended'), 0)         AS ended
FROM journal WHERE kind = 'order_arrived';

-- Dispatches as they came in, each version a row; `refused` says why one was not accepted. A
-- reduction is measured from `reference_w`; a set-point has a `floor_w`; a level that asks for
-- nothing has `asks_nothing`.
DROP VIEW dispatches;
CREATE VIEW dispatches AS
SELECT seq, run, at,
       json_extract(body, '$.authority')                  AS authority,
       json_extract(body, '$.refused')                    AS refused,
       json_extract(body, '$.dispatch.id')                AS id,
       json_extract(body, '$.dispatch.version')           AS version,
       json_extract(body, '$.dispatch.program')           AS program,
       json_extract(body, '$.dispatch.issued_at')         AS issued_at,
       json_extract(body, '$.dispatch.received_at')       AS received_at,
       json_extract(body, '$.dispatch.start')             AS start_at,
       json_extract(body, '$.dispatch.end')               AS end_at,
       json_extract(body, '$.dispatch.target.kind')       AS target,
       CAST(coalesce(json_extract(body, '$.dispatch.target.kw'),
                     json_extract(body, '$.dispatch.target.percent')) AS REAL) AS target_value,
       json_extract(body, '$.dispatch.target.level')      AS level,
       coalesce(json_extract(body, '$.dispatch.reference'),
                json_extract(body, '$.dispatch.target.reference')) AS reference,
       json_extract(body, '$.dispatch.reference_w')       AS reference_w,
       json_extract(body, '$.dispatch.limit_w')           AS limit_w,
       json_extract(body, '$.dispatch.floor_w')           AS floor_w,
       CASE WHEN json_extract(body, '$.dispatch.id') IS NOT NULL
            THEN coalesce(json_extract(body, '$.dispatch.asks_nothing'), 0) END AS asks_nothing,
       CASE WHEN json_extract(body, '$.dispatch.id') IS NOT NULL
            THEN coalesce(json_extract(body, '$.dispatch.cancelled'), 0) END AS cancelled,
       json_extract(body, '$.body')                       AS sent  -- what the sender wrote
FROM journal WHERE kind = 'dispatch_arrived';

-- Dispatches that a person opted out of: who, why, and the penalty that was shown and accepted, as
-- exact decimal text.
CREATE VIEW opt_outs AS
SELECT seq, run, at,
       json_extract(body, '$.dispatch.id')                AS id,
       json_extract(body, '$.dispatch.version')           AS version,
       json_extract(body, '$.dispatch.program')           AS program,
       json_extract(body, '$.dispatch.opted_out.person')  AS person,
       json_extract(body, '$.dispatch.opted_out.why')     AS why,
       json_extract(body, '$.dispatch.opted_out.penalty') AS penalty,
       json_extract(body, '$.dispatch.opted_out.at')      AS opted_out_at,
       json_extract(body, '$.dispatch.end')               AS end_at
FROM journal WHERE kind = 'dispatch_opted_out';

-- What clients owe for the power of their miners, among what an interval brought in.
DROP VIEW interval_exact;
CREATE VIEW interval_exact AS
SELECT *, row_number() OVER (PARTITION BY start_at ORDER BY version DESC, seq DESC) = 1 AS newest
FROM (
    SELECT seq, run, at,
           json_extract(body, '$.interval.start')              AS start_at,
           json_extract(body, '$.interval.end')                AS end_at,
           coalesce(json_extract(body, '$.interval.version'), 1) AS version,
           json_extract(body, '$.interval.energy_wh')          AS energy_wh,
           json_extract(body, '$.interval.energy_estimated_wh') AS energy_estimated_wh,
           json_extract(body, '$.interval.price_per_mwh')      AS price_per_mwh,
           json_extract(body, '$.interval.energy_cost')        AS energy_cost,
           coalesce(json_extract(body, '$.interval.hash_revenue'), '0') AS hash_revenue,
           coalesce(json_extract(body, '$.interval.hosting_revenue'), '0') AS hosting_revenue,
           json_extract(body, '$.interval.dispatches')         AS dispatches,
           json_extract(body, '$.interval.curtailed')          AS curtailed
    FROM journal WHERE kind = 'interval'
);

DROP VIEW intervals;
CREATE VIEW intervals AS
SELECT seq, run, at, start_at, end_at, version,
       CAST(energy_wh           AS REAL)                  AS energy_wh,
       CAST(energy_estimated_wh AS REAL)                  AS energy_estimated_wh,
       CAST(price_per_mwh       AS REAL)                  AS price_per_mwh,
       CAST(energy_cost         AS REAL)                  AS energy_cost,
       CAST(hash_revenue        AS REAL)                  AS hash_revenue,
       CAST(hosting_revenue     AS REAL)                  AS hosting_revenue,
       dispatches
FROM interval_exact WHERE newest;
