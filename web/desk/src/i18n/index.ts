/** The four languages of the desk. Catalogues are flat, fetched when they are wanted, and all have the very same keys. */
import { createI18n } from "vue-i18n";
import { speak } from "../api/http";
import en from "./en";

export const LOCALES = ["en", "zh-Hans", "zh-Hant", "ar"] as const;
export type Locale = (typeof LOCALES)[number];
export type Catalogue = Record<keyof typeof en, string>;

export const LANGUAGES: Record<Locale, string> = { en: "English", "zh-Hans": "简体中文", "zh-Hant": "繁體中文", ar: "العربية" };
export const DIRECTIONS: Record<Locale, "ltr" | "rtl"> = { en: "ltr", "zh-Hans": "ltr", "zh-Hant": "ltr", ar: "rtl" };

const ORDER: Intl.LDMLPluralRule[] = ["zero", "one", "two", "few", "many", "other"];
const LOADERS: Record<Exclude<Locale, "en">, () => Promise<{ default: Catalogue }>> = {
  "zh-Hans": () => import("./zh-Hans"),
  "zh-Hant": () => import("./zh-Hant"),
  ar: () => import("./ar"),
};

/** Which of a message's forms a number takes: all six in Arabic, two in English, one in Chinese. */
export function pluralForm(locale: string, count: number, forms: number): number {
  if (forms === 1) return 0;
  const category = new Intl.PluralRules(locale).select(Math.abs(count));
  if (forms === 2) return category === "one" ? 0 : 1;
  return Math.min(forms - 1, ORDER.indexOf(category));
}

const texts: Record<string, Record<string, string>> = { en };

export const i18n = createI18n({
  legacy: false,
  locale: "en",
  fallbackLocale: "en",
  messages: texts,
  // Keys are names, not paths: "state.empty" stands beside "state.empty.hint".
  messageResolver: (messages, key) => (messages as Record<string, string>)[key] ?? null,
  pluralRules: Object.fromEntries(LOCALES.map((locale) => [locale, (count: number, forms: number) => pluralForm(locale, count, forms)])),
});

/** Fetches the catalogue and speaks it from then on. */
export async function setLanguage(locale: Locale): Promise<void> {
  if (locale !== "en" && !i18n.global.availableLocales.includes(locale)) {
    const loaded = await LOADERS[locale]();
    i18n.global.setLocaleMessage(locale, loaded.default);
  }
  speak(locale);
  i18n.global.locale.value = locale;
}

/** The best of our languages for a browser's list. */
export function guess(wanted: readonly string[]): Locale {
  for (const tag of wanted) {
    const lower = tag.toLowerCase();
    if (lower.startsWith("zh")) return /hant|tw|hk|mo/.test(lower) ? "zh-Hant" : "zh-Hans";
    const found = LOCALES.find((locale) => lower === locale.toLowerCase() || lower.startsWith(`${locale.toLowerCase()}-`));
    if (found) return found;
  }
  return "en";
}
