/**
 * The limits of what one server may send, each with its reason. Whatever is over
 * a limit is cut, or becomes a dead letter, and costs no more than its bytes.
 *
 * @module
 */

/** Bytes of one answer of the REST API. 40 large statuses of 100 KB are 4 MB. */
export const ANSWER_BYTES = 8 * 1024 * 1024;

/** Bytes of one frame of the stream; the largest statuses are some 100 KB. */
export const FRAME_BYTES = 4 * 1024 * 1024;

/** Statuses that are read of one page: 40 are asked for, and some servers send up to 80. */
export const PAGE_STATUSES = 200;

/** Characters of a status id. The longest in use (GoToSocial, Pleroma, Misskey) have 26. */
export const ID_LENGTH = 64;
