/** Placeholders of saved replies: `{{contact.name|there}}` becomes the name, or the words behind the bar. */

export const VARIABLES = ["contact.name", "agent.name", "site.name", "queue.name", "order"] as const;
export type Variable = (typeof VARIABLES)[number];
export type Values = Partial<Record<Variable, string | undefined>>;

const PLACEHOLDER = /\{\{([^{}|]{0,80})(?:\|([^{}]{0,200}))?\}\}/g;

export interface Filled {
  text: string;
  /** Names that had neither a value nor words to use instead; they still stand in the text. */
  missing: string[];
}

export function fill(text: string, values: Values): Filled {
  const missing: string[] = [];
  const filled = text.replace(PLACEHOLDER, (whole, name: string, instead: string | undefined) => {
    const key = name.trim();
    const value = isVariable(key) ? values[key] : undefined;
    if (value) return value;
    if (instead !== undefined) return instead;
    missing.push(key);
    return whole;
  });
  return { text: filled, missing: [...new Set(missing)] };
}

/** Whether placeholders without a value are left in a text that is about to be sent. */
export function leftOver(text: string): string[] {
  return [...new Set([...text.matchAll(PLACEHOLDER)].map((found) => (found[1] ?? "").trim()))];
}

function isVariable(name: string): name is Variable {
  return (VARIABLES as readonly string[]).includes(name);
}
