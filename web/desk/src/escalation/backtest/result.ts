/** What a back-test found, as the gateway keeps it, and what its charts draw. Pure. */

export const KINDS = ["newly", "no_longer", "earlier", "later", "diverged"] as const;
export type Kind = (typeof KINDS)[number];
export interface Sample {
  conversation_id: string;
  turn: number;
  at: string;
  live: string;
  draft: string;
  rules: string[];
  by?: number;
  unknown_after_turn?: number;
}
export interface Point {
  value: number;
  newly: number;
  earlier: number;
  later: number;
  no_longer: number;
}
export interface SweptNumber {
  parameter: string;
  value: number;
  points: Point[];
}
export interface Agreement {
  n: number;
  agrees: number;
  share?: number;
  low?: number;
  high?: number;
}
export interface Wait {
  handled: number;
  note?: string;
  now_mean?: number;
  now_p80?: number;
  draft_mean?: number;
  draft_p80?: number;
}
export interface Result extends Record<Kind, { n: number; samples: Sample[] }> {
  turns: number;
  conversations: number;
  episodes: number;
  words_missing: number;
  by_turns: Record<"earlier" | "later", Record<string, number>>;
  extra_per_hour: { queue_id: string; hour: string; extra: number }[];
  expected_wait: Record<string, Wait>;
  verdicts: Record<string, Agreement>;
  sweeps?: SweptNumber[];
}

export interface Bar {
  label: string;
  value: number;
}

/** Extra conversations of a queue by hour of the day in the reader's zone, 24 of them. */
export function byHour(result: Result, queueId: string): number[] {
  const hours = Array.from({ length: 24 }, () => 0);
  for (const one of result.extra_per_hour) {
    if (one.queue_id !== queueId) continue;
    const hour = new Date(one.hour).getHours();
    hours[hour] = (hours[hour] ?? 0) + one.extra;
  }
  return hours;
}

/** The queues that get more or fewer conversations, those that change most first. */
export function queuesOf(result: Result): string[] {
  const totals = new Map<string, number>();
  for (const one of result.extra_per_hour) totals.set(one.queue_id, (totals.get(one.queue_id) ?? 0) + Math.abs(one.extra));
  return [...totals].sort((a, b) => b[1] - a[1]).map(([id]) => id);
}

/** The point whose value is nearest. */
export function nearest(points: readonly Point[], value: number): Point | undefined {
  return points.reduce<Point | undefined>((best, one) => (!best || Math.abs(one.value - value) < Math.abs(best.value - value) ? one : best), undefined);
}

/** A polyline of values from 0 to `most` in a box. */
export function line(values: readonly number[], width: number, height: number, most: number): string {
  const step = values.length > 1 ? width / (values.length - 1) : 0;
  return values.map((value, at) => `${(at * step).toFixed(1)},${(height - (most ? (value / most) * height : 0)).toFixed(1)}`).join(" ");
}
