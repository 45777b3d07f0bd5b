/** What this browser keeps: JSON under one prefix, and nothing at all where storage is closed or full. */
import { ref, watch, type Ref } from "vue";

const PREFIX = "funnel.desk.";

export function readKept(name: string): unknown {
  try {
    const text = localStorage.getItem(PREFIX + name);
    return text === null ? undefined : (JSON.parse(text) as unknown);
  } catch {
    return undefined;
  }
}

/** False where it could not be kept. */
export function keep(name: string, value: unknown): boolean {
  try {
    if (value === undefined) localStorage.removeItem(PREFIX + name);
    else localStorage.setItem(PREFIX + name, JSON.stringify(value));
    return true;
  } catch {
    return false;
  }
}

export function keptNames(prefix: string): string[] {
  try {
    return Object.keys(localStorage)
      .filter((name) => name.startsWith(PREFIX + prefix))
      .map((name) => name.slice(PREFIX.length));
  } catch {
    return [];
  }
}

/** A choice of the agent that outlives the page; anything unknown that was kept gives the default. */
export function keptRef<T extends string | boolean>(name: string, standard: T, allowed: readonly T[]): Ref<T> {
  const found = readKept(name) as T;
  const value = ref(allowed.includes(found) ? found : standard) as Ref<T>;
  watch(value, (now) => keep(name, now));
  return value;
}
