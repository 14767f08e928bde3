"""The report's figures, computed by DuckDB with no line of the report's code.

usage: figures.py THREADS FILE... ; prints one JSON object: ms (without the start of Python) and figures
"""

import json
import sys
import time

import duckdb

FAILURES = 20

MEASURES = """
  count(*) AS records,
  sum(parts)::BIGINT AS parts,
  count(*) FILTER (delivered) AS delivered,
  count(*) FILTER (pending) AS pending,
  sum(price)::VARCHAR AS cost,
  quantile_disc(seconds, [0.5, 0.95, 0.99]) AS seconds
"""

# Each group of the report: what its name is made from, and of which records.
GROUPS = {
    "days": ("strftime(created, '%Y-%m-%d')", "true"),
    "countries": ("country", "true"),
    "operators": ("operator", "true"),
    "senders": ("source", "outbound"),
}

RECORDS = """
CREATE TABLE records AS
SELECT *,
  outbound AND status IN ('delivered', 'read') AS delivered,
  outbound AND status NOT IN ('delivered', 'read', 'undelivered', 'rejected', 'failed') AS pending,
  CASE WHEN outbound AND status = 'delivered' AND ended >= created
    THEN epoch_us(ended) - epoch_us(created) END / 1e6 AS seconds
FROM (
  SELECT
    direction = '1' AS outbound,
    coalesce(country, 'unknown') AS country,
    coalesce(operator, 'unknown') AS operator,
    coalesce(source, 'unknown') AS source,
    coalesce(status_value, 'unknown') AS status,
    CASE WHEN status_errorcode IS NULL OR status_errorcode = '0' THEN 'unknown'
      ELSE status_errorcode END AS error,
    createdat::TIMESTAMP AS created,
    status_timestamp::TIMESTAMP AS ended,
    smscount::INTEGER AS parts,
    price_total::DECIMAL(18, 7) AS price
  FROM read_csv(?, header = true, all_varchar = true, nullstr = '', quote = '"', escape = '"')
)
"""

FAILED = f"""
SELECT country, operator, error, count(*) AS records FROM records
WHERE outbound AND NOT delivered AND NOT pending
GROUP BY ALL ORDER BY records DESC, country, operator, error LIMIT {FAILURES}
"""


def compute(connection, files):
    """All figures, from one pass over the files into a table of what counts."""
    connection.execute(RECORDS, [files])

    def rows(query):
        result = connection.execute(query)
        names = [column[0] for column in result.description]
        return [dict(zip(names, row)) for row in result.fetchall()]

    def counts(column, where="true"):
        query = f"SELECT {column} AS name, count(*) AS records FROM records WHERE {where} GROUP BY 1"
        return {row["name"]: row["records"] for row in rows(query)}

    figures = rows(f"SELECT {MEASURES} FROM records")[0]
    for group, (name, where) in GROUPS.items():
        query = f"SELECT {name} AS name, {MEASURES} FROM records WHERE {where} GROUP BY 1"
        figures[group] = {row.pop("name"): row for row in rows(query)}
    figures["statuses"] = counts("status")
    figures["errors"] = counts("error", "error <> 'unknown'")
    figures["failures"] = rows(FAILED)
    return figures


def main():
    threads, *files = sys.argv[1:]
    begun_at = time.perf_counter()
    connection = duckdb.connect(config={"threads": int(threads)})
    figures = compute(connection, files)
    ms = (time.perf_counter() - begun_at) * 1000
    print(json.dumps({"ms": ms, "figures": figures}))


main()
