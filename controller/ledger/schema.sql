-- The ledger of curtaild, version 1.
--
-- One table is the truth: `journal`. Rows are only ever appended to it. Everything below it is a
-- view: a way to read the journal, which stores nothing.
--
-- Times are UTC, ISO 8601. `at` always has six decimals, so that it sorts as text; times out of a
-- body have decimals only where there are any, so compare those with julianday().
-- Power is in W (_w), energy in Wh (_wh), prices in the site's currency per MWh (_per_mwh).

CREATE TABLE journal (
    seq    INTEGER PRIMARY KEY,                           -- 1, 2, 3, ... without a gap
    run    INTEGER NOT NULL,                              -- seq of the row that began the run; 0: none
    kind   TEXT    NOT NULL,                              -- the record's kind, as in its body
    at     TEXT    NOT NULL,                              -- site time of the record
    body   TEXT    NOT NULL,                              -- the record, canonical JSON
    digest BLOB    NOT NULL CHECK (length(digest) = 32)
    -- digest = BLAKE2b-256 of: the digest of the row before (32 zero bytes for the first), then
    -- seq, run, kind, at and body as UTF-8 text, joined by line feeds.
) STRICT;

CREATE INDEX journal_kind_at ON journal (kind, at);       -- a kind in a range of time
CREATE INDEX journal_kind ON journal (kind);              -- a kind in order of arrival

CREATE TRIGGER journal_appends BEFORE INSERT ON journal
WHEN NEW.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM journal)
BEGIN
    SELECT raise(ABORT, 'the journal takes the next seq only');
END;

CREATE TRIGGER journal_keeps BEFORE UPDATE ON journal
BEGIN
    SELECT raise(ABORT, 'the journal is append only: correct by a new row');
END;

CREATE TRIGGER journal_stays BEFORE DELETE ON journal
BEGIN
    SELECT raise(ABORT, 'the journal is append only: nothing is removed');
END;

-- A process that wrote here. Without `stopped_at` it is running, or was killed.
CREATE VIEW runs AS
SELECT began.seq                                          AS run,
       began.at                                           AS started_at,
       ended.at                                           AS stopped_at,
       json_extract(ended.body, '$.why')                  AS why,
       json_extract(began.body, '$.code_version')         AS code_version,
       json_extract(began.body, '$.config_hash')          AS config_hash,
       coalesce(json_extract(began.body, '$.shadow'), 0)  AS shadow,
       json_extract(began.body, '$.settings')             AS settings
FROM journal AS began
LEFT JOIN journal AS ended ON ended.kind = 'run_stopped' AND ended.run = began.seq
WHERE began.kind = 'run_started';

-- Prices and hashprices as they came in; `refused` says why one was not used.
CREATE VIEW samples AS
SELECT seq, run, at,
       json_extract(body, '$.feed')                       AS feed,
       json_extract(body, '$.sample.type')                AS kind,
       coalesce(json_extract(body, '$.sample.start'),
                json_extract(body, '$.sample.at'))        AS start_at,
       json_extract(body, '$.sample.end')                 AS end_at,
       coalesce(json_extract(body, '$.sample.price_per_mwh'),
                json_extract(body, '$.sample.per_ph_day')) AS value,  -- text: as it was read
       json_extract(body, '$.sample.published_at')        AS published_at,
       json_extract(body, '$.refused')                    AS refused
FROM journal WHERE kind = 'sample_arrived';

-- Dispatches as they came in, each version a row; `refused` says why one was not accepted.
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
       json_extract(body, '$.dispatch.target.reference')  AS reference,
       json_extract(body, '$.dispatch.limit_w')           AS limit_w,
       CASE WHEN json_extract(body, '$.dispatch.id') IS NOT NULL
            THEN coalesce(json_extract(body, '$.dispatch.cancelled'), 0) END AS cancelled,
       json_extract(body, '$.body')                       AS sent  -- what the sender wrote
FROM journal WHERE kind = 'dispatch_arrived';

-- Orders of people: set, replaced (same id again) or ended.
CREATE VIEW orders AS
SELECT seq, run, at,
       json_extract(body, '$.order.id')                   AS id,
       json_extract(body, '$.order.scope')                AS scope,
       json_extract(body, '$.order.limit_w')              AS limit_w,
       json_extract(body, '$.order.person')               AS person,
       json_extract(body, '$.order.why')                  AS why,
       json_extract(body, '$.order.issued_at')            AS issued_at,
       json_extract(body, '$.order.until')                AS until,
       coalesce(json_extract(body, '$.ended'), 0)         AS ended
FROM journal WHERE kind = 'order_arrived';

-- Maintenance locks: set, or released by the person named.
CREATE VIEW locks AS
SELECT seq, run, at,
       json_extract(body, '$.lock.id')                    AS id,
       json_extract(body, '$.lock.place')                 AS place,
       json_extract(body, '$.lock.person')                AS person,
       json_extract(body, '$.lock.why')                   AS why,
       json_extract(body, '$.lock.since')                 AS since,
       json_extract(body, '$.released_by')                AS released_by
