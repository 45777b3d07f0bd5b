/** The last words of the conversations in view: asked for in batches, only for rows that are looked at. */
import { defineStore } from "pinia";
import { reactive } from "vue";
import { get } from "../api/http";
import type { Glance } from "../api/types";

const BATCH = 50;
const WAIT_MILLISECONDS = 120;
const MOST_KEPT = 2_000;
type Watcher = (glance: Glance, before: Glance | undefined) => void;

export const useGlances = defineStore("glances", () => {
  const known = reactive(new Map<string, Glance>());
  const wanted = new Set<string>();
  const watchers = new Set<Watcher>();
  let timer: ReturnType<typeof setTimeout> | undefined;

  function of(id: string): Glance | undefined {
    return known.get(id);
  }

  /** A row came into view: asks once, unless it is known. */
  function want(id: string): void {
    if (!known.has(id)) ask(id);
  }

  /** Conversations changed: what is known of them is asked for anew. */
  function refresh(ids: readonly string[]): void {
    for (const id of ids) ask(id);
  }

  function ask(id: string): void {
    wanted.add(id);
    timer ??= setTimeout(() => void fetchWanted(), WAIT_MILLISECONDS);
  }

  async function fetchWanted(): Promise<void> {
    timer = undefined;
    const batch = [...wanted].slice(0, BATCH);
    for (const id of batch) wanted.delete(id);
    if (wanted.size) timer = setTimeout(() => void fetchWanted(), WAIT_MILLISECONDS);
    try {
      const page = await get<{ items: Glance[] }>("/v1/inbox/glances", { conversation_ids: batch.join(",") });
      for (const glance of page.items) take(glance);
    } catch {
      // A list without last words is still a list; the next look at a row asks again.
    }
    if (known.size > MOST_KEPT) for (const id of [...known.keys()].slice(0, known.size - MOST_KEPT)) known.delete(id);
  }

  function take(glance: Glance): void {
    const before = known.get(glance.conversation_id);
    if (before && before.version > glance.version) return;
    known.set(glance.conversation_id, glance);
    for (const watcher of watchers) watcher(glance, before);
  }

  /** The agent has read it here: no need to ask. */
  function markRead(id: string): void {
    const glance = known.get(id);
    if (glance?.unread) known.set(id, { ...glance, unread: false });
  }

  function watch(watcher: Watcher): () => void {
    watchers.add(watcher);
    return () => watchers.delete(watcher);
  }

  return { of, want, refresh, markRead, watch };
});
