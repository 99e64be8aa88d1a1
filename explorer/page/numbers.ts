/**
 * The numbers of the selection. The count of toots is updated while the user drags. The numbers of
 * authors, bots and withheld toots follow when the user pauses.
 *
 * @module
 */
import type { Selection } from "@uwdata/mosaic-core";
import { column, Query, sql } from "@uwdata/mosaic-sql";
import type { Drawn } from "./charts/client.ts";
import { drawNumbers, type SelectionNumbers } from "./head.ts";
import type { About, Source } from "./source/source.ts";

/**
 * Shows the numbers of the whole lake. The returned `total` and `load` show the numbers of a
 * selection.
 */
export function openNumbers(about: () => About, source: Source) {
  const { toots, bots, withheld, authors } = about().contents;
  let now: SelectionNumbers = { toots, bots, withheld, authors };
  const put = (part: Partial<SelectionNumbers>) => drawNumbers(now = { ...now, ...part }, about());
  put({});

  const total: Drawn = {
    all: () => {},
    selected(counts) {
      const toots = counts.get("all") ?? 0;
      if (source.server && toots === now.toots) return;
      const { contents } = about();
      const known = toots === contents.toots;
      const { bots, withheld, authors } = contents;
      // The old numbers belong to another selection. With them, a share could exceed 100 %.
      put(
        known
          ? { toots, bots, withheld, authors }
          : { toots, bots: null, withheld: null, authors: null },
      );
    },
  };
  return {
    /** Receives the count of the selected toots. */
    total,
    /** Counts the authors, bots and withheld toots of the selection. */
    async load(selection: Selection, signal: AbortSignal): Promise<void> {
      if (!source.server) return;
      const { bots, withheld, authors } = about().contents;
      if (!selection.clauses.some(({ predicate }) => predicate)) {
        return put({ bots, withheld, authors });
      }
      // Grouping by author and counting the rows is several times as fast as `count(DISTINCT …)`.
      const byAuthor = Query.from("toot").select({
        author: column("author"),
        bots: sql`sum(bot::INTEGER)`,
        withheld: sql`sum(withheld::INTEGER)`,
      }).where(selection.predicate() ?? []).groupby(column("author"));
      const query = Query.from(byAuthor).select({
        authors: sql`count(author)`,
        bots: sql`sum(bots)`,
        withheld: sql`sum(withheld)`,
      });
      const table = await source.server.table(query, signal);
      const value = (name: string) => Number([...table.getChild(name) ?? []][0] ?? 0);
      put({ authors: value("authors"), bots: value("bots"), withheld: value("withheld") });
    },
  };
}
