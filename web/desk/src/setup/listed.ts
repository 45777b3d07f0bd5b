/** A short list of a set-up page: fetched whole, fetched again after every change. */
import { onMounted, ref, shallowRef, type Ref, type ShallowRef } from "vue";
import { getAll } from "../api/http";

export interface Listed<Item> {
  items: ShallowRef<Item[]>;
  state: Ref<"loading" | "ready" | "failed">;
  load: () => Promise<void>;
}

export function useListed<Item>(path: string): Listed<Item> {
  const items = shallowRef<Item[]>([]);
  const state = ref<"loading" | "ready" | "failed">("loading");
  let asked = 0;

  /** An answer that was overtaken by a later question is passed over: it may be older than the change. */
  async function load(): Promise<void> {
    const mine = ++asked;
    const found = await getAll<Item>(path).catch(() => undefined);
    if (mine !== asked) return;
    if (found) items.value = found;
    state.value = found ? "ready" : "failed";
  }

  onMounted(load);
  return { items, state, load };
}
