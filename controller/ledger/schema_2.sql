-- The ledger of curtaild, version 2: highest levels, recalls and reloads. Views only.

-- Orders of people: set, replaced (same id again) or ended. One sets `limit_w` or `level`; `level_w`
-- is the most that a miner drew at that level when it was ordered.
DROP VIEW orders;
CREATE VIEW orders AS
SELECT seq, run, at,
       json_extract(body, '$.order.id')                   AS id,
       json_extract(body, '$.order.scope')                AS scope,
       json_extract(body, '$.order.limit_w')              AS limit_w,
       json_extract(body, '$.order.level')                AS level,
       CASE WHEN json_extract(body, '$.order.level') IS NOT NULL
            THEN coalesce(json_extract(body, '$.order.level_w'), 0) END AS level_w,
       json_extract(body, '$.order.person')               AS person,
       json_extract(body, '$.order.why')                  AS why,
       json_extract(body, '$.order.issued_at')            AS issued_at,
       json_extract(body, '$.order.until')                AS until,
       coalesce(json_extract(body, '$.ended'), 0)         AS ended
FROM journal WHERE kind = 'order_arrived';

-- Maintenance locks: set, or released by the person named.
DROP VIEW locks;
CREATE VIEW locks AS
SELECT seq, run, at,
       json_extract(body, '$.lock.id')                    AS id,
       json_extract(body, '$.lock.place')                 AS place,
       json_extract(body, '$.lock.person')                AS person,
       json_extract(body, '$.lock.why')                   AS why,
       json_extract(body, '$.lock.since')                 AS since,
       json_extract(body, '$.released_by')                AS released_by,
       json_extract(body, '$.released_why')               AS released_why
FROM journal WHERE kind = 'lock_arrived';

-- Dispatches ended by voice: who took the word, on whose authority, what to look it up by.
CREATE VIEW recalls AS
SELECT seq, run, at,
       json_extract(body, '$.dispatch.id')                AS id,
       json_extract(body, '$.dispatch.version')           AS version,
       json_extract(body, '$.dispatch.program')           AS program,
       json_extract(body, '$.dispatch.recall.person')     AS person,
       json_extract(body, '$.dispatch.recall.authority')  AS authority,
       json_extract(body, '$.dispatch.recall.reference')  AS reference,
       json_extract(body, '$.dispatch.recall.at')         AS recalled_at,
       json_extract(body, '$.dispatch.end')               AS would_have_ended_at
FROM journal WHERE kind = 'dispatch_recalled';

-- Configurations that a running process went on with.
CREATE VIEW reloads AS
SELECT seq, run, at,
       json_extract(body, '$.config_hash')                AS config_hash,
       json_extract(body, '$.settings')                   AS settings
FROM journal WHERE kind = 'reloaded';
