"""Asks one engine the notebook's six questions about an Iceberg table. Prints the answers as JSON.

Usage: ask.py ENGINE TABLE WORDS
ENGINE is pyiceberg, duckdb, clickhouse or spark. TABLE is a folder, or s3://bucket/path with
S3_ENDPOINT (host:port), AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in the environment.
WORDS are the words of the last question, separated by commas.
"""

import glob
import json
import os
import statistics
import sys
from collections import Counter, defaultdict

engine, table, words = sys.argv[1], sys.argv[2].rstrip("/"), sys.argv[3].split(",")
s3 = table.startswith("s3://")
endpoint = os.environ.get("S3_ENDPOINT", "")
key, secret = os.environ.get("AWS_ACCESS_KEY_ID", ""), os.environ.get("AWS_SECRET_ACCESS_KEY", "")


def sql_questions(day, hour, median, contains):
    """Returns the questions in SQL. The arguments differ between dialects."""
    days = f"""select {day} as day, count(*) as toots, count(*) filter (where bot) as bot_toots,
      count(distinct coalesce(author, username)) as users,
      count(distinct from_instance) as instances, count(distinct {hour}) as hours
      from toot group by 1"""
    mentions = " union all ".join(
        f"""select {day} as day, '{word}' as word, count(*) as toots from toot
        where {contains.format(word=word)} group by 1, 2"""
        for word in words
    )
    return {
        "days": days,
        "apps": """select app, count(*) as toots from toot
          where app is not null and app <> '' and not bot group by 1""",
        "hours": f"select {day} as day, {hour} as hour, count(*) as toots from toot group by 1, 2",
        "languages": "select language, count(*) as toots from toot group by 1",
        "density": f"""select language, count(*) as toots, min(characters) as shortest,
          {median} as median, max(characters) as longest
          from toot where characters < 200 and language <> 'unknown' group by 1""",
        "mentions": mentions,
    }


def with_duckdb():
    import duckdb

    connection = duckdb.connect(config={"allow_unsigned_extensions": "true"})
    for name in ["avro", "iceberg"] + (["httpfs"] if s3 else []):
        [path] = glob.glob(
            f"{sys.prefix}/lib/python3*/site-packages/duckdb_extension_{name}/**/*.duckdb_extension",
            recursive=True,
        )
        connection.execute(f"load '{path}'")
    if s3:
        connection.execute(
            f"set s3_endpoint='{endpoint}'; set s3_access_key_id='{key}'; "
            f"set s3_secret_access_key='{secret}'; set s3_use_ssl=false; set s3_url_style='path'"
        )
    connection.execute(f"create view toot as from iceberg_scan('{table}')")
    questions = sql_questions(
        "strftime(created_tz, '%Y-%m-%d')",
        "hour(created_tz)",
        "quantile_cont(characters, 0.5)",
        "contains(lower(mastodon_text), '{word}')",
    )
    answers = {name: connection.execute(sql).fetchall() for name, sql in questions.items()}
    return f"DuckDB {duckdb.__version__}, iceberg extension", answers


def with_clickhouse():
    import chdb
    from chdb.session import Session

    session = Session()
    source = (
        f"icebergS3('http://{endpoint}/{table[5:]}/', '{key}', '{secret}')"
        if s3
        else f"icebergLocal('{table}')"
    )
    questions = sql_questions(
        "formatDateTime(created_tz, '%F')",
        "toHour(created_tz)",
        "quantileExactInclusive(0.5)(characters)",
        "position(lowerUTF8(mastodon_text), '{word}') > 0",
    )
    settings = "settings session_timezone = 'UTC', output_format_json_quote_64bit_integers = 0"
    answers = {}
    for name, sql in questions.items():
        query = f"with toot as (select * from {source}) select * from ({sql}) {settings}"
        answers[name] = json.loads(str(session.query(query, "JSONCompact")))["data"]
    version = str(session.query("select version()", "TSV")).strip()
    return f"ClickHouse {version} (chdb {chdb.__version__})", answers


def with_spark():
    import pyspark
    from pyspark.sql import SparkSession

    jars = ",".join(glob.glob(f"{os.environ['ENGINE_JARS']}/*.jar"))
    spark = (
        SparkSession.builder.master("local-cluster[2,1,1024]")
        .config("spark.jars", jars)
        .config("spark.ui.enabled", "false")
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.sql.shuffle.partitions", "4")
        .getOrCreate()
    )
    spark.sparkContext.setLogLevel("OFF")
    spark.read.format("iceberg").load(table).createOrReplaceTempView("toot")
    questions = sql_questions(
        "date_format(created_tz, 'yyyy-MM-dd')",
        "hour(created_tz)",
        "percentile(characters, 0.5)",
        "contains(lower(mastodon_text), '{word}')",
    )
    answers = {
        name: [list(row) for row in spark.sql(sql).collect()] for name, sql in questions.items()
    }
    runtime = os.path.basename(jars.split(",")[0]).removesuffix(".jar")
    spark.stop()
    return f"Spark {pyspark.__version__}, two executors, {runtime}", answers


def with_pyiceberg():
    """PyIceberg has no SQL: the rows are counted in Python."""
    import pyiceberg
    from pyiceberg.table import StaticTable

    properties = {
        "s3.endpoint": f"http://{endpoint}",
        "s3.access-key-id": key,
        "s3.secret-access-key": secret,
        "s3.region": "us-east-1",
    } if s3 else {}
    rows = StaticTable.from_metadata(newest_metadata(properties), properties).scan().to_arrow().to_pylist()
    days, hours = defaultdict(list), Counter()
    apps, languages, lengths, mentions = Counter(), Counter(), defaultdict(list), Counter()
    for row in rows:
        time = row["created_tz"]
        day = time.strftime("%Y-%m-%d")
        days[day].append(row)
        hours[day, time.hour] += 1
        languages[row["language"]] += 1
        if row["app"] and not row["bot"]:
            apps[row["app"]] += 1
        if row["characters"] < 200 and row["language"] != "unknown":
            lengths[row["language"]].append(row["characters"])
        for word in words:
            if word in (row["mastodon_text"] or "").lower():
                mentions[day, word] += 1

    def distinct(some, value):
        return len({value(row) for row in some} - {None})

    return f"PyIceberg {pyiceberg.__version__}", {
        "days": [
            [
                day,
                len(some),
                sum(bool(row["bot"]) for row in some),
                distinct(some, lambda row: row["author"] if row["author"] is not None else row["username"]),
                distinct(some, lambda row: row["from_instance"]),
                distinct(some, lambda row: row["created_tz"].hour),
            ]
            for day, some in days.items()
        ],
        "apps": list(apps.items()),
        "hours": [[*key, count] for key, count in hours.items()],
        "languages": list(languages.items()),
        "density": [
            [language, len(some), min(some), statistics.median(some), max(some)]
            for language, some in lengths.items()
        ],
        "mentions": [[*key, count] for key, count in mentions.items()],
    }


def newest_metadata(properties):
    """Returns the address of the newest metadata file, which PyIceberg needs to open the table."""
    from pyiceberg.io import load_file_io

    io = load_file_io(properties, table)
    with io.new_input(f"{table}/metadata/version-hint.text").open() as file:
        return f"{table}/metadata/v{file.read().decode()}.metadata.json"


version, answers = {
    "duckdb": with_duckdb,
    "clickhouse": with_clickhouse,
    "spark": with_spark,
    "pyiceberg": with_pyiceberg,
}[engine]()
answers = {name: [list(row) for row in rows] for name, rows in answers.items()}
print("ANSWER " + json.dumps({"version": version, "answers": answers}))
