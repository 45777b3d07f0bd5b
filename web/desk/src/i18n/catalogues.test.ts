import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { guess, LOCALES, pluralForm, type Catalogue } from ".";
import { FOLDED_IN } from "../pure/timeline";
import ar from "./ar";
import en from "./en";
import zhHans from "./zh-Hans";
import zhHant from "./zh-Hant";

const SOURCE = fileURLToPath(new URL("..", import.meta.url));
const CATALOGUES: Record<string, Catalogue> = { en, "zh-Hans": zhHans, "zh-Hant": zhHant, ar };
const FORMS: Record<string, number[]> = { en: [1, 2, 3], "zh-Hans": [1], "zh-Hant": [1], ar: [1, 6] };

function names(text: string): string[] {
  return [...new Set([...text.matchAll(/\{(\w+)\}/g)].map((found) => found[1] ?? ""))].sort();
}

test.each(LOCALES)("%s has the same keys, names and as many forms as its numbers need", (locale) => {
  const catalogue = CATALOGUES[locale] as Catalogue;
  expect(Object.keys(catalogue).sort()).toEqual(Object.keys(en).sort());
  for (const [key, text] of Object.entries(catalogue)) {
    expect(text.trim(), key).not.toBe("");
    expect(names(text), `${locale} ${key}`).toEqual(names(en[key as keyof typeof en]));
    expect(FORMS[locale], `${locale} ${key}`).toContain(text.split(" | ").length);
  }
});

test("every text the code asks for is there", () => {
  const files = readdirSync(SOURCE, { recursive: true, encoding: "utf-8" }).filter((file) => /\.(vue|ts)$/.test(file) && !file.includes("i18n") && !file.endsWith(".test.ts"));
  const asked = files.flatMap((file) => [...readFileSync(join(SOURCE, file), "utf-8").matchAll(/\bt\((?:[\w.]+ === [^?]+\? )?["']([\w.-]+)["']/g)].map((found) => found[1] ?? ""));
  expect(asked.length).toBeGreaterThan(150);
  expect(asked.filter((key) => !(key in en))).toEqual([]);
});

test("every kind of event is said in words", () => {
  const types = [...readFileSync(join(SOURCE, "../../shared/generated/events.ts"), "utf-8").matchAll(/"([a-z]+\.[a-z_]+)": components/g)].map((found) => found[1] ?? "");
  const line = readFileSync(join(SOURCE, "conversation/EventLine.vue"), "utf-8");
  expect(types).toContain("lead.called");
  const told = (type: string): boolean => FOLDED_IN.has(type) || type === "message.created" || type === "decision.made" || line.includes(`case "${type}":`) || `event.${type}` in en;
  expect(types.filter((type) => !told(type))).toEqual([]);
});

test("numbers choose their form as each language does", () => {
  expect([0, 1, 2, 3, 11, 100].map((count) => pluralForm("ar", count, 6))).toEqual([0, 1, 2, 3, 4, 5]);
  expect([0, 1, 2].map((count) => pluralForm("en", count, 2))).toEqual([1, 0, 1]);
  expect([0, 1, 2].map((count) => pluralForm("zh-Hans", count, 1))).toEqual([0, 0, 0]);
});

test("a browser's wishes find the nearest of our languages", () => {
  expect(guess(["zh-TW", "en"])).toBe("zh-Hant");
  expect(guess(["zh-CN"])).toBe("zh-Hans");
  expect(guess(["de-DE", "ar-EG"])).toBe("ar");
  expect(guess(["de"])).toBe("en");
});
