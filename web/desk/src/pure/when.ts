/** Times as people read them, in their own language, numerals and zone. Pure but for the formatters it keeps. */

const formatters = new Map<string, Intl.DateTimeFormat>();
const relatives = new Map<string, Intl.RelativeTimeFormat>();
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export function formatter(locale: string, style: keyof typeof STYLES): Intl.DateTimeFormat {
  const key = `${locale}:${style}`;
  const known = formatters.get(key);
  if (known) return known;
  const made = new Intl.DateTimeFormat(locale, STYLES[style]);
  formatters.set(key, made);
  return made;
}

const STYLES = {
  time: { hour: "numeric", minute: "2-digit" },
  day: { weekday: "long", day: "numeric", month: "long" },
  short: { day: "numeric", month: "short" },
  full: { dateStyle: "medium", timeStyle: "short" },
  weekday: { weekday: "short", hour: "numeric", minute: "2-digit" },
} satisfies Record<string, Intl.DateTimeFormatOptions>;

/** "now", "4 min", "3 h", "2 d": how long ago, as short as the language allows. */
export function ago(at: string, now: number, locale: string): string {
  const passed = Math.max(0, now - Date.parse(at));
  let relative = relatives.get(locale);
  if (!relative) {
    relative = new Intl.RelativeTimeFormat(locale, { style: "narrow", numeric: "auto" });
    relatives.set(locale, relative);
  }
  if (passed < MINUTE) return relative.format(0, "second");
  if (passed < HOUR) return relative.format(-Math.floor(passed / MINUTE), "minute");
  if (passed < DAY) return relative.format(-Math.floor(passed / HOUR), "hour");
  if (passed < 7 * DAY) return relative.format(-Math.floor(passed / DAY), "day");
  return formatter(locale, "short").format(new Date(at));
}

/** A length of time in its largest unit: "12 min", "3 h". */
export function span(milliseconds: number, locale: string): string {
  const [value, unit]: [number, string] =
    milliseconds < HOUR ? [Math.max(1, Math.round(milliseconds / MINUTE)), "minute"]
    : milliseconds < DAY ? [Math.round(milliseconds / HOUR), "hour"]
    : [Math.round(milliseconds / DAY), "day"];
  return new Intl.NumberFormat(locale, { style: "unit", unit, unitDisplay: "short" }).format(value);
}

/** The same for every moment of one calendar day in the reader's zone. */
export function dayKey(at: string): string {
  const date = new Date(at);
  return `${date.getFullYear()}-${date.getMonth() + 1}-${date.getDate()}`;
}

/** When a snooze ends: choices that lie ahead of now, in the agent's own zone. */
export function snoozeChoices(now: Date): { key: "hour" | "evening" | "tomorrow" | "monday"; at: Date }[] {
  const at = (days: number, hour: number): Date => {
    const date = new Date(now);
    date.setDate(date.getDate() + days);
    date.setHours(hour, 0, 0, 0);
    return date;
  };
  const untilMonday = ((8 - now.getDay()) % 7) || 7;
  const choices: { key: "hour" | "evening" | "tomorrow" | "monday"; at: Date }[] = [
    { key: "hour", at: new Date(now.getTime() + HOUR) },
    { key: "evening", at: at(0, 17) },
    { key: "tomorrow", at: at(1, 9) },
    { key: "monday", at: at(untilMonday, 9) },
  ];
  return choices.filter((choice, index) => choice.at.getTime() > now.getTime() + MINUTE && !(index === 3 && untilMonday === 1));
}
