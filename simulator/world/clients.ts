/**
 * The apps that people post with. Their shares are roughly those on large servers.
 *
 * @module
 */
import { cumulative, weighted } from "./hash.ts";

/** The `application` of a status. */
export interface Client {
  name: string;
  website: string | null;
}

const PEOPLE: readonly (readonly [name: string, website: string | null, weight: number])[] = [
  ["Web", null, 34],
  ["Mastodon for iOS", "https://app.joinmastodon.org/ios", 11],
  ["Mastodon for Android", "https://app.joinmastodon.org/android", 10],
  ["Tusky", "https://tusky.app", 8],
  ["Ivory for iOS", "https://tapbots.com/ivory/", 6],
  ["Ice Cubes for iOS", "https://github.com/Dimillian/IceCubesApp", 5],
  ["Phanpy", "https://phanpy.social", 4.5],
  ["Elk", "https://elk.zone", 3.5],
  ["Megalodon", "https://sk22.github.io/megalodon", 3],
  ["Mona for iPhone", "https://mastodon.social/@MonaApp", 2.5],
  ["Moshidon", "https://lucasggamerm.github.io/moshidon", 2.5],
  ["Fedilab", "https://fedilab.app", 2.2],
  ["Ivory for Mac", "https://tapbots.com/ivory/mac/", 2],
  ["Toot!", "https://apps.apple.com/app/toot/id1229021451", 1.4],
  ["Tuba", "https://tuba.geopjr.dev", 1],
  ["Pinafore", "https://pinafore.social", 0.8],
  ["Mastodeck", null, 0.4],
];
const JAPANESE: typeof PEOPLE = [
  ["SubwayTooter", "https://play.google.com/store/apps/details?id=jp.juggler.subwaytooter", 14],
  ["Zonepane for Android", null, 6],
];
const MACHINES: typeof PEOPLE = [
  ["feed2toot", "https://gitlab.com/chaica/feed2toot", 4],
  ["IFTTT", "https://ifttt.com", 3],
  ["mastodon-py bot", null, 2],
  ["dlvr.it", "https://dlvr.it", 2],
];

interface Choice {
  clients: readonly Client[];
  sums: Float64Array;
}

function choice(rows: typeof PEOPLE): Choice {
  return {
    clients: rows.map(([name, website]) => ({ name, website })),
    sums: cumulative(rows.map(([, , weight]) => weight)),
  };
}

const people = choice(PEOPLE);
const japanese = choice([...PEOPLE, ...JAPANESE]);
const machines = choice(MACHINES);

/** The app of people who post with a browser. */
export const WEB: Client = people.clients[0]!;

/** Returns the app of an author who writes in `language`. `at` is a random number from 0 to 1. */
export function clientFor(language: string, bot: boolean, at: number): Client {
  const { clients, sums } = bot ? machines : language === "ja" ? japanese : people;
  return clients[weighted(sums, at)]!;
}
