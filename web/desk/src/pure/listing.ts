/** Which conversations a list holds and in which order: the gateway's own rules, for updates that come while it is open. */
import type { Conversation, Priority, Status } from "../api/types";

export type View = "mine" | "queue" | "all";
export type Sort = "waiting" | "updated" | "priority";

export interface Listing {
  view: View;
  queue?: string | undefined;
  status?: Status | undefined;
  tag?: string | undefined;
  priority?: Priority | undefined;
  sort: Sort;
}

const RANK: Record<Priority, number> = { urgent: 0, high: 1, normal: 2, low: 3 };
const LATE = "9999";

/** Whether the gateway would list this conversation under these conditions (a search's words aside). */
export function belongs(one: Conversation, listing: Listing, agentId: string): boolean {
  if (listing.view === "mine" && !(one.owner.kind === "agent" && one.owner.id === agentId)) return false;
  if (listing.view === "queue" && one.owner.kind !== "queue") return false;
  if (listing.queue && one.queue?.id !== listing.queue) return false;
  if (listing.tag && !one.tags?.includes(listing.tag)) return false;
  if (listing.priority && (one.priority ?? "normal") !== listing.priority) return false;
  if (listing.status) return one.status === listing.status;
  return listing.view !== "mine" || one.status !== "resolved";
}

/** Negative where `a` stands above `b`. */
export function compare(a: Conversation, b: Conversation, sort: Sort): number {
  if (sort === "updated") return order(b.updated_at, a.updated_at) || order(b.id, a.id);
  const first = sort === "priority" ? rank(a) - rank(b) : 0;
  return first || order(a.waiting_since ?? LATE, b.waiting_since ?? LATE) || order(a.id, b.id);
}

/** Keeps the newer version of each; returns the ids that changed. */
export function merge(known: Map<string, Conversation>, incoming: Iterable<Conversation>): string[] {
  const changed: string[] = [];
  for (const one of incoming) {
    const before = known.get(one.id);
    if (before && before.version >= one.version) continue;
    known.set(one.id, one);
    changed.push(one.id);
  }
  return changed;
}

/** The ids of a list after some conversations changed: those leave that no longer belong, the others take their place. */
export function relist(
  ids: readonly string[],
  known: ReadonlyMap<string, Conversation>,
  changed: readonly string[],
  listing: Listing,
  agentId: string,
  kept?: string,
): string[] {
  const moved = new Set(changed);
  const rest = ids.filter((id) => !moved.has(id));
  for (const id of moved) {
    const one = known.get(id);
    // What is open before the agent stays in sight until they turn to another.
    if (!one || !(belongs(one, listing, agentId) || (id === kept && ids.includes(id)))) continue;
    rest.splice(place(rest, known, one, listing.sort), 0, id);
  }
  return rest;
}

function place(ids: readonly string[], known: ReadonlyMap<string, Conversation>, one: Conversation, sort: Sort): number {
  let low = 0;
  let high = ids.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const other = known.get(ids[middle] ?? "");
    if (other && compare(other, one, sort) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

function rank(one: Conversation): number {
  return RANK[one.priority ?? "normal"];
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The tags of what is known, the most frequent first. */
export function tagsOf(known: Iterable<Conversation>, most: number): string[] {
  const count = new Map<string, number>();
  for (const one of known) for (const tag of one.tags ?? []) count.set(tag, (count.get(tag) ?? 0) + 1);
  return [...count].sort(([a, n], [b, m]) => m - n || order(a, b)).slice(0, most).map(([tag]) => tag);
}
