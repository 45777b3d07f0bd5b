import { expect, test } from "vitest";
import type { Fact } from "../api/types";
import ar from "../i18n/ar";
import en from "../i18n/en";
import zhHans from "../i18n/zh-Hans";
import { blankLeaf, freshId, operatorsFor, tidied, turnedInto, usesOf, type Condition } from "./document";
import { boundsLines, effectLines, told, type Teller, type Told } from "./telling";

const FACTS: Fact[] = [
  { name: "anger", kind: "number", low: 0, high: 1, choices: [], signal: true, words: "anger" },
  { name: "matter.repeated", kind: "flag", low: null, high: null, choices: [], signal: false, words: "same unresolved matter" },
  { name: "matter.age", kind: "age", low: null, high: null, choices: [], signal: false, words: "time since that matter" },
  { name: "answer.outcome", kind: "word", low: null, high: null, choices: ["answer", "none"], signal: false, words: "what the knowledge base found" },
  { name: "queue.expected_wait_seconds", kind: "number", low: 0, high: null, choices: [], signal: false, words: "expected wait" },
];

function teller(texts: Record<string, string> = en, locale = "en"): Teller {
  const t = (key: string, named: Record<string, unknown> = {}): string => (texts[key] ?? key).replace(/\{(\w+)\}/g, (_, name: string) => String(named[name]));
  return { locale, t, te: (key) => key in texts, facts: new Map(FACTS.map((fact) => [fact.name, fact])), parameters: { anger_raised: { default: 0.5 }, strained_wait_seconds: { default: 3600 } } };
}

function read(one: Told): string {
  if (one.kind === "line") return one.pieces.map((piece) => (piece.value === undefined ? piece.text : `${piece.text} (${piece.value})`)).join("");
  return `${one.heading} [${one.points.map(read).join("; ")}]`;
}

const say = (condition: Condition, with_ = teller()): string => read(told(condition, with_));

test("comparisons read as sentences, with named numbers by name and value", () => {
  expect(say({ fact: "anger", gte: { param: "anger_raised" } })).toBe("anger is at least raised (0.5)");
  expect(say({ fact: "matter.age", within: "7d" })).toBe("time since that matter is within 7 days");
  expect(say({ fact: "queue.expected_wait_seconds", gte: { param: "strained_wait_seconds" } })).toBe("expected wait is at least a long wait (1 hour)");
  expect(say({ fact: "anger", count_over: { gte: 0.5, last: 3, at_least: 2 } })).toBe("anger is at least 0.5 in 2 of the last 3 messages");
  expect(say({ not: { fact: "matter.repeated", equals: false } })).toBe("same unresolved matter");
  expect(say({ fact: "unheard.of", lte: 2 })).toBe("unheard.of is at most 2");
});

test("short groups are one sentence, deep ones are points", () => {
  const both: Condition = { all: [{ fact: "anger", gte: 0.8 }, { fact: "answer.outcome", equals: "none" }] };
  expect(say(both)).toBe("anger is at least 0.8 and what the knowledge base found is nothing");
  expect(say({ any: [both, { fact: "matter.repeated", equals: true }] })).toBe(
    "Any of these holds: [anger is at least 0.8 and what the knowledge base found is nothing; same unresolved matter]",
  );
  expect(say({ at_least: 2, of: [both, both] })).toContain("At least 2 of these hold:");
});

test("other languages have their own words and conjunctions", () => {
  const either: Condition = { any: [{ fact: "matter.repeated", equals: true }, { fact: "answer.outcome", equals: "none" }] };
  expect(say(either, teller(zhHans, "zh-Hans"))).toBe("same unresolved matter或what the knowledge base found为 无结果");
  expect(say(either, teller(ar, "ar"))).toContain(" أو ");
});

test("effects and bounds are told whole", () => {
  expect(effectLines({ human: { reason: "safety", priority: "urgent", queue: "care" }, no_article: true, notify: { by: ["desk", "email"], every_minutes: 3 } }, teller())).toEqual([
    "A person takes over: queue care, priority Urgent",
    "No article is shown",
    "A lead is told by the desk and e-mail, every 3 minutes until it is seen",
  ]);
  expect(boundsLines({ weekdays: ["sat", "sun"], hours: "closed" }, { channels: ["email"] }, teller())).toEqual(["on Saturday and Sunday", "outside opening hours", "channels: email"]);
});

test("a group turned into another keeps its comparisons", () => {
  const leaf = blankLeaf(FACTS[0]);
  expect(turnedInto(leaf, "any")).toEqual({ any: [leaf] });
  expect(turnedInto({ all: [leaf, leaf, leaf] }, "at_least")).toEqual({ at_least: 2, of: [leaf, leaf, leaf] });
  expect(turnedInto({ all: [leaf] }, "not")).toEqual({ not: leaf });
  expect(operatorsFor(FACTS[0])).toContain("count_over");
  expect(operatorsFor(FACTS[1])).toEqual(["equals"]);
});

test("names stay free, uses are found, nothing empty is written", () => {
  expect(freshId(["rule", "rule_2"], "rule")).toBe("rule_3");
  const rules = [{ id: "a", description: "a", then: {}, when: { not: { fact: "anger", gte: { param: "x" } } } as Condition }];
  expect(usesOf({ rules }, "x")).toEqual(["a"]);
  expect(usesOf({ rules }, "y")).toEqual([]);
  expect(tidied({ tags: [], say: "", no_article: false, limit: "offer" })).toEqual({ limit: "offer" });
});
