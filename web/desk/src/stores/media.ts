/** Facts of the window as refs: light, width, whether it is looked at, and a clock that ticks slowly. */
import { onScopeDispose, ref, type Ref } from "vue";

export function usePreferredDark(): Ref<boolean> {
  return useMedia("(prefers-color-scheme: dark)");
}

export function useMedia(query: string): Ref<boolean> {
  const list = matchMedia(query);
  const matches = ref(list.matches);
  const update = (): void => {
    matches.value = list.matches;
  };
  list.addEventListener("change", update);
  onScopeDispose(() => list.removeEventListener("change", update), true);
  return matches;
}

const now = ref(Date.now());
let ticking = false;

/** Milliseconds, moved on every half minute: enough for ages and deadlines. */
export function useNow(): Ref<number> {
  if (!ticking) {
    ticking = true;
    setInterval(() => {
      now.value = Date.now();
    }, 30_000);
  }
  return now;
}
