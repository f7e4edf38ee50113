// How names are compared in a search. The first part is the rule of mapservice/text/folding.py; a test compares the two.

// Letters that Unicode does not take apart into a plain letter and an accent.
const LETTERS = {
  ß: "ss", æ: "ae", œ: "oe", ø: "o", ł: "l", đ: "d", ð: "d", þ: "th", ħ: "h", ŧ: "t",
  ı: "i", ȷ: "j", ĸ: "k", ŋ: "n", ə: "e", ǝ: "e", ɛ: "e", ɔ: "o", ɓ: "b", ɖ: "d", ɗ: "d",
  ɣ: "g", ɨ: "i", ɩ: "i", ƙ: "k", ɲ: "n", ʉ: "u", ʊ: "u", ʋ: "v", ƴ: "y", ƶ: "z", ς: "σ",
};

// Signs within a word, which people leave out: O'Neil, Hawaiʻi.
const APOSTROPHES = /['\u0060´\u2018\u2019\u201b\u2032\uff07\u02b9-\u02c1\u02c8\ua78b\ua78c]/gu;

const PLAIN = new RegExp(`[${Object.keys(LETTERS).join("")}]`, "gu");

/** The text as a search compares it: plain small letters and digits, words apart by single spaces. */
export function fold(text) {
  const apart = text.replace(APOSTROPHES, "").normalize("NFKD").toLowerCase().replace(PLAIN, (letter) => LETTERS[letter]);
  return apart.replace(/\p{M}/gu, "").replace(/[^\p{L}\p{N}]+/gu, " ").normalize("NFC").trim();
}

// Letters that people without them write as two, by language (Muenchen, Aarhus, Djakovo), and Cyrillic as maps write it.
const SPELLED = {
  ä: "ae", ö: "oe", ü: "ue", ø: "oe", å: "aa", đ: "dj", ð: "dh", ə: "a",
  а: "a", б: "b", в: "v", г: "g", ґ: "g", д: "d", ђ: "dj", ѓ: "gj", е: "e", ё: "yo", є: "ye", ж: "zh", з: "z",
  ѕ: "dz", и: "i", і: "i", ї: "yi", й: "y", ј: "j", к: "k", ќ: "kj", л: "l", љ: "lj", м: "m", н: "n", њ: "nj",
  о: "o", п: "p", р: "r", с: "s", т: "t", ћ: "c", у: "u", ў: "u", ф: "f", х: "kh", ц: "ts", ч: "ch", џ: "dj",
  ш: "sh", щ: "shch", ъ: "", ы: "y", ь: "", э: "e", ю: "yu", я: "ya",
};
const SPELLED_LETTER = new RegExp(`[${Object.keys(SPELLED).join("")}]`, "gu");

// Words that people shorten: St. Gallen, Mt Vernon.
const SHORT = { saint: "st", sankt: "st", sainte: "ste", mount: "mt", fort: "ft" };
const SHORTENED = new RegExp(`(?<!\\S)(?:${Object.keys(SHORT).join("|")})(?!\\S)`, "g");

// Most names are like this and have one spelling; on a phone the short way takes a tenth of the time.
const ORDINARY = /^[a-z0-9 ,.()/&-]+$/;

/**
 * All that a name may be typed as: folded; with a gap for each apostrophe; with letters spelled out (Koeln for Köln);
 * each of them with its usual short words, too.
 */
export function spellings(text) {
  const lower = text.normalize("NFC").toLowerCase();
  const folded = ORDINARY.test(lower) ? [lower.replace(/[^a-z0-9]+/g, " ").trim()] : everyFold(text, lower);
  const short = folded.map((name) => name.replace(SHORTENED, (word) => SHORT[word]));
  return [...new Set([...folded, ...short])].filter(Boolean);
}

function everyFold(text, lower) {
  const gapped = lower.replace(APOSTROPHES, " ");
  const spelled = lower.replace(SPELLED_LETTER, (letter) => SPELLED[letter]);
  return [text, ...[gapped, spelled].filter((other) => other !== lower)].map(fold);
}
