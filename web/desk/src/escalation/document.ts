/** A rule set as a document: its types as the gateway's JSON Schema has them, and what one may make of a fact. Pure. */
import type { Fact } from "../api/types";

export type Bound = number | { param: string };
export type Operator = "gte" | "lte" | "equals" | "in" | "matches" | "within" | "count_over";
export interface CountOver {
  gte: Bound;
  last: number;
  at_least: number;
}
export interface Leaf {
  fact: string;
  gte?: Bound;
  lte?: Bound;
  equals?: boolean | string | Bound;
  in?: (string | number)[];
  matches?: string;
  within?: string;
  count_over?: CountOver;
}
export type Condition = Leaf | { all: Condition[] } | { any: Condition[] } | { not: Condition } | { at_least: number; of: Condition[] };
export type Kind = "leaf" | "all" | "any" | "not" | "at_least";

export interface Human {
  queue?: string;
  priority?: string;
  raise_one?: boolean;
  skills?: string[];
  reason?: string;
}
export interface Effects {
  limit?: string;
  human?: Human;
  protective?: boolean;
  no_article?: boolean;
  keep_priority?: boolean;
  say?: string;
  tags?: string[];
  priority?: string;
  playbook?: string;
  notify?: { by?: string[]; every_minutes?: number };
  due_days?: number;
}
export interface Schedule {
  first_day?: string;
  last_day?: string;
  weekdays?: string[];
  opens?: string;
  closes?: string;
  hours?: string;
}
export interface Scope {
  sites?: string[];
  channels?: string[];
  locales?: string[];
}
export interface RuleTest {
  locale?: string;
  says: string[];
  given?: { answer?: string; protective?: boolean; signals?: Record<string, number>; open?: boolean; unsure_language?: boolean; earlier_days?: number };
  expect: { outcome?: string; reason?: string; queue?: string; priority?: string; fired?: string[]; not_fired?: string[] };
}
export interface Rule {
  id: string;
  description: string;
  when: Condition;
  then: Effects;
  unless?: Condition;
  schedule?: Schedule;
  scope?: Scope;
  owner?: string;
  row?: number;
  fixed?: boolean;
  enabled?: boolean;
  stop?: boolean;
  tests?: RuleTest[];
}
export interface Parameter {
  default: number;
  sites?: Record<string, number>;
  locales?: Record<string, number>;
  most?: number;
}
export interface RuleDocument {
  format?: number;
  parameters?: Record<string, Parameter>;
  playbooks?: { id: string; steps: Record<string, string>[] }[];
  rules: Rule[];
}

export const OPERATORS: Operator[] = ["gte", "lte", "equals", "in", "matches", "within", "count_over"];
export const LIMITS = ["answer", "answer_and_offer", "offer"];
export const PRIORITIES = ["low", "normal", "high", "urgent"];
export const SAYS = ["boundary", "stop_use", "protective", "privacy_receipt", "neutral_receipt", "calm_receipt"];
export const REASONS = ["rule", "human_requested", "emotion", "safety", "sensitive_topic", "complex", "no_answer", "not_helpful", "loop_guard", "unreadable"];
export const OUTCOMES = ["answer", "answer_and_offer", "question", "offer", "human", "silent"];
export const WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
const FITTING: Record<Fact["kind"], Operator[]> = {
  number: ["gte", "lte", "equals"],
  flag: ["equals"],
  word: ["equals", "in"],
  words: ["in"],
  text: ["matches"],
  age: ["within"],
};

export function kindOf(condition: Condition): Kind {
  if ("all" in condition) return "all";
  if ("any" in condition) return "any";
  if ("not" in condition) return "not";
  return "of" in condition ? "at_least" : "leaf";
}

export function childrenOf(condition: Condition): Condition[] {
  if ("all" in condition) return condition.all;
  if ("any" in condition) return condition.any;
  if ("not" in condition) return [condition.not];
  return "of" in condition ? condition.of : [];
}

/** The group with other children; of a `not` the first one counts. */
export function withChildren(condition: Condition, children: Condition[]): Condition {
  if ("all" in condition) return { all: children };
  if ("any" in condition) return { any: children };
  if ("not" in condition) return { not: children[0] ?? condition.not };
  if ("of" in condition) return { at_least: Math.min(condition.at_least, Math.max(1, children.length)), of: children };
  return condition;
}

/** The same comparisons put together another way. */
export function turnedInto(condition: Condition, kind: Kind): Condition {
  const children = kindOf(condition) === "leaf" ? [condition] : childrenOf(condition);
  const first = children[0] ?? condition;
  switch (kind) {
    case "leaf": return first;
    case "all": return { all: children };
    case "any": return { any: children };
    case "not": return { not: children.length > 1 ? condition : first };
    case "at_least": return { at_least: Math.min(2, children.length), of: children };
  }
}

export function operatorOf(leaf: Leaf): Operator {
  return OPERATORS.find((name) => leaf[name] !== undefined) ?? "gte";
}

export function operatorsFor(fact: Fact | undefined): Operator[] {
  if (!fact) return OPERATORS;
  return fact.signal ? [...FITTING[fact.kind], "count_over"] : FITTING[fact.kind];
}

/** A comparison of the fact that makes sense to begin with. */
export function blankLeaf(fact: Fact | undefined, operator?: Operator): Leaf {
  const name = fact?.name ?? "anger";
  const number = fact?.high === 1 ? 0.5 : 1;
  const first = fact?.choices[0] ?? "";
  switch (operator ?? operatorsFor(fact)[0] ?? "gte") {
    case "lte": return { fact: name, lte: number };
    case "equals": return { fact: name, equals: fact?.kind === "flag" ? true : fact?.kind === "number" ? number : first };
    case "in": return { fact: name, in: [first || "…"] };
    case "matches": return { fact: name, matches: "(?i)" };
    case "within": return { fact: name, within: "7d" };
    case "count_over": return { fact: name, count_over: { gte: 0.5, last: 3, at_least: 2 } };
    case "gte": return { fact: name, gte: number };
  }
}

/** A name that no rule has yet. */
export function freshId(taken: readonly string[], stem: string): string {
  const base = stem.replace(/_\d+$/, "").slice(0, 36);
  for (let number = 1; ; number++) {
    const id = number === 1 ? base : `${base}_${number}`;
    if (!taken.includes(id)) return id;
  }
}

export function blankRule(id: string, description: string): Rule {
  return { id, description, when: { fact: "anger", gte: 0.5 }, then: { limit: "answer_and_offer" }, tests: [] };
}

/** Without what says nothing: empty lists, empty words, false switches; the gateway reads it the same. */
export function tidied<T extends object>(value: T): T {
  const kept = Object.entries(value).filter(([, one]) => one !== undefined && one !== "" && one !== false && !(Array.isArray(one) && !one.length));
  return Object.fromEntries(kept) as T;
}

/** How many comparisons name the parameter, by rule. */
export function usesOf(document: RuleDocument, name: string): string[] {
  return document.rules.filter((rule) => [rule.when, ...(rule.unless ? [rule.unless] : [])].some((tree) => names(tree, name))).map((rule) => rule.id);
}

function names(condition: Condition, name: string): boolean {
  if (!("fact" in condition)) return childrenOf(condition).some((child) => names(child, name));
  const bounds = [condition.gte, condition.lte, condition.equals, condition.count_over?.gte];
  return bounds.some((bound) => typeof bound === "object" && bound.param === name);
}
