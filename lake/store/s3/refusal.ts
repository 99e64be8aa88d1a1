/**
 * Turns errors of an object store into failures with one line that says what to do.
 *
 * @module
 */
import { Failure } from "../../../common/failure.ts";
import { Unreachable } from "../failures.ts";
import { parseAnswer } from "./answer.ts";

/** The object store has too many requests at the moment. */
export class Busy extends Unreachable {}

/** The lake and the object store, for the message. */
export interface Refused {
  readonly location: string;
  readonly endpoint: string;
}

/** Reads the code of an error, such as `NoSuchKey`; null if the text is not an S3 error. */
export function errorCode(xml: string): string | null {
  const answer = parseAnswer(xml);
  return answer?.root === "Error" ? answer.fields.get("Code") || null : null;
}

/** Creates the failure for an answer with an HTTP status of 400 or more. */
export function refusal(status: number, xml: string, { location, endpoint }: Refused): Failure {
  const code = errorCode(xml) ?? `HTTP ${status}`;
  if (status === 503 || status === 429) return new Busy(endpoint, code);
  if (status >= 500) return new Unreachable(endpoint, code);
  switch (code) {
    case "NoSuchBucket":
      return new Failure(`lake '${location}': no such bucket at ${endpoint}`, { exitCode: 2 });
    case "AccessDenied":
    case "InvalidAccessKeyId":
    case "SignatureDoesNotMatch":
    case "HTTP 403":
      return new Failure(
        `lake '${location}': ${endpoint} refuses (${code}); see AWS_ACCESS_KEY_ID and ` +
          `AWS_SECRET_ACCESS_KEY`,
        { exitCode: 2 },
      );
  }
  return new Failure(`lake '${location}': ${endpoint} says ${code}`);
}
