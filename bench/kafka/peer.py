"""A listener built in the way of the original project, for `deno task bench:kafka`.

Mastodon.py reads the stream, BeautifulSoup takes the text out of the HTML, an Avro producer writes
to Kafka and is flushed after every toot. The program stops after TOOTS toots.

Usage: peer.py BASE_URL TOKEN BROKERS REGISTRY TOPIC TOOTS
"""

import json
import os
import sys
import time
import warnings

from bs4 import BeautifulSoup
from mastodon import Mastodon, StreamListener

warnings.simplefilter("ignore")
from confluent_kafka import avro  # noqa: E402
from confluent_kafka.avro import AvroProducer  # noqa: E402

FIELDS = [
    ("m_id", "long", 0),
    ("created_at", ["null", "int"], None),
    ("created_at_str", "string", "unknown"),
    ("app", "string", "unknown"),
    ("url", "string", "null"),
    ("base_url", "string", "null"),
    ("language", "string", "null"),
    ("favourites", "int", 0),
    ("username", "string", ""),
    ("bot", "boolean", False),
    ("tags", "int", 0),
    ("characters", "int", 0),
    ("words", "int", 0),
    ("mastodon_text", "string", "null"),
]
SCHEMA = {
    "type": "record",
    "namespace": "com.simonaubury",
    "name": "MastodonDetails",
    "fields": [{"name": name, "type": type_, "default": value} for name, type_, value in FIELDS],
}


class ToKafka(StreamListener):
    """Produces each status as it comes, and waits until the broker has it."""

    def __init__(self, base_url, producer, topic, limit):
        self.base_url = base_url
        self.producer = producer
        self.topic = topic
        self.limit = limit
        self.toots = 0

    def on_update(self, status):
        text = BeautifulSoup(status.content, "html.parser").text
        application = getattr(status, "application", None)
        now = time.time()
        record = {
            "m_id": int(status.id),
            "created_at": int(now),
            "created_at_str": time.strftime("%Y %m %d %H:%M:%S", time.localtime(now)),
            "app": (application.get("name") if application else None) or "",
            "url": status.url or "",
            "base_url": self.base_url,
            "language": status.language or "unknown",
            "favourites": status.favourites_count,
            "username": status.account.username,
            "bot": status.account.bot,
            "tags": len(status.tags),
            "characters": len(text),
            "words": len(text.split()),
            "mastodon_text": text,
        }
        self.producer.produce(topic=self.topic, value=record)
        self.producer.flush()
        self.toots += 1
        if self.toots == self.limit:
            sys.stdout.flush()
            os._exit(0)


def main():
    base_url, token, brokers, registry, topic, limit = sys.argv[1:]
    producer = AvroProducer(
        {
            "bootstrap.servers": brokers,
            "schema.registry.url": registry,
            "broker.address.family": "v4",
        },
        default_value_schema=avro.loads(json.dumps(SCHEMA)),
    )
    mastodon = Mastodon(api_base_url=base_url, access_token=token)
    mastodon.stream_public(ToKafka(base_url, producer, topic, int(limit)), local=True)


main()
