/**
 * The accounts of people and bots in the federation, invented from the seed.
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
  /** The beginning of its addresses, such as `https://tusk.example`. */
  origin: string;
  /** The index of its server, or -1 if the server is not part of the federation. */
  home: number;
  displayName: string;
  /** The index of its language in `LANGUAGES`. */
  language: number;
  bot: boolean;
  /** The time in milliseconds between two posts of a scheduled bot; 0 for all other accounts. */
  every: number;
  /** A scheduled bot posts this many milliseconds after the start of each interval of `every`. */
  phase: number;
  client: Client;
  secondClient: Client;
  /** False if the account hides its app. */
  showsClient: boolean;
  /** True if the account has opted out of search engines. */
  noindex: boolean;
  /** A hashtag in the bio that opts out, such as `nobot`, or looks like an opt-out: `nobots`. */
  optOut: string | null;
  /** True if the account has opted in to search on the fediverse. */
  indexable: boolean;
  createdAt: number;
  /** True if its address has the newer form `/ap/users/<id>`. */
  numericURI: boolean;
}

/** All accounts, also grouped by language. */
export interface Accounts {
  all: readonly Account[];
  /**
   * The indexes in `all` for each language, the busiest accounts first, without scheduled bots.
   */
  byLanguage: readonly (readonly number[])[];
  /** The scheduled bots. */
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
 * Invents the accounts of servers with these domains. The share `outside` of them belongs to
 * servers outside the federation. Addresses begin with the `origins`, by default `https://` and the
 * domain.
 */
export function createAccounts(
  seed: number,
  domains: readonly string[],
  perServer: number,
  outside: number,
  origins: readonly string[] = domains.map((domain) => `https://${domain}`),
): Accounts {
  const all: Account[] = [];
  /**
   * Counts the accounts with the same name on a domain. From the second account on, a number is
   * added to the name.
   */
  const taken = new Map<string, number>();
  const byLanguage: number[][] = LANGUAGES.map(() => []);
  const clockwork: Account[] = [];
  const total = Math.round(domains.length * perServer * (1 + outside));
  const weights = LANGUAGES.reduce((sum, { weight }) => sum + weight, 0);

  const invent = (language: number, every: number): Account => {
    const index = all.length;
    const at = (salt: number) => chance(seed, index, salt);
    const bot = every > 0 || at(1) < 0.03;
    // The first server has the most accounts.
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

/** Changes the domain of a server's accounts, and lets their addresses begin with `origin`. */
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
