import { tagFor } from "../dom";
import { en, type Tag } from "./tags";

/** The reader's own regional form of a language, for dates and numerals: `ar-EG` for `ar` in a browser set to it. */
export function regional(tag: Tag, preferred: readonly string[]): string {
  const own = preferred.filter((locale) => tagFor(locale) === tag && known(locale) && (tag !== en || /^en/i.test(locale)));
  return own.find((locale) => /-[A-Z]{2}$/i.test(locale)) ?? own[0] ?? tag;
}

function known(locale: string): boolean {
  try {
    return Intl.DateTimeFormat.supportedLocalesOf(locale).length > 0;
  } catch {
    return false;
  }
}