FROM journal WHERE kind = 'lock_arrived';

-- Decisions: what went in (`seen`) and what came out (`state`, `plan`), each as an RFC 7396 patch
-- on the cycle before; at a keyframe, whole. `curtaild ledger export cycles` puts them together.
CREATE VIEW cycles AS
SELECT seq, run, at,
       json_extract(body, '$.keyframe')                   AS keyframe,
       json_extract(body, '$.next_at')                    AS next_at,
       json_extract(body, '$.seen')                       AS seen,
       json_extract(body, '$.state')                      AS state,
       json_extract(body, '$.plan')                       AS plan
FROM journal WHERE kind = 'cycle';

-- Every stage that a command reached.
CREATE VIEW command_events AS
SELECT seq, run,
       json_extract(body, '$.event.command.id')           AS command,
       json_extract(body, '$.event.command.at')           AS ordered_at,
       json_extract(body, '$.event.command.miner')        AS miner,
       json_extract(body, '$.event.group')                AS group_id,
       json_extract(body, '$.event.command.level')        AS level,
       json_extract(body, '$.event.command.reason')       AS reason,
       json_extract(body, '$.event.command.dispatch')     AS dispatch,
       coalesce(json_extract(body, '$.event.command.attempt'), 1) AS attempt,
       json_extract(body, '$.event.stage')                AS stage,
       json_extract(body, '$.event.at')                   AS at,
       json_extract(body, '$.event.power_w')              AS power_w,
       coalesce(json_extract(body, '$.event.grade'), 'self_report') AS grade,
       json_extract(body, '$.event.detail')               AS detail,
       coalesce(json_extract(body, '$.late'), 0)          AS late
FROM journal WHERE kind = 'command';

-- One row a command. `grade` is how well the confirming power is known, `failure` why it failed;
-- `late`: it was sent before its intent was on disk. An id can come back after rows were lost to a
-- full disk, so a command is known by its id and the time it was ordered.
CREATE VIEW commands AS
SELECT min(seq)                                           AS seq,
       min(run)                                           AS run,
       ordered_at, command, miner, group_id, level, reason, attempt, dispatch,
       min(CASE stage WHEN 'intended'  THEN at END)       AS intended_at,
       min(CASE stage WHEN 'withheld'  THEN at END)       AS withheld_at,
       min(CASE stage WHEN 'sent'      THEN at END)       AS sent_at,
       min(CASE stage WHEN 'confirmed' THEN at END)       AS confirmed_at,
       min(CASE stage WHEN 'failed'    THEN at END)       AS failed_at,
       min(CASE stage WHEN 'confirmed' THEN grade END)    AS grade,
       min(CASE stage WHEN 'confirmed' THEN power_w END)  AS confirmed_w,
       min(CASE stage WHEN 'failed'    THEN detail END)   AS failure,
       max(CASE stage WHEN 'intended'  THEN late ELSE 0 END) AS late
FROM command_events
GROUP BY command, ordered_at, miner, group_id, level, reason, attempt, dispatch;

-- Every version of every settlement interval. Energy and money are decimal text, as recorded.
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
           json_extract(body, '$.interval.dispatches')         AS dispatches,
           json_extract(body, '$.interval.curtailed')          AS curtailed
    FROM journal WHERE kind = 'interval'
);

-- The newest version of every settlement interval, as numbers. `energy_wh` is metered; where it is
-- missing, `energy_estimated_wh` is an estimate.
CREATE VIEW intervals AS
SELECT seq, run, at, start_at, end_at, version,
       CAST(energy_wh           AS REAL)                  AS energy_wh,
       CAST(energy_estimated_wh AS REAL)                  AS energy_estimated_wh,
       CAST(price_per_mwh       AS REAL)                  AS price_per_mwh,
       CAST(energy_cost         AS REAL)                  AS energy_cost,
       CAST(hash_revenue        AS REAL)                  AS hash_revenue,
       dispatches
FROM interval_exact WHERE newest;

-- Energy not used, a row for each interval and primary cause. Decimal text, as recorded.
CREATE VIEW curtailed_exact AS
SELECT i.seq, i.run, i.at, i.start_at, i.end_at, i.version, i.newest,
       cause.key                                          AS reason,
       json_extract(cause.value, '$.energy_wh')           AS energy_wh,
       json_extract(cause.value, '$.avoided_cost')        AS avoided_cost,
       json_extract(cause.value, '$.foregone_revenue')    AS foregone_revenue
FROM interval_exact AS i, json_each(i.curtailed) AS cause;

-- The same of the newest version of every interval, as numbers.
CREATE VIEW curtailed_energy AS
SELECT seq, run, at, start_at, end_at, version, reason,
       CAST(energy_wh        AS REAL)                     AS energy_wh,
       CAST(avoided_cost     AS REAL)                     AS avoided_cost,
       CAST(foregone_revenue AS REAL)                     AS foregone_revenue
FROM curtailed_exact WHERE newest;
