/** What the four catalogues hold. A text missing in one of them does not compile. */

/** Every text of the panel. A build reads them by their place in this list, and has each catalogue as such a list. */
export const NAMES = [
  "dialog", "menu", "greeting", "here", "away", "awayUnknown", "unread", "pageHelp", "search", "found", "nothing",
  "article", "source", "notice", "message", "send", "attach", "camera", "drop", "remove", "uploading", "again",
  "sending", "sent", "seen", "unsent", "discard", "person", "waitUntil", "waitSoon", "position", "withAgent",
  "bot", "team", "you", "leave", "email", "phone", "save", "saved", "badEmail", "badPhone", "helped", "yes", "no",
  "thanks", "closed", "reopened", "rate", "stars", "comment", "rated", "sound", "transcript", "device",
  "deviceLink", "copy", "copied", "end", "offline", "lost", "back", "typing", "earlier", "deleted",
  "today", "yesterday", "atToday", "atTomorrow", "atLater", "fileEmpty", "fileLarge", "fileType", "fileMany",
  "fileFailed", "fileGone", "tooLong", "tooFast", "failed", "locked",
] as const;

export type Texts = Record<(typeof NAMES)[number], string>;

/** What stands between the forms of one text. */
export const BETWEEN = "|";
export const CATEGORIES: Intl.LDMLPluralRule[] = ["zero", "one", "two", "few", "many", "other"];

/** Forms by CLDR category, as one text; `other` is always there. */
export function plural(forms: Partial<Record<Intl.LDMLPluralRule, string>> & { other: string }): string {
  return several(CATEGORIES.map((category) => forms[category] ?? ""));
}

/** Texts of which there are several, as one. */
export function several(all: string[]): string {
  return all.join(BETWEEN);
}
