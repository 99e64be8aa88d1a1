/**
 * The page: all charts around one selection.
 *
 * @module
 */
import { Coordinator, type MosaicClient } from "@uwdata/mosaic-core";
import { lengthLabel, lengthTicks, timeLabel, timeTicks } from "./charts/axes.ts";
import { bars } from "./charts/bars.ts";
import { CountClient, type Drawn, knowCounts } from "./charts/client.ts";
import { histogram } from "./charts/histogram.ts";
import { week } from "./charts/week.ts";
import { type DimensionName, type ListDimension, NARROW, WIDE } from "./dimensions.ts";
import { byId, h } from "./dom.ts";
import { Filters, type Scales } from "./filters/filters.ts";
import { chips, drawLive } from "./head.ts";
import { openNumbers } from "./numbers.ts";
import type { About, Source } from "./source/source.ts";
import { showProblem } from "./states.ts";
import { tools } from "./tools.ts";
import { atMostEvery, whenDrawn, whenSettled } from "./settle.ts";
import { newestToots } from "./toots.ts";
import { drawServers, serversCard } from "./servers.ts";

/**
 * The number of bars of the length chart. It must be the same as `LENGTH_BINS` in `columns.ts`.
 */
const LENGTH_BINS = 24;

/** The maximum number of words in a link. Each one is searched for in all texts. */
const MOST_WORDS = 10;

/**
 * The page's address changes at most once in this many milliseconds. Safari allows 100 changes in
 * 30 seconds.
 */
const ADDRESS = 320;

/** A page that is drawn. */
export interface Page {
  /** Updates the page. If the tables have changed, all counts are queried again. */
  update(about: About): Promise<void>;
}

function scalesOf({ contents, lengthStep }: About): Scales {
  return { time: contents.time, lengthStep, lengthBins: LENGTH_BINS };
}

