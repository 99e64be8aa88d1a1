/**
 * The limits of what one server may send, each with its reason. Whatever is over
 * a limit is cut, or becomes a dead letter, and costs no more than its bytes.
 *
 * @module
 */

/** Bytes of one answer of the REST API. 40 large statuses of 100 KB are 4 MB. */
export const ANSWER_BYTES = 8 * 1024 * 1024;

/**
 * Values in the JSON of one answer. 40 statuses have some 12,000; millions of `{}` fit into the
 * bytes above and take 60 bytes of memory each.
 */
export const ANSWER_VALUES = 400_000;

/** Bytes of one frame of the stream; the largest statuses are some 100 KB. */
export const FRAME_BYTES = 4 * 1024 * 1024;

/** Statuses that are read of one page: 40 are asked for, and some servers send up to 80. */
export const PAGE_STATUSES = 200;

/** Characters of a status id. The longest in use (GoToSocial, Pleroma, Misskey) have 26. */
export const ID_LENGTH = 64;

/** Levels of JSON inside JSON. A status with a quote of a quote has about 12. */
export const JSON_DEPTH = 64;

/**
 * UTF-16 code units of the HTML of a toot or a bio. Servers that allow the longest toots allow
 * 100,000 characters; what is longer is cut.
 */
export const HTML_LENGTH = 262_144;

/**
 * Tags in the HTML of a toot or a bio; the rest is cut. The parser takes quadratic time over tags
 * that are not closed: these cost it about two milliseconds, ten times as many half a second.
 */
export const HTML_TAGS = 4_000;

/** Characters of a `uri` or `url`. What a browser's address bar holds, and DuckDB compares fast. */
export const URI_LENGTH = 2_000;

/** Characters of an account's full name: 64 and a domain's 253 leave room for odd software. */
export const ACCT_LENGTH = 512;

/** Characters of a name that people give: of an app, of an account. */
export const NAME_LENGTH = 256;

/** Characters of a language tag. The longest in IANA's registry have 35. */
export const LANGUAGE_LENGTH = 64;

/** Hashtags of a toot that are kept. Nobody reads more, and each is a value in a row. */
export const HASHTAGS = 200;

/** Fields of a profile that are read for `#nobot`. Mastodon has 4, other software up to 32. */
export const PROFILE_FIELDS = 64;

/**
 * UTF-16 code units of the bio, the name and the fields of a profile that are read for `#nobot`,
 * together: reading them takes about as long as reading the longest toot.
 */
export const PROFILE_LENGTH = HTML_LENGTH;

/** Characters of a dead letter's raw text: enough for any real status. */
export const DEAD_LETTER_LENGTH = 65_536;

/** Dead letters of one server that are written at once, and from then on a second. */
export const DEAD_LETTER_BURST = 200, DEAD_LETTERS_PER_SECOND = 2;

/** Bytes of dead letters of one server in one run: one broken server leaves room for the others. */
export const DEAD_LETTER_BYTES_PER_SERVER = 8 * 1024 * 1024;

/** Bytes of the file of dead letters: no server fills a disk with them. */
export const DEAD_LETTER_BYTES = 48 * 1024 * 1024;

/** Log lines about one server that are written at once, and from then on a second. */
export const LOG_BURST = 20, LOG_LINES_PER_SECOND = 0.5;

/** The same about all servers together: 500 that vanish at once write a line a second each. */
export const LOG_BURST_OF_ALL = 60, LOG_LINES_PER_SECOND_OF_ALL = 5;

/** Servers of one replay that are counted by name; the others are counted together. */
export const REPLAYED_SERVERS = 1_000;

/** Authors who are known to have opted out, of all servers together; about 100 bytes each. */
export const KNOWN_OPT_OUTS = 200_000;
