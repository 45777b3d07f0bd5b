/** The command palette and the list of keys: whether they are open, and what the page that is shown adds to them. */
import { defineStore } from "pinia";
import { ref, shallowReactive } from "vue";

export interface Command {
  id: string;
  title: string;
  group: string;
  /** One key, for those who like them; shown beside the title. */
  key?: string;
  run: () => void;
}

export const usePalette = defineStore("palette", () => {
  const open = ref(false);
  const keysOpen = ref(false);
  const sources = shallowReactive(new Set<() => Command[]>());

  /** Adds commands for as long as the page lives that offers them. */
  function offer(source: () => Command[]): () => void {
    sources.add(source);
    return () => sources.delete(source);
  }

  function commands(): Command[] {
    return [...sources].flatMap((source) => source());
  }

  function show(): void {
    open.value = true;
  }

  function showKeys(): void {
    keysOpen.value = true;
  }

  return { open, keysOpen, offer, commands, show, showKeys };
});