/** Draws the page. Resolves when all charts have their counts; the next frame draws them. */
export async function openPage(source: Source, first: About): Promise<Page> {
  let about = first;
  const asked = new URLSearchParams(location.search).get("preaggregate") !== "off";
  // A static export contains only counts, so nothing has to be counted in advance.
  const preaggregate = asked && source.server !== null;
  const coordinator = new Coordinator(source.connector, {
    logger: null,
    consolidate: false,
    preagg: { enabled: preaggregate },
  });
  source.know(about);
  knowCounts(coordinator, about, source);
  const failed = (error: Error) => showProblem(error.message.split("\n", 1)[0]!);
  const clients = new Map<DimensionName, MosaicClient>();
  const filters = new Filters(scalesOf(about), clients, source);
  const counted: CountClient[] = [];
  const redraws: (() => void)[] = [];

  function connect(by: DimensionName | null, drawn: Drawn): void {
    const client = new CountClient(by, source, drawn, failed);
    if (by !== null) clients.set(by, client);
    counted.push(client);
  }

  function list(dimension: ListDimension, heading: "h2" | "h3"): HTMLElement {
    const { name } = dimension;
    const chart = bars({
      dimension,
      heading,
      chosen: () => filters.state.lists[name] ?? [],
      toggle: (value) => filters.toggle(name, value),
      near: () => filters.activate(name),
    });
    connect(name, chart.drawn);
    redraws.push(chart.redraw);
    return chart.element;
  }

  const time = histogram({
    id: "time",
    title: "Toots over time",
    column: "Time (UTC)",
    height: 190,
    slots: () => filters.scales.time.slots,
    ticks: (width) => timeTicks(filters.scales.time, width),
    label: (from, to) => timeLabel(filters.scales.time, from, to),
    chosen: () => filters.timeSlots() as [number, number] | null,
    choose(range) {
      const { start, step } = filters.scales.time;
      filters.setTime(range && [start + range[0] * step, start + (range[1] + 1) * step]);
    },
    near: () => filters.activate("slot"),
  });
  connect("slot", time.drawn);

  const hours = week({
    chosen: () => filters.state.hours ?? [],
    choose: (hours) => filters.setHours(hours),
    near: () => filters.activate("week_hour"),
  });
  connect("week_hour", hours.drawn);
  hours.element.classList.add("left");

  const length = histogram({
    id: "length",
    title: "Length in characters",
    column: "Characters",
    height: 214,
    slots: () => LENGTH_BINS,
    ticks: (width) => lengthTicks(about.lengthStep, LENGTH_BINS, width),
    label: (from, to) => lengthLabel(about.lengthStep, LENGTH_BINS, from, to),
    chosen: () => filters.lengthBins() as [number, number] | null,
    choose: (range) =>
      filters.setLength(range && [range[0] * about.lengthStep, (range[1] + 1) * about.lengthStep]),
    near: () => filters.activate("length_bin"),
  });
  connect("length_bin", length.drawn);
  length.element.classList.add("right");
  redraws.push(time.redraw, hours.redraw, length.redraw);

  const wide = WIDE.map((dimension) => list(dimension, "h2"));
  wide.forEach((element) => element.classList.add("list"));
  // A short list is left out if the lake has no values for it.
  const told = NARROW.filter(({ name }) =>
    (about.counts[name] ?? []).some(([value]) => source.decode(name, value) !== "Not stated")
  );
  const parts = h(
    "section",
    { class: "card", "aria-label": "Kinds of toots" },
    h("div", { class: "parts" }, ...told.map((dimension) => list(dimension, "h3"))),
  );
  const toots = source.server && newestToots(source.server, about.texts);
  const servers = serversCard();
  const numbers = openNumbers(() => about, source);
  connect(null, numbers.total);

  const find = source.server && about.texts
    ? async (word: string) => {
      try {
        await source.server!.word(word);
        filters.setWords([...new Set([...filters.state.words ?? [], word.toLowerCase()])]);
        showProblem(null);
        return true;
      } catch (error) {
        failed(error as Error);
        return false;
      }
    }
    : null;
  const bar = tools({ filters, find });
  const filterChips = chips(filters);

  let drawn = 0;
  const settling = whenSettled(async (signal) => {
    const report = (error: Error) => signal.aborted || failed(error);
    await Promise.all([
      numbers.load(filters.selection, signal).catch(report),
      toots?.load(filters.selection, signal).catch(report),
    ]);
  });
  const address = atMostEvery(
    ADDRESS,
    () => history.replaceState(null, "", filters.toSearch(asked) || location.pathname),
  );

  /** Updates everything that Mosaic does not update. */
  function changed(): void {
    filterChips.draw();
    bar.draw();
    redraws.forEach((redraw) => redraw());
    address();
  }

  /**
   * Searches for words again, because the tables may not contain them any more. Returns the words
   * that were searched for without an error.
   */
  async function findWords(words: readonly string[]): Promise<string[]> {
    const found: string[] = [];
    for (const word of words) {
      if (!find) break;
      await source.server!.word(word).then(() => found.push(word), failed);
    }
    return found;
  }

  const words = [...new Set(new URLSearchParams(location.search).getAll("word"))]
    .slice(0, MOST_WORDS);
  filters.fromSearch(location.search);
  if (words.length > 0) filters.setWords(await findWords(words));
  byId("charts").replaceChildren(
    time.element,
    hours.element,
    length.element,
    ...wide,
    parts,
    ...(toots ? [toots.element] : []),
    servers,
  );
  drawLive(about);
  drawServers(about);
  filters.onchange = changed;
  // Mosaic calls this listener only after the charts have drawn the previous selection.
  filters.selection.addEventListener("value", () => {
    const pending = whenDrawn(filters.selection);
    if (!filters.renews) settling.changed(pending);
    // The benchmark waits for a change of `data-drawn`.
    pending.then(() => document.documentElement.dataset["drawn"] = String(++drawn));
  });
  filterChips.draw();
  bar.draw();
  await Promise.all(counted.map((client) => client.countAll(coordinator)));
  for (const client of counted) {
    client.follow(filters.selection);
    coordinator.connect(client);
  }
  await Promise.all(counted.map((client) => client.pending));
  // The charts are drawn in the next frame.
  requestAnimationFrame(() => byId("charts").setAttribute("aria-busy", "false"));
  settling.renew();
  // People usually drag the time first, so its counts are prepared.
  if (preaggregate) filters.activate("slot");

  return {
    async update(next) {
      const same = next.version === about.version;
      about = next;
      drawLive(about);
      drawServers(about);
      if (same) return;
      filters.scales = scalesOf(about);
      source.know(about);
      coordinator.clear({ clients: false, cache: true });
      knowCounts(coordinator, about, source);
      coordinator.preaggregator.clear();
      const { words } = filters.state;
      if (words) await findWords(words);
      await Promise.all(counted.map((client) => client.countAll(coordinator)));
      filters.renew();
      filterChips.draw();
      await Promise.all(counted.map((client) => client.requestQuery()));
      redraws.forEach((redraw) => redraw());
      settling.renew();
    },
  };
}
