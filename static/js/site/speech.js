// The sentences that the service gives to a script, in the reader's language, with numbers as they are written there.

/** Return { say(key, values), count(n) }: a sentence with its gaps filled, in the plural form of `n`, and a short number. */
export function speechOf(words, language) {
  const plural = new Intl.PluralRules(language);
  const short = new Intl.NumberFormat(language, { notation: "compact", maximumFractionDigits: 1 });
  const long = new Intl.NumberFormat(language);
  const inWords = (value) => (typeof value === "number" ? long.format(value) : (value ?? ""));
  const say = (key, values = {}) => {
    const forms = key.split(".").reduce((part, name) => part?.[name], words) ?? "";
    const sentence = typeof forms === "string" ? forms : (forms[plural.select(values.n)] ?? forms.other ?? "");
    return sentence.replace(/\{(\w+)\}/g, (_all, name) => inWords(values[name]));
  };
  return { say, count: (n) => short.format(n).replace("K", "k") };
}

/** Return how long the service asks to wait, in words. */
export function waitingTime(answer, say) {
  const seconds = secondsToWait(answer);
  return seconds < 90 ? say("wait_seconds", { n: seconds }) : say("wait_minutes", { n: Math.ceil(seconds / 60) });
}

/** Return how many seconds the service asks to wait. */
export function secondsToWait(answer) {
  return Number(answer.headers.get("Retry-After")) || 60;
}
