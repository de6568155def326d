-- The ledger of curtaild, version 4: the revenue meter beside our own. Views only.

-- Files of the revenue meter: who brought one, what was in it, and how far our meter is from it.
-- `live_wh` and `billed_wh` are of the time that both cover, as exact decimal text.
CREATE VIEW imports AS
SELECT seq, run, at,
       json_extract(body, '$.person')                     AS person,
       json_extract(body, '$.file')                       AS file,
       json_extract(body, '$.sha256')                     AS sha256,
       json_extract(body, '$.read')                       AS intervals,
       coalesce(json_array_length(body, '$.readings'), 0) AS changed,  -- new, or another than before
       coalesce(json_extract(body, '$.revised'), 0)       AS revised,  -- of these, another than before
       json_extract(body, '$.insisted')                   AS insisted, -- doubts that were overruled
       json_extract(body, '$.difference.start')           AS start_at,
       json_extract(body, '$.difference.end')             AS end_at,
       coalesce(json_extract(body, '$.difference.live_wh'), '0')   AS live_wh,
       coalesce(json_extract(body, '$.difference.billed_wh'), '0') AS billed_wh,
       coalesce(json_extract(body, '$.difference.apart'), 0)       AS apart
FROM journal WHERE kind = 'revenue_imported';

-- What the revenue meter counted, every import of every interval; `newest` is what is known by now.
CREATE VIEW revenue_exact AS
SELECT *, row_number() OVER (PARTITION BY start_at ORDER BY seq DESC) = 1 AS newest
FROM (
    SELECT i.seq, i.run, i.at,
           json_extract(one.value, '$.start')                 AS start_at,
           coalesce(json_extract(one.value, '$.minutes'), 15) AS minutes,
           json_extract(one.value, '$.energy_wh')             AS energy_wh,
           coalesce(json_extract(one.value, '$.estimated'), 0) AS estimated,
           json_extract(one.value, '$.revision')              AS revision
    FROM journal AS i, json_each(i.body, '$.readings') AS one
    WHERE i.kind = 'revenue_imported'
);

-- What the revenue meter counted, as numbers.
CREATE VIEW revenue_meter AS
SELECT seq, run, at, start_at, minutes, CAST(energy_wh AS REAL) AS energy_wh, estimated, revision
FROM revenue_exact WHERE newest;

-- Intervals with what the revenue meter counted. The cost is of `billed_wh` where there is one.
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
           json_extract(body, '$.interval.billed_wh')          AS billed_wh,
           CASE WHEN json_extract(body, '$.interval.billed_wh') IS NOT NULL
                THEN coalesce(json_extract(body, '$.interval.billed_estimated'), 0)
                END                                            AS billed_estimated,
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
       CAST(billed_wh           AS REAL)                  AS billed_wh,
       billed_estimated,
       CAST(price_per_mwh       AS REAL)                  AS price_per_mwh,
       CAST(energy_cost         AS REAL)                  AS energy_cost,
       CAST(hash_revenue        AS REAL)                  AS hash_revenue,
       CAST(hosting_revenue     AS REAL)                  AS hosting_revenue,
       dispatches
FROM interval_exact WHERE newest;
