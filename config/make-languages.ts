/**
 * Writes `config/languages.csv`, the names of the language tags of statuses.
 *
 * `deno task languages` runs it. The codes are those of ISO 639-1 and 639-2, the constructed
 * languages of 639-3, every other code of 639-3 that `Intl.DisplayNames` can name, and the regional
 * and script variants that servers send. A name comes from CLDR if `Intl.DisplayNames` of the
 * running Deno has one, else from ISO.
 *
 * @module
 */
import { iso6393 } from "iso-639-3";

const names = new Intl.DisplayNames("en", { type: "language", fallback: "none" });

/**
 * Languages that Mastodon offers to its users, although ISO 639-2 and `Intl.DisplayNames` lack
 * them.
 */
const ALSO = ["pdc", "szl"];

/** Regional and script variants that servers send. */
const VARIANTS = [
  ..."ar-AE ar-BH ar-DZ ar-EG ar-IQ ar-JO ar-KW ar-LB ar-LY ar-MA ar-OM ar-QA ar-SA ar-SY ar-TN"
    .split(" "),
  ..."ar-YE bn-BD bn-IN bs-BA ca-ES cs-CZ cy-GB da-DK de-AT de-CH de-DE de-LI de-LU el-GR".split(
    " ",
  ),
  ..."en-AU en-BZ en-CA en-GB en-IE en-IN en-JM en-NZ en-PH en-SG en-TT en-US en-ZA en-ZW".split(
    " ",
  ),
  ..."es-419 es-AR es-BO es-CL es-CO es-CR es-DO es-EC es-ES es-GT es-HN es-MX es-NI es-PA".split(
    " ",
  ),
  ..."es-PE es-PR es-PY es-SV es-US es-UY es-VE et-EE eu-ES fa-IR fi-FI fo-FO fr-BE fr-CA fr-CH"
    .split(" "),
  ..."fr-FR fr-LU fr-MC gl-ES gu-IN he-IL hi-IN hr-BA hr-HR hu-HU hy-AM id-ID is-IS it-CH it-IT"
    .split(" "),
  ..."ja-JP ka-GE kk-KZ kn-IN ko-KR lt-LT lv-LV mk-MK ml-IN mn-MN mr-IN ms-BN ms-MY nb-NO nl-BE"
    .split(" "),
  ..."nl-NL nn-NO pa-IN pl-PL pt-BR pt-PT ro-MD ro-RO ru-RU ru-UA sk-SK sl-SI sq-AL sr-Cyrl".split(
    " ",
  ),
  ..."sr-Latn sr-RS sv-FI sv-SE sw-KE ta-IN ta-LK te-IN th-TH tr-TR uk-UA ur-IN ur-PK uz-Cyrl"
    .split(" "),
  ..."uz-Latn vi-VN zh-CN zh-HK zh-Hans zh-Hant zh-MO zh-SG zh-TW".split(" "),
];

/** Returns the codes of ISO 639 and their names. */
function isoNames(): Map<string, string> {
  const found = new Map<string, string>();
  for (const { name, type, iso6393: code, iso6391, iso6392B } of iso6393) {
    if (type === "special") continue; // "No linguistic content" is not the name of a language.
    if (iso6391) found.set(iso6391, name);
    if (iso6392B || type === "constructed" || ALSO.includes(code) || names.of(code)) {
      found.set(code, name);
    }
  }
  return found;
}

/**
 * Returns the table as CSV, `lang_iso,language_name`, in the order of the tags.
 *
 * @example
 * ```ts
 * import { languagesCsv } from "./make-languages.ts";
 *
 * if (!languagesCsv().includes("\nja,Japanese\n")) throw new Error();
 * ```
 */
export function languagesCsv(): string {
  const rows = isoNames();
  for (const tag of [...rows.keys(), ...VARIANTS]) {
    const name = names.of(tag);
    if (name !== undefined) rows.set(tag, name);
    // A two-letter code is also listed with the country where most speakers live, such as `se-NO`.
    const home = new Intl.Locale(tag).maximize();
    if (name !== undefined && tag.length === 2 && home.region) {
      const local = `${tag}-${home.region}`;
      rows.set(local, names.of(local)!);
    }
  }
  const lines = [...rows].sort(([a], [b]) => a < b ? -1 : 1).map(([tag, name]) =>
    `${tag},${/[",]/.test(name) ? `"${name.replaceAll('"', '""')}"` : name}`
  );
  return ["lang_iso,language_name", ...lines, ""].join("\n");
}

if (import.meta.main) await Deno.stdout.write(new TextEncoder().encode(languagesCsv()));
