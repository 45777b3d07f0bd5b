/** What the four catalogues hold. A text missing in one of them does not compile. */

/** Forms by CLDR category; `other` is always there. */
export type Plural = Partial<Record<Intl.LDMLPluralRule, string>> & { other: string };

export interface LauncherTexts {
  open: string;
  close: string;
  unread: Plural;
  unreachable: string;
}

type Names =
  | "dialog" | "close" | "menu" | "greeting" | "here" | "away" | "awayUnknown" | "pageHelp" | "search" | "nothing"
  | "article" | "source" | "notice" | "message" | "send" | "attach" | "camera" | "drop" | "remove" | "uploading"
  | "again" | "sending" | "sent" | "seen" | "unsent" | "discard" | "person" | "waitUntil" | "waitSoon" | "withAgent"
  | "bot" | "team" | "you" | "leave" | "email" | "phone" | "save" | "saved" | "badEmail" | "badPhone" | "helped"
  | "yes" | "no" | "thanks" | "closed" | "reopened" | "rate" | "comment" | "rated" | "sound" | "transcript" | "device"
  | "deviceLink" | "copy" | "copied" | "end" | "offline" | "lost" | "back" | "unreachable" | "refused" | "typing"
  | "earlier" | "deleted" | "today" | "yesterday";

type Errors = "empty" | "large" | "type" | "many" | "upload" | "long" | "fast" | "failed" | "locked";

export type Texts = Record<Names, string> & {
  found: Plural;
  position: Plural;
  stars: [string, string, string, string, string];
  at: Record<"today" | "tomorrow" | "later", string>;
  errors: Record<Errors, string>;
};
