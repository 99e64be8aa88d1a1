"""Runs the questions of the notebook in Spark SQL over the Iceberg table of a compacted lake, for
comparison. Spark runs on this machine alone. The program prints the time of each step as JSON.

Usage: spark.py TABLE LANGUAGES, where TABLE is a folder. The variable ENGINE_JARS is the folder
with the Iceberg runtime.
"""

import glob
import json
import os
import sys

from steps import step, steps

table, languages = sys.argv[1:3]
words = os.environ.get("WORDS", "balloon,earthquake,superbowl,chatgpt").split(",")

from pyspark.sql import SparkSession  # noqa: E402

spark = (
    SparkSession.builder.master("local[*]")
    .config("spark.jars", ",".join(glob.glob(f"{os.environ['ENGINE_JARS']}/*.jar")))
    .config("spark.driver.memory", "4g")
    .config("spark.ui.enabled", "false")
    .config("spark.sql.session.timeZone", "UTC")
    .config("spark.sql.shuffle.partitions", "4")
    .getOrCreate()
)
spark.sparkContext.setLogLevel("OFF")
step("open")

spark.read.format("iceberg").load(table).createOrReplaceTempView("record")
spark.read.csv(languages, header=True).cache().createOrReplaceTempView("language")
spark.sql(
    """
    create or replace temporary view toot as
    select record.*, language_name from record left join language on language = lang_iso
    """
)
step("views")

day = "cast(created_tz as date)"
questions = {
    "all": """
      select count(*), (select count(*) from record), count(distinct author),
        count(distinct base_url), count(withheld), min(created_tz), max(created_tz)
      from toot""",
    "days": f"""
      select {day}, count(*), count(*) filter (where bot),
        count(distinct coalesce(author, username)), count(distinct from_instance),
        count(distinct hour(created_tz)), mode(username) filter (where not bot),
        mode(username) filter (where bot), mode(base_url)
      from toot group by 1 order by 1""",
    "apps": """
      select app, count(*) as toots from toot
      where app is not null and app <> '' and not bot group by app order by toots desc, app""",
    "hours": f"""
      select {day}, hour(created_tz), count(*) from toot group by 1, 2 order by 1, 2""",
    "languages": """
      select case language when 'unknown' then null else coalesce(language_name, language) end,
        count(*) as toots
      from toot group by 1 order by toots desc, 1""",
    "density": """
      select coalesce(language_name, language), count(*) as toots, min(characters),
        percentile(characters, array(0.25, 0.5, 0.75)), max(characters)
      from toot where characters < 200 and language <> 'unknown'
      group by 1 order by toots desc, 1 limit 20""",
    "mentions": f"""
      select day, word, count(*)
      from (select {day} as day, lower(mastodon_text) as text from toot)
      lateral view explode(array({", ".join(f"'{word}'" for word in words)})) as word
      where contains(text, word) group by 1, 2 order by 1, 2""",
}
for name, sql in questions.items():
    spark.sql(sql).collect()
    step(name)

jvm = spark.sparkContext._jvm.java.lang.ProcessHandle.current().pid()
with open(f"/proc/{jvm}/status") as status:
    peak = next(int(line.split()[1]) for line in status if line.startswith("VmHWM:"))
spark.stop()
print(json.dumps({"steps": steps, "peakMiB": peak / 1024}))
