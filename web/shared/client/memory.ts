/** What a page keeps between loads. Where storage is forbidden or full it is kept in memory for as long as the page lives. */
export interface Memory {
  get<T>(name: string): T | null;
  set(name: string, value: unknown): void;
}

/** `area` is looked up inside a try: merely touching localStorage throws in some frames. */
export function memoryIn(area: () => Pick<Storage, "getItem" | "setItem" | "removeItem">, prefix: string): Memory {
  const kept = new Map<string, string>();
  return {
    get<T>(name: string): T | null {
      let text = kept.get(name);
      try {
        text ??= area().getItem(prefix + name) ?? undefined;
        return text === undefined ? null : (JSON.parse(text) as T);
      } catch {
        return null;
      }
    },
    set(name: string, value: unknown): void {
      const text = JSON.stringify(value);
      kept.set(name, text);
      try {
        if (value === null) area().removeItem(prefix + name);
        else area().setItem(prefix + name, text);
      } catch {
        // Forbidden or full: what is in `kept` lasts as long as the page.
      }
    },
  };
}
