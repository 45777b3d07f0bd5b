export const en = "en";
export type Tag = typeof en | "zh-Hans" | "zh-Hant" | "ar";

/** The catalogue for a language tag; English for what has none. */
export function tagFor(locale: string): Tag {
  const tag = locale.replaceAll("_", "-").toLowerCase();
  if (/^ar(-|$)/.test(tag)) return "ar";
  if (/^zh-(hant|tw|hk|mo)/.test(tag)) return "zh-Hant";
  return /^zh(-|$)/.test(tag) ? "zh-Hans" : en;
}
