"""Runs the questions of the notebook in the way of the original project, for comparison.

DuckDB in Python reads the lake into a table, and pandas and seaborn do the rest. The
program prints the time of each step as JSON.

Usage: peer.py FILES LANGUAGES, where FILES is a glob of Parquet files or s3://…
"""

import io
import json
import os
import resource
import sys

from steps import step, steps

files, languages = sys.argv[1:3]

# Without a limit, pandas would use all memory of the machine.
limit = int(os.environ.get("PEER_MEMORY", "0"))
if limit:
    resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))

import duckdb  # noqa: E402
import matplotlib  # noqa: E402

matplotlib.use("agg")
import matplotlib.pyplot as plt  # noqa: E402
import seaborn as sns  # noqa: E402

step("import")

extension = os.environ.get("DUCKDB_HTTPFS")
config = {"allow_unsigned_extensions": "true"} if extension else {}
connection = duckdb.connect(config=config)
connection.execute("set TimeZone = 'UTC'")
if files.startswith("s3://"):
    connection.execute(f"load '{extension}'" if extension else "install httpfs; load httpfs")
    for name, variable, default in (
        ("s3_endpoint", "S3_ENDPOINT", "localhost:9000"),
        ("s3_access_key_id", "AWS_ACCESS_KEY_ID", "minio"),
        ("s3_secret_access_key", "AWS_SECRET_ACCESS_KEY", "minio123"),
        ("s3_use_ssl", "S3_USE_SSL", "false"),
        ("s3_region", "AWS_REGION", "us-east-1"),
        ("s3_url_style", "S3_URL_STYLE", "path"),
    ):
        connection.execute(f"set {name} = '{os.environ.get(variable, default)}'")
step("open")


def frame(sql):
    return connection.execute(sql).df()


def chart(draw):
    """Draws a figure as a notebook would. The time counts to the step `charts`."""
    plt.figure()
    draw()
    plt.savefig(io.BytesIO(), format="png")
    plt.close()
    step("charts")


# Reads all columns of the files.
frame(f"select * from read_parquet('{files}')")
step("raw")

connection.execute(
    f"create table language as select * from read_csv('{languages}', auto_detect = true, header = true)"
)
connection.execute(
    f"""
    create table toot_raw as
    select m_id, created_at, to_timestamp(created_at) as created_tz, app, url,
      regexp_replace(regexp_replace(url, '^https?://', ''), '/.*$', '') as from_instance,
      base_url, language, favourites, username, bot, tags, characters, mastodon_text
    from read_parquet('{files}')
    """
)
connection.execute(
    """
    create table toot as
    select toot_raw.*, language.language_name
    from toot_raw left join language on toot_raw.language = language.lang_iso
    """
)
step("views")

frame(
    """
    select strftime(created_tz, '%Y/%m/%d %a') as day, count(*) as toots,
      count(distinct username) as users, count(distinct from_instance) as instances,
      mode(case when not bot then username end) as person,
      mode(case when bot then username end) as bot, mode(base_url) as host
    from toot group by 1 order by 1
    """
)
step("days")

apps = frame("select * from toot where app is not null and app <> '' and not bot")
top = apps.app.value_counts().iloc[:10].index
step("apps")
chart(lambda: sns.countplot(data=apps, y="app", order=top))
del apps

hours = frame(
    """
    select strftime(created_tz, '%Y/%m/%d %a') as day, date_part('hour', created_tz) as hour,
      count(*) as toots
    from toot group by 1, 2 order by 1, 2
    """
)
step("hours")
chart(lambda: sns.lineplot(data=hours, x="hour", y="toots", hue="day").set_xticks(range(24)))

toots = frame("select * from toot")
top = toots.language_name.value_counts().iloc[:20].index
step("languages")
chart(lambda: sns.countplot(data=toots, y="language_name", order=top))
del toots

short = frame("select * from toot where characters < 200 and language <> 'unknown'")
top = short.language_name.value_counts().iloc[:20].index
step("density")
chart(
    lambda: sns.boxplot(
        data=short, x="characters", y="language_name", whis=100, orient="h", order=top
    )
)
del short

frame(
    """
    select strftime(created_tz, '%Y/%m/%d %a') as day, count(*) as toots,
      sum(case when mastodon_text ilike '%balloon%' then 1 else 0 end) as balloon,
      sum(case when mastodon_text ilike '%earthquake%' then 1 else 0 end) as earthquake,
      sum(case when mastodon_text ilike '%superbowl%' then 1 else 0 end) as superbowl,
      sum(case when mastodon_text ilike '%chatgpt%' then 1 else 0 end) as chatgpt
    from toot group by 1 order by 1
    """
)
step("mentions")

# `ru_maxrss` would include the memory of the parent process at the fork.
with open("/proc/self/status") as status:
    peak = next(int(line.split()[1]) for line in status if line.startswith("VmHWM:"))
print(json.dumps({"steps": steps, "peakMiB": peak / 1024}))
