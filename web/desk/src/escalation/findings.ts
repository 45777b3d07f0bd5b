/** Where in the document a finding or a refused field belongs: one way of naming places for lint and for what cannot be read. Pure. */
import type { Finding } from "../api/types";

export interface Placed {
  code: string;
  level: "error" | "warning";
  detail: string;
  at: string;
}

export function placed(findings: readonly Finding[]): Placed[] {
  return findings.map((one) => ({ code: one.code, level: one.level, detail: one.detail, at: one.at ?? "" }));
}

/** Refused fields of a 422 as errors at their places. */
export function refused(fields: readonly { field: string; code: string }[]): Placed[] {
  return fields.map(({ field, code }) => ({ code, level: "error", detail: "", at: placeOf(field) }));
}

/** `rules.3.when.all.all.1.fact.gte` names each node's kind too: without it the place is `rules.3.when.all.1`. */
export function placeOf(field: string): string {
  const parts = field.split(".");
  const tree = parts.findIndex((part) => part === "when" || part === "unless");
  if (tree !== 2 || parts[0] !== "rules") return field;
  const place = parts.slice(0, 3);
  for (let at = 3; at < parts.length; ) {
    const kind = parts[at];
    if (kind === "not") {
      place.push("not");
      at += 2;
    } else if ((kind === "all" || kind === "any" || kind === "at_least") && parts[at + 2] !== undefined) {
      place.push(parts[at + 1] ?? "", parts[at + 2] ?? "");
      at += 3;
    } else break;
  }
  return place.join(".");
}

/** Findings at the very place, or anywhere below it. */
export function within(findings: readonly Placed[], place: string): Placed[] {
  return findings.filter((one) => one.at === place || one.at.startsWith(`${place}.`));
}

/** Findings about a rule as a whole: not inside one of its parts that shows its own. */
export function onlyAt(findings: readonly Placed[], place: string): Placed[] {
  return within(findings, place).filter((one) => !/\.(when|unless|then|tests)\b/.test(one.at.slice(place.length)));
}
