/** The list of conversations: pages from the gateway, then kept true by what the socket tells, newer versions only. */
import { defineStore } from "pinia";
import { computed, reactive, ref, shallowRef, triggerRef } from "vue";
import { ApiError, get } from "../api/http";
import type { Conversation, Glance, Page, Queue, Status } from "../api/types";
import { belongs, merge, relist, tagsOf, type Listing, type Sort, type View } from "../pure/listing";
import { useGlances } from "./glances";
import { useSession } from "./session";

export type ListState = "loading" | "ready" | "failed" | "offline";
const PAGE = 100;
const MOST_TAGS = 12;
const BATCH_MILLISECONDS = 60;

export const useInbox = defineStore("inbox", () => {
  const session = useSession();
  const glances = useGlances();
  const known = shallowRef(new Map<string, Conversation>());
  const ids = shallowRef<string[]>([]);
  const listing = reactive<Listing>({ view: "queue", queue: undefined, status: "open", sort: "waiting" });
  const words = ref("");
  const state = ref<ListState>("loading");
  const loadingMore = ref(false);
  const next = ref<string | null>(null);
  const queues = ref<Queue[]>([]);
  const openId = ref<string>();
  let asked = 0;
  let pending: Conversation[] = [];
  let gone: string[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;

  const total = computed(() => ids.value.length);

  function one(id: string | undefined): Conversation | undefined {
    return id === undefined ? undefined : known.value.get(id);
  }

  function query(cursor?: string): Record<string, string | number | undefined> {
    const { view, queue, status, tag, priority, sort } = listing;
    return { view, queue, status, tag, priority, sort, q: words.value.trim(), limit: PAGE, cursor };
  }

  /** Reads the list anew; what is shown stays until the answer is here, unless another list was asked for. */
  async function load(fresh = true): Promise<void> {
    const mine = ++asked;
    if (fresh) {
      ids.value = [];
      next.value = null;
      state.value = "loading";
    }
    try {
      const page = await get<Page<Conversation>>("/v1/inbox", query());
      if (mine !== asked) return;
      take(page.items);
      const listed = page.items.map((item) => item.id);
      // A page is the whole truth about its own stretch of the list.
      ids.value = fresh ? listed : reread(listed, page.next ?? null);
      next.value = page.next ?? null;
      state.value = "ready";
    } catch (error) {
      if (mine !== asked) return;
      state.value = error instanceof ApiError && error.status === 0 ? "offline" : "failed";
    }
  }

  function reread(listed: string[], following: string | null): string[] {
    if (following === null) return listed;
    const seen = new Set(listed);
    return [...listed, ...ids.value.slice(listed.length).filter((id) => !seen.has(id))];
  }

  async function loadMore(): Promise<void> {
    const cursor = next.value;
    if (cursor === null || loadingMore.value || state.value !== "ready") return;
    loadingMore.value = true;
    const mine = asked;
    try {
      const page = await get<Page<Conversation>>("/v1/inbox", query(cursor));
      if (mine !== asked) return;
      take(page.items);
      const there = new Set(ids.value);
      ids.value = [...ids.value, ...page.items.map((item) => item.id).filter((id) => !there.has(id))];
      next.value = page.next ?? null;
    } catch {
      // The end of the list is reached again on the next scroll, which asks again.
    } finally {
      loadingMore.value = false;
    }
  }

  function choose(view: View, more: { status?: Status | undefined; queue?: string | undefined; sort?: Sort }): void {
    Object.assign(listing, { view, status: more.status, queue: more.queue, tag: undefined, priority: undefined, ...(more.sort ? { sort: more.sort } : {}) });
    void load();
  }

  /** Narrows the list that is shown, or widens it again; what is not named stays as it is. */
  function narrow(by: Pick<Listing, "tag" | "priority">): void {
    Object.assign(listing, by);
    void load();
  }

  const tags = computed(() => tagsOf(known.value.values(), MOST_TAGS));

  /** A conversation as an answer or the socket told it. Those that are told together are put in place together. */
  function hear(conversation: Conversation): void {
    pending.push(conversation);
    timer ??= setTimeout(settle, BATCH_MILLISECONDS);
  }

  function lose(id: string): void {
    gone.push(id);
    timer ??= setTimeout(settle, BATCH_MILLISECONDS);
  }

  function settle(): void {
    timer = undefined;
    const changed = take(pending);
    const lost = new Set(gone);
    pending = [];
    gone = [];
    for (const id of lost) known.value.delete(id);
    if (lost.size) triggerRef(known);
    const searching = words.value.trim() !== "";
    const placed = searching ? changed.filter((id) => ids.value.includes(id)) : changed;
    if (placed.length || lost.size) {
      const left = lost.size ? ids.value.filter((id) => !lost.has(id)) : ids.value;
      ids.value = relist(left, known.value, placed, listing, session.agentId, openId.value);
    }
    if (changed.length) glances.refresh(changed);
  }

  /** At once, for what the agent did themselves. */
  function put(conversation: Conversation): void {
    pending.push(conversation);
    clearTimeout(timer);
    settle();
  }

  function take(conversations: readonly Conversation[]): string[] {
    const changed = merge(known.value, conversations);
    if (changed.length) triggerRef(known);
    return changed;
  }

  /** Turning to another conversation lets go of the one that only stayed because it was open. */
  function open(id: string | undefined): void {
    const before = one(openId.value);
    openId.value = id;
    if (before && before.id !== id && !belongs(before, listing, session.agentId)) {
      ids.value = ids.value.filter((other) => other !== before.id);
    }
  }

  function neighbour(step: 1 | -1): string | undefined {
    const at = openId.value === undefined ? -1 : ids.value.indexOf(openId.value);
    if (at < 0) return step === 1 ? ids.value[0] : ids.value.at(-1);
    return ids.value[at + step];
  }

  async function loadQueues(): Promise<void> {
    queues.value = (await get<Page<Queue>>("/v1/queues", { limit: 200 })).items;
  }

  const waiting = computed(() => queues.value.reduce((sum, queue) => sum + queue.waiting, 0));

  function glance(id: string): Glance | undefined {
    return glances.of(id);
  }

  return {
    ids, listing, words, state, loadingMore, next, queues, openId, total, waiting,
    tags, one, load, loadMore, choose, narrow, hear, lose, put, open, neighbour, loadQueues, glance,
  };
});
