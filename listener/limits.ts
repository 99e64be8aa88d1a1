/**
 * The limits on what servers may send, and on what is written and remembered about them, each with
 * its reason. Text over its limit is cut, or left out if a part of it would be useless, such as
 * half an address. A status over its limit becomes a dead letter, and an answer over its limit is
 * requested again with fewer statuses.
 *
 * @module
 */

/**
 * The maximum number of bytes of one answer of the REST API. 40 large statuses of 100 KB are 4 MB.
 */
export const ANSWER_BYTES = 8 * 1024 * 1024;

/**
 * The maximum number of values in the JSON of one answer. A page of 40 statuses has about 12,000.
 * An answer of 8 MiB could contain millions of `{}`, and each of them takes 60 bytes of memory.
 */
export const ANSWER_VALUES = 400_000;

/**
 * The maximum number of bytes of one frame of the stream. The largest statuses are about 100 KB.
 */
export const FRAME_BYTES = 4 * 1024 * 1024;

/**
 * The maximum number of statuses that are read from one page; the rest is ignored. The listener
 * requests 40, and some servers send up to 80.
 */
export const PAGE_STATUSES = 200;

/**
 * The maximum number of characters of a status id. The longest in use (GoToSocial, Pleroma,
 * Misskey) have 26.
 */
export const ID_LENGTH = 64;

/**
 * The maximum depth of arrays and objects in JSON. A status with a quote of a quote has about 12
 * levels.
 */
export const JSON_DEPTH = 64;

/**
 * The maximum number of UTF-16 code units of the HTML of a toot or a bio. The longest toots that
 * any server allows have 100,000 characters. Longer HTML is cut.
 */
export const HTML_LENGTH = 262_144;

/**
 * The maximum number of tags in the HTML of a toot or a bio; the rest is cut. The parser takes
 * quadratic time for tags that are not closed: about two milliseconds for 4,000 tags, but half a
 * second for 40,000.
 */
export const HTML_TAGS = 4_000;

/**
 * The maximum number of characters of a `uri` or `url`. Browsers accept addresses of this length,
 * and DuckDB still compares them fast.
 */
export const URI_LENGTH = 2_000;

/**
 * The maximum number of characters of an account's full name: a name of 64 and a domain of 253
 * characters fit, with room for unusual software.
 */
export const ACCT_LENGTH = 512;

/**
 * The maximum number of characters of the name of an app, a hashtag or an account, and of a content
 * warning.
 */
export const NAME_LENGTH = 256;

/** The maximum number of characters of a language tag. The longest in IANA's registry have 35. */
export const LANGUAGE_LENGTH = 64;

/**
 * The maximum number of hashtags that are kept of one toot. A toot with more is spam, and every
 * hashtag takes memory in the row of the toot.
 */
export const HASHTAGS = 200;

/**
 * The maximum number of fields of a profile that are searched for `#nobot`. Mastodon has 4, other
 * software up to 32.
 */
export const PROFILE_FIELDS = 64;

/**
 * The maximum number of UTF-16 code units of one profile (bio, name and fields together) that are
 * searched for `#nobot`. Searching them takes about as long as reading the longest toot.
 */
export const PROFILE_LENGTH = HTML_LENGTH;

/** The maximum number of characters of a dead letter's raw text: enough for any real status. */
export const DEAD_LETTER_LENGTH = 65_536;

/**
 * The number of dead letters of one server that may be written at once, and the number per second
 * after that.
 */
export const DEAD_LETTER_BURST = 200, DEAD_LETTERS_PER_SECOND = 2;

/**
 * The maximum number of bytes of dead letters of one server in one run: one broken server must
 * leave room for the others.
 */
export const DEAD_LETTER_BYTES_PER_SERVER = 8 * 1024 * 1024;

/** The maximum number of bytes of the file of dead letters, so that no server can fill the disk. */
export const DEAD_LETTER_BYTES = 48 * 1024 * 1024;

/**
 * The number of log lines about one server that may be written at once, and the number per second
 * after that.
 */
export const LOG_BURST = 20, LOG_LINES_PER_SECOND = 0.5;

/**
 * The number of log lines about all servers together that may be written at once, and the number
 * per second after that. Without this limit, 500 servers that fail together would flood the log.
 */
export const LOG_BURST_OF_ALL = 60, LOG_LINES_PER_SECOND_OF_ALL = 5;

/**
 * The maximum number of servers of one replay that are counted by name. The others are counted
 * together.
 */
export const REPLAYED_SERVERS = 1_000;

/**
 * The maximum number of authors, of all servers together, who are remembered as opted out. Each
 * takes about 100 bytes of memory.
 */
export const KNOWN_OPT_OUTS = 200_000;
