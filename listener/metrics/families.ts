/**
 * The metrics by name. Most values are read from the totals only when Prometheus asks, so they cost
 * nothing while toots are counted.
 *
 * @module
 */
import { cpuUsage } from "node:process";
import { Counter, Gauge, Histogram, type Registry } from "prom-client";
import type { Clock } from "../../common/clock.ts";
import type { ServerTotals, Totals } from "../report/totals.ts";

/** The sources of the metrics. */
export interface Sources {
  readonly totals: Totals;
  readonly clock: Pick<Clock, "now">;
  readonly lastContact: (baseURL: string) => number | null;
  readonly stalledSince: (sink: number) => number | null;
}

/** Counts events as they happen. */
export interface Told {
  /** Counts a request that Kafka has acknowledged. */
  sent(sent: { messages: number; milliseconds: number }): void;
}

/** Creates the metrics of the listener. Returns the functions that count events. */
export function listenerMetrics(registry: Registry, sources: Sources): Told {
  const { totals, clock, lastContact, stalledSince } = sources;
  const registers = [registry];

  /** Creates a counter whose value is read when Prometheus asks. */
  function counter(name: string, help: string, read: (set: Set) => void, labelNames: string[]) {
    new Counter({
      name,
      help,
      labelNames,
      registers,
      collect() {
        this.reset();
        read((labels, value) => this.inc(labels, value));
      },
    });
  }
  function gauge(name: string, help: string, read: (set: Set) => void, labelNames: string[] = []) {
    new Gauge({
      name,
      help,
      labelNames,
      registers,
      collect() {
        this.reset();
        read((labels, value) => this.set(labels, value));
      },
    });
  }
  type Set = (labels: Record<string, string>, value: number) => void;

  function perServer(read: (server: ServerTotals) => number | null) {
    return (set: Set) => {
      for (const [server, counts] of totals.servers) {
        const value = read(counts);
        if (value !== null) set({ server }, value);
      }
    };
  }
  const serverCounter = (name: string, help: string, read: (server: ServerTotals) => number) =>
    counter(name, help, perServer(read), ["server"]);
  const serverGauge = (
    name: string,
    help: string,
    read: (server: ServerTotals) => number | null,
  ) => gauge(name, help, perServer(read), ["server"]);
  const age = (at: number | null) => at === null ? null : (clock.now() - at) / 1000;

  counter("mastodon_toots_total", "Records made", (set) => {
    for (const [server, { transports }] of totals.servers) {
      for (const [transport, count] of Object.entries(transports)) {
        set({ server, transport }, count);
      }
    }
  }, ["server", "transport"]);
  serverCounter("mastodon_withheld_total", "Records without text and author", (s) => s.withheld);
  serverCounter(
    "mastodon_duplicates_total",
    "Repeated statuses that were dropped",
    (s) => s.duplicates,
  );
  counter(
    "mastodon_left_out_total",
    "Statuses that are left out: boosts, and those that are not public",
    (set) => {
      for (const [server, { boosts, notPublic }] of totals.servers) {
        set({ server, reason: "boost" }, boosts);
        set({ server, reason: "visibility" }, notPublic);
      }
    },
    ["server", "reason"],
  );
  serverCounter("mastodon_deletes_total", "Deletes heard", (s) => s.deletes);
  serverCounter(
    "mastodon_dead_letters_total",
    "Statuses and events that could not be read",
    (s) => s.deadLetters,
  );
  serverCounter(
    "mastodon_odd_times_total",
    "Records whose server sent an impossible time",
    (s) => s.oddTimes,
  );
  serverCounter("mastodon_gaps_total", "Gaps: times in which statuses were missed", (s) => s.gaps);
  serverCounter(
    "mastodon_gap_seconds_total",
    "Length of the gaps in seconds",
    (s) => s.gapMilliseconds / 1000,
  );
  serverCounter(
    "mastodon_gap_filled_total",
    "Statuses that were fetched to fill gaps",
    (s) => s.filled,
  );
  serverCounter(
    "mastodon_gap_lost_seconds_total",
    "Seconds of the gaps that could not be filled",
    (s) => s.lostMilliseconds / 1000,
  );

  serverGauge(
    "mastodon_lag_seconds",
    "Seconds from posting to arrival, for the last status of the stream",
    (s) => s.lag === null ? null : s.lag / 1000,
  );
  serverGauge(
    "mastodon_last_toot_age_seconds",
    "Seconds since the last record",
    (s) => age(s.heardAt),
  );
  serverGauge(
    "mastodon_checkpoint_age_seconds",
    "Seconds since the checkpoint was last written",
    (s) => age(s.checkpointAt),
  );
  gauge(
    "mastodon_contact_age_seconds",
    "Seconds since the server last showed a sign of life",
    (set) => {
      for (const server of totals.servers.keys()) {
        const value = age(lastContact(server));
        if (value !== null) set({ server }, value);
      }
    },
    ["server"],
  );
  serverGauge(
    "mastodon_server_failed",
    "1 if the feed of the server has failed",
    (s) => s.failure ? 1 : 0,
  );

  gauge("mastodon_queue_records", "Records on their way to the sinks", (set) => {
    set({ stage: "waiting" }, totals.waiting);
    set({ stage: "not_durable" }, totals.pending);
  }, ["stage"]);
  gauge(
    "mastodon_sink_lag_batches",
    "Batches that the sink has taken, but that are not durable yet",
    (set) => {
      for (const { name, written, durable } of totals.sinks) {
        set({ sink: name }, Math.max(0, written - durable));
      }
    },
    ["sink"],
  );
  gauge(
    "mastodon_sink_stalled_seconds",
    "Seconds since a sink with waiting batches last made one durable",
    (set) => {
      for (const [i, { name }] of totals.sinks.entries()) {
        set({ sink: name }, age(stalledSince(i)) ?? 0);
      }
    },
    ["sink"],
  );
  counter("mastodon_sink_unfit_total", "Records that a sink could not take", (set) => {
    for (const { name, unfit } of totals.sinks) set({ sink: name }, unfit);
  }, ["sink"]);

  processMetrics(gauge, counter, totals.startedAt);

  const produced = new Counter({
    name: "mastodon_produced_messages_total",
    help: "Messages that Kafka has acknowledged",
    registers,
  });
  const latency = new Histogram({
    name: "mastodon_produce_seconds",
    help: "Seconds from a request to Kafka until all replicas in sync have acknowledged it",
    buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers,
  });
  return {
    sent({ messages, milliseconds }) {
      produced.inc(messages);
      latency.observe(milliseconds / 1000);
    },
  };
}

type Make = (
  name: string,
  help: string,
  read: (set: (labels: Record<string, string>, value: number) => void) => void,
  labelNames: string[],
) => void;

/**
 * Creates the metrics of the process under the names that Prometheus's client libraries use.
 * prom-client could create them too, but its values are wrong outside Node.
 */
function processMetrics(gauge: Make, counter: Make, startedAt: number): void {
  gauge("process_resident_memory_bytes", "Memory held", (set) => {
    set({}, Deno.memoryUsage().rss);
  }, []);
  gauge("nodejs_heap_size_used_bytes", "Memory that JavaScript objects use", (set) => {
    set({}, Deno.memoryUsage().heapUsed);
  }, []);
  gauge(
    "process_start_time_seconds",
    "Start time of the process",
    (set) => set({}, startedAt / 1000),
    [],
  );
  counter("process_cpu_seconds_total", "Processor time, user and system", (set) => {
    const { user, system } = cpuUsage();
    set({}, (user + system) / 1e6);
  }, []);
}
