/**
 * The people and machines of the federation, invented from the seed.
 *
 * @module
 */
import { chance, hash, pick } from "./hash.ts";
import { type Client, clientFor, WEB } from "./clients.ts";
import { LANGUAGES } from "./languages.ts";

const DAY = 86_400_000;
const MINUTE = 60_000;

/** An account, as its own server knows it. */
export interface Account {
  /** Its index in the list of all accounts. */
  index: number;
  username: string;
  /** The domain in its handle. */
  domain: string;
  /** What its addresses begin with, such as `https://tusk.example`. */
  origin: string;
  /** The index of its server, or -1 if that one is not part of the federation. */
  home: number;
  displayName: string;
  /** Index into `LANGUAGES`. */
  language: number;
  bot: boolean;
  /** Milliseconds between two posts of a bot on a schedule, 0 for all others. */
  every: number;
  /** Milliseconds after each interval at which such a bot posts. */
  phase: number;
  client: Client;
  secondClient: Client;
  /** False if the account hides which client it uses. */
  showsClient: boolean;
  /** The opt-out from search engines. */
  noindex: boolean;
  /** A hashtag in the bio that opts out, such as `nobot`. */
  optOut: string | null;
  /** The opt-in to search on the fediverse. */
  indexable: boolean;
  createdAt: number;
  /** True for the newer shape of addresses, `/ap/users/<id>`. */
  numericURI: boolean;
}

/** All accounts, and which of them write in which language. */
export interface Accounts {
  all: readonly Account[];
  /** Indexes into `all` by language, the busiest first, without the bots on a schedule. */
  byLanguage: readonly (readonly number[])[];
  /** The bots on a schedule. */
  clockwork: readonly Account[];
}

// deno-fmt-ignore
const FIRST = ["quiet", "amber", "swift", "mossy", "lunar", "copper", "tidal", "velvet", "rusty", "polar",
  "sunny", "cobalt", "humble", "breezy", "wild", "gentle", "silver", "dusty", "merry", "coral", "misty",
  "nimble", "paper", "stormy", "woolly", "frosty", "hazel", "olive", "plum", "saffron"];
// deno-fmt-ignore
const SECOND = ["heron", "otter", "badger", "lynx", "finch", "walrus", "beaver", "puffin", "tapir", "gecko",
  "marten", "bison", "crane", "dormouse", "egret", "falcon", "gibbon", "hare", "ibis", "jackdaw", "kiwi",
  "lemur", "moth", "newt", "owl", "pika", "quail", "raven", "seal", "toad", "urchin", "vole", "wombat"];
const MACHINES = ["weather", "trains", "tides", "headlines", "releases", "birds", "quakes", "art"];
const OUTSIDE = ["reef.example", "lantern.example", "orchard.example", "quarry.example"];
const OPT_OUTS = ["nobot", "nobot", "noindex", "noarchive", "nobots"];

/**
 * Invents the accounts of servers with these domains; the share `outside` lives on
 * other servers. Addresses begin with the `origins`, by default `https://` and the domain.
 */
export function createAccounts(
  seed: number,
  domains: readonly string[],
  perServer: number,
  outside: number,
  origins: readonly string[] = domains.map((domain) => `https://${domain}`),
): Accounts {
  const all: Account[] = [];
  /** How many accounts have a name on a domain; from the second on, a number is added. */
  const taken = new Map<string, number>();
  const byLanguage: number[][] = LANGUAGES.map(() => []);
  const clockwork: Account[] = [];
  const total = Math.round(domains.length * perServer * (1 + outside));
  const weights = LANGUAGES.reduce((sum, { weight }) => sum + weight, 0);

  const invent = (language: number, every: number): Account => {
    const index = all.length;
    const at = (salt: number) => chance(seed, index, salt);
    const bot = every > 0 || at(1) < 0.03;
    // The first server is the largest.
    const home = every === 0 && at(2) < outside
      ? -1
      : every > 0
      ? Math.floor(at(3) * domains.length)
      : Math.floor(domains.length * at(3) ** 1.25);
    const domain = home < 0 ? pick(OUTSIDE, seed, index, 4) : domains[home]!;
    const name = bot
      ? `${pick(MACHINES, seed, index, 5)}_${LANGUAGES[language]!.tag}`
      : `${pick(FIRST, seed, index, 5)}${pick(SECOND, seed, index, 6)}`;
    const before = taken.get(`${name}@${domain}`) ?? 0;
    taken.set(`${name}@${domain}`, before + 1);
    const username = before === 0 ? name : `${name}${before + 1}`;
    const { tag } = LANGUAGES[language]!;
    const first = clientFor(tag, bot, at(7));
    const account: Account = {
      index,
      username,
      domain,
      origin: home < 0 ? `https://${domain}` : origins[home]!,
      home,
      displayName: displayName(username, bot, at(8)),
      language,
      bot,
      every,
      phase: every === 0 ? 0 : Math.floor(at(9) * every / MINUTE) * MINUTE,
      client: first,
      secondClient: bot ? first : at(10) < 0.5 ? WEB : clientFor(tag, bot, at(11)),
      showsClient: at(12) > 0.08,
      noindex: !bot && at(13) < 0.09,
      optOut: !bot && at(14) < 0.04 ? pick(OPT_OUTS, seed, index, 15) : null,
      indexable: at(16) < 0.22,
      createdAt: Date.UTC(2017, 3, 1) + Math.floor(at(17) * 3_000) * DAY,
      numericURI: at(18) < 0.15,
    };
    all.push(account);
    return account;
  };

  LANGUAGES.forEach(({ weight }, language) => {
    const count = Math.max(8, Math.round(total * weight / weights));
    for (let i = 0; i < count; i++) byLanguage[language]!.push(invent(language, 0).index);
  });
  for (let server = 0; server < domains.length; server++) {
    for (const minutes of [30, 60, 60, 180]) {
      const language = hash(seed, all.length, 20) % 6;
      clockwork.push(invent(language, minutes * MINUTE));
    }
  }
  return { all, byLanguage, clockwork };
}

/** Gives the accounts of a server another domain, and addresses that begin with `origin`. */
export function moveAccounts(
  { all }: Accounts,
  home: number,
  { domain, origin }: { domain: string; origin: string },
): void {
  for (const account of all) if (account.home === home) Object.assign(account, { domain, origin });
}

function displayName(username: string, bot: boolean, at: number): string {
  const words = username.replace(/_/g, " ").replace(/\d+$/, "");
  const name = words.charAt(0).toUpperCase() + words.slice(1);
  if (bot) return `${name} (bot)`;
  return at < 0.06 ? "" : at < 0.15 ? `${name} :verified_duck:` : at < 0.25 ? `${name} 🌻` : name;
}
