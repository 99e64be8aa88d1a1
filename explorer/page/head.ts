/**
 * The head of the page: the live numbers, the numbers of the selection, and the filters.
 *
 * @module
 */
import { type DimensionName, type ListName, LISTS, WEEKDAYS } from "./dimensions.ts";
import { lengthLabel, timeLabel } from "./charts/axes.ts";
import { byId, h, setChildren, setText } from "./dom.ts";
import type { Filters } from "./filters/filters.ts";
import { duration, moment, percent, whole } from "./format.ts";
import type { About } from "./source/source.ts";

/** A space instead of a note below a number, so that the page below does not jump. */
const NOTHING = "\u00a0";

/** A lake counts as live for this many milliseconds after its last toot has arrived. */
const LIVE = 120_000;

/** The values of the column `language` that are not languages. */
const NO_LANGUAGE = ["Not stated", "All others"];

/** Shows whether the lake is live, and its live numbers. */
export function drawLive({ live, contents, exported }: About, now = Date.now()): void {
  if (exported !== null) {
    return byId("live").replaceChildren(`Exported ${moment(exported)} UTC`);
  }
  const { lastMinute, lastHour, lag, lastObserved, servers } = live;
  const on = lastObserved !== null && now - lastObserved < LIVE;
  // The times of withheld toots are cut to the hour, so these numbers leave them out.
  const title = contents.withheld ? { title: "without withheld toots" } : {};
  const part = (text: string, strong: string, attributes: Record<string, string> = {}) =>
    h("span", attributes, h("strong", {}, strong), ` ${text}`);
  const covered = servers.filter(({ covered }) => covered).length;
  byId("live").replaceChildren(
    h("span", { class: on ? "pulse on" : "pulse" }, on ? "Live" : "At rest"),
    ...(on
      ? [
        part("last minute", whole(lastMinute), title),
        part("last hour", whole(lastHour), title),
        ...(lag === null ? [] : [part("to arrive", duration(lag), title)]),
      ]
      : contents.last === null
      ? []
      : [h("span", {}, `last toot ${moment(contents.last)} UTC`)]),
    ...(servers.length === 0
      ? []
      : [part(`of ${servers.length} timelines covered`, whole(covered))]),
  );
}

/**
 * The numbers of the selection: all toots, the toots by bots, the withheld toots, and the authors.
 */
export interface SelectionNumbers {
  readonly toots: number;
  /**
   * The number of toots by bots. This number and the next two are null until they are counted. In a
   * static export with a filter, they are always null.
   */
  readonly bots: number | null;
  readonly withheld: number | null;
  readonly authors: number | null;
}

/** Shows the numbers of the selection, and the languages and the time span of the lake. */
export function drawNumbers(numbers: SelectionNumbers, { contents }: About): void {
  const { toots, bots, withheld, authors } = numbers;
  const all = contents.toots;
  const languages = contents.values.language.filter((name) => !NO_LANGUAGE.includes(name)).length;
  const days = contents.first === null ? 0 : (contents.last! - contents.first) / 86_400_000;
  const stat = (name: string, value: string, small: string, id: string) =>
    h(
      "div",
      { class: "stat" },
      h("dt", {}, name),
      h("dd", { id }, value, h("small", {}, small || NOTHING)),
    );
  byId("stats").replaceChildren(
    h(
      "dl",
      { class: "stats" },
      stat(
        "Toots",
        whole(toots),
        toots === all ? "all of them" : `${percent(toots, all)} of ${whole(all)}`,
        "n-toots",
      ),
      stat(
        "Authors",
        authors === null ? "–" : whole(authors),
        authors ? `${(toots / authors).toFixed(1)} toots each` : "",
        "n-authors",
      ),
      stat(
        "By bots",
        bots === null ? "–" : percent(bots, toots),
        bots === null ? "" : whole(bots),
        "n-bots",
      ),
      stat(
        "Withheld",
        withheld === null ? "–" : percent(withheld, toots),
        withheld === null ? "" : `${whole(withheld)} counted, not shown`,
        "n-withheld",
      ),
      stat("Languages", whole(languages), "in the lake", "n-languages"),
      stat(
        "Time",
        days < 2 ? `${Math.ceil(days * 24)} h` : `${Math.ceil(days)} days`,
        contents.first === null ? "" : `since ${moment(contents.first)}`,
        "n-time",
      ),
    ),
  );
}

/** The returned `draw` shows a button for each active filter. A click on it clears the filter. */
export function chips(filters: Filters) {
  const hint = h(
    "span",
    {},
    "Drag across the time chart, or click a language, an app or an hour to filter all charts.",
  );
  const made = new Map<DimensionName, { element: HTMLElement; value: HTMLElement }>();

  function chip(name: DimensionName): HTMLElement {
    let chip = made.get(name);
    if (!chip) {
      const value = h("b");
      const element = h(
        "button",
        {
          class: "chip",
          type: "button",
          "data-filter": name,
          onclick: () => filters.clear(name),
        },
        h("span", {}, `${titleOf(name)}: `, value),
        h("i", { "aria-hidden": "true" }, "×"),
      );
      made.set(name, chip = { element, value });
    }
    const text = valueOf(filters, name);
    setText(chip.value, text);
    chip.element.setAttribute("aria-label", `Clear the filter ${titleOf(name)}: ${text}`);
    return chip.element;
  }

  function draw(): void {
    const active = filters.active().map(chip);
    setChildren(byId("chips"), active.length > 0 ? active : [hint], byId("charts"));
  }
  return { draw };
}

function titleOf(name: DimensionName): string {
  const fixed: Partial<Record<DimensionName, string>> = {
    slot: "Time",
    length_bin: "Length",
    week_hour: "Time of the week",
    word: "Text holds",
  };
  return fixed[name] ?? LISTS.get(name)!.title;
}

function valueOf(filters: Filters, name: DimensionName): string {
  const { state, scales } = filters;
  switch (name) {
    case "slot": {
      const bars = filters.timeSlots();
      return bars
        ? timeLabel(scales.time, ...bars)
        : `${state.time!.map(moment).join(" to ")} (outside the chart)`;
    }
    case "length_bin": {
      const bars = filters.lengthBins();
      return bars
        ? lengthLabel(scales.lengthStep, scales.lengthBins, ...bars)
        : `${state.length!.map(whole).join(" to ")} characters (outside the chart)`;
    }
    case "week_hour":
      return hoursText(state.hours!);
    case "word":
      return state.words!.join(" or ");
    case "hashtag":
      return state.lists.hashtag!.map((tag) => `#${tag}`).join(" or ");
    default:
      return state.lists[name as ListName]!.join(" or ");
  }
}

function hoursText(hours: readonly number[]): string {
  if (hours.length > 3) return `${hours.length} hours`;
  return hours.map((hour) =>
    `${WEEKDAYS[Math.floor(hour / 24)]} ${String(hour % 24).padStart(2, "0")}:00`
  ).join(", ");
}
