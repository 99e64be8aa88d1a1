/**
 * Reads the XML that object stores answer with.
 *
 * The parser does not support document types, so an answer cannot define entities. Names of
 * elements become keys of a `Map`, in which no name (such as `__proto__`) has a special meaning.
 *
 * @module
 */
import { Parser } from "htmlparser2";

/** The texts of the elements directly inside one element, by their names without namespace. */
export type ElementTexts = ReadonlyMap<string, string>;

/** An answer: one root element with fields, and perhaps a list of elements with fields. */
export interface S3Answer {
  /** The name of the root element: `ListBucketResult`, `Error`. */
  readonly root: string;
  readonly fields: ElementTexts;
  /** The elements of the list, in their order. */
  readonly entries: readonly ElementTexts[];
}

/**
 * Reads an answer.
 *
 * @param entry the name of the elements of the list, such as `Contents`; undefined if there is no
 * list
 * @returns null if the text is not XML, or if it is cut short
 *
 * @example
 * ```ts
 * import { parseAnswer } from "./answer.ts";
 *
 * const answer = parseAnswer("<Error><Code>NoSuchKey</Code></Error>");
 * if (answer?.fields.get("Code") !== "NoSuchKey") throw new Error();
 * if (parseAnswer("<Error><Code>NoSuch") !== null) throw new Error();
 * ```
 */
export function parseAnswer(xml: string, entry?: string): S3Answer | null {
  const root = { name: "", complete: false, fields: new Map<string, string>() };
  const entries: Map<string, string>[] = [];
  let depth = 0;
  let inEntry = false;
  let text = "";
  const parser = new Parser({
    onopentagname(name) {
      depth++;
      text = "";
      if (depth === 1) root.name ||= localName(name);
      if (depth === 2 && localName(name) === entry) {
        inEntry = true;
        entries.push(new Map());
      }
    },
    ontext(part) {
      text += part;
    },
    onclosetag(name) {
      if (depth === 1 && localName(name) === root.name) root.complete = true;
      if (depth === 2 && !inEntry) root.fields.set(localName(name), text);
      if (depth === 3 && inEntry) entries.at(-1)!.set(localName(name), text);
      if (depth === 2) inEntry = false;
      depth--;
    },
  }, { xmlMode: true, decodeEntities: true });
  parser.write(xml);
  // The parser closes open elements at the end of the text, so completeness is read before that.
  const { complete } = root;
  parser.end();
  return complete ? { root: root.name, fields: root.fields, entries } : null;
}

function localName(name: string): string {
  return name.slice(name.indexOf(":") + 1);
}
