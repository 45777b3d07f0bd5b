/** Moments of a form: what `datetime-local` and `date` fields hold, in the reader's own zone. Pure. */

const pad = (value: number): string => String(value).padStart(2, "0");

/** 2026-11-27 */
export function localDay(date: Date): string {
  return `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}`;
}

/** 2026-11-27T09:30 */
export function localMoment(date: Date): string {
  return `${localDay(date)}T${pad(date.getHours())}:${pad(date.getMinutes())}`;
}

/** The first moment of a day, or of the day `after` days later, as the gateway takes it. */
export function startOf(day: string, after = 0): string {
  const [year = 1970, month = 1, date = 1] = day.split("-").map(Number);
  return new Date(year, month - 1, date + after).toISOString();
}
