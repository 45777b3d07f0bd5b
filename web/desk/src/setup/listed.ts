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

  async function load(): Promise<void> {
    try {
      items.value = await getAll<Item>(path);
      state.value = "ready";
    } catch {
      state.value = "failed";
    }
  }

  onMounted(load);
  return { items, state, load };
}
