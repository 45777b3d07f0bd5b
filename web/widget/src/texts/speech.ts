import { en, type Tag } from "./tags";
import { BETWEEN, CATEGORIES, type Texts } from "./texts";

const FIRST_STRONG_ISOLATE = "\u2068";
const POP_ISOLATE = "\u2069";
const DAYS_TO_COME_BACK = 7;
const MINUTE = 60;
const HOUR = 3600;
const DAY = 86_400;

/** Puts values into a text, each isolated: a Latin name or a number must not turn the sentence around it. */
export function fill(text: string, values: Record<string, string | number>): string {
  return text.replace(/\{(\w+)\}/g, (_, name: string) => `${FIRST_STRONG_ISOLATE}${values[name] ?? ""}${POP_ISOLATE}`);
}

/** A language with its texts and the formats of the reader's own region. */
export class Speech {
  readonly tag: Tag;
  readonly texts: Texts;
  readonly rtl: boolean;
  readonly #formats: string;
  readonly #plurals: Intl.PluralRules;
  readonly #now: () => number;

  constructor(tag: Tag, texts: Texts, region: string, now: () => number = Date.now) {
    this.tag = tag;
    this.texts = texts;
    this.rtl = tag === "ar";
    this.#formats = region;
    this.#plurals = new Intl.PluralRules(this.#formats);
    this.#now = now;
  }

  number(value: number): string {
    return new Intl.NumberFormat(this.#formats).format(value);
  }

  /** The form of a plural that a number takes in this language. */
  count(plural: string, value: number): string {
    const forms = plural.split(BETWEEN);
    return fill(forms[CATEGORIES.indexOf(this.#plurals.select(value))] || (forms.at(-1) ?? ""), { n: this.number(value) });
  }

  /** Said where a conversation has ended, or goes on. */
  ending(closed: boolean): string {
    return closed ? fill(this.texts.closed, { n: this.number(DAYS_TO_COME_BACK) }) : this.texts.reopened;
  }

  /** The time of day. */
  time(at: string): string {
    return this.#date(at, { hour: "numeric", minute: "2-digit" });
  }

  /** A heading for the messages of one day. */
  day(at: string): string {
    const days = this.#daysUntil(at);
    if (days === 0) return this.texts.today;
    if (days === -1) return this.texts.yesterday;
    return this.#date(at, { weekday: "long", day: "numeric", month: "long" });
  }

  /** A moment to come, as people say it. */
  when(at: string): string {
    const days = this.#daysUntil(at);
    const time = this.time(at);
    if (days === 0) return fill(this.texts.atToday, { time });
    if (days === 1) return fill(this.texts.atTomorrow, { time });
    const day = this.#date(at, days < 7 ? { weekday: "long" } : { day: "numeric", month: "long" });
    return fill(this.texts.atLater, { day, time });
  }

  /** A length of time, rounded up to something one would say. */
  duration(seconds: number): string {
    const [unit, size]: [string, number] =
      seconds < 90 * MINUTE ? ["minute", MINUTE] : seconds < 2 * DAY ? ["hour", HOUR] : ["day", DAY];
    const count = Math.max(1, Math.ceil(seconds / size));
    return new Intl.NumberFormat(this.#formats, { style: "unit", unit, unitDisplay: "long" }).format(count);
  }

  size(bytes: number): string {
    const large = bytes >= 1_000_000;
    return new Intl.NumberFormat(this.#formats, {
      style: "unit",
      unit: large ? "megabyte" : "kilobyte",
      maximumFractionDigits: large ? 1 : 0,
    }).format(Math.max(1, bytes / 1000) / (large ? 1000 : 1));
  }

  /** Calendar days from today by the server's clock: the device's own may be a day off. */
  #daysUntil(at: string): number {
    const midnight = (time: number): number => new Date(time).setHours(0, 0, 0, 0);
    return Math.round((midnight(Date.parse(at)) - midnight(this.#now())) / (DAY * 1000));
  }

  #date(at: string, options: Intl.DateTimeFormatOptions): string {
    return new Intl.DateTimeFormat(this.#formats, options).format(new Date(at));
  }
}

/** The texts of a language, loaded when they are needed. */
export async function load(tag: Tag): Promise<Texts> {
  if (tag === en) return (await import("./en")).texts;
  if (tag === "ar") return (await import("./ar")).texts;
  const { simplified, traditional } = await import("./chinese");
  return tag === "zh-Hans" ? simplified : traditional;
}
