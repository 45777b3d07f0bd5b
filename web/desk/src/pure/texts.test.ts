import { expect, test } from "vitest";
import { markdown, plain } from "./rich";
import { filtered } from "./search";
import { fill, leftOver } from "./variables";
import { snoozeChoices } from "./when";

test("only addresses of the web become links, without the full stop behind them", () => {
  expect(plain("see https://a.example/x?y=1. ok")).toEqual([
    { kind: "text", text: "see " },
    { kind: "link", text: "https://a.example/x?y=1", href: "https://a.example/x?y=1" },
    { kind: "text", text: "." },
    { kind: "text", text: " ok" },
  ]);
  expect(plain("请看https://a.example/帮助。谢谢").filter((part) => part.kind === "link")).toHaveLength(1);
});

test.each(["javascript:alert(1)", "[x](javascript:alert(1))", "[x](data:text/html,<b>)", "<img src=x onerror=alert(1)>", "vbscript:x", "//evil.example"])("%s stays text", (text) => {
  const parts = [...plain(text), ...markdown(text).flatMap((block) => (block.kind === "list" ? block.items.flat() : block.inlines))];
  expect(parts.filter((part) => part.kind === "link")).toEqual([]);
  expect(parts.map((part) => part.text).join("")).toContain(text.slice(0, 4));
});

test("markdown gives paragraphs, lists, headings and marks", () => {
  expect(markdown("# Title\nOne **bold** `code`\n\n- a\n- b\n1. c")).toEqual([
    { kind: "heading", inlines: [{ kind: "text", text: "Title" }] },
    { kind: "paragraph", inlines: [{ kind: "text", text: "One " }, { kind: "bold", text: "bold" }, { kind: "text", text: " " }, { kind: "code", text: "code" }] },
    { kind: "list", ordered: false, items: [[{ kind: "text", text: "a" }], [{ kind: "text", text: "b" }]] },
    { kind: "list", ordered: true, items: [[{ kind: "text", text: "c" }]] },
  ]);
});

test("a word of ten thousand characters is read in a blink", () => {
  for (const sign of ["*", "`", "[", "h", "a"]) expect(markdown(sign.repeat(10_000))).toHaveLength(1);
});

test("placeholders take the value, else the words behind the bar, else they are named", () => {
  const filled = fill("Hello {{contact.name|there}}, {{ agent.name }} here about {{order}}.", { "agent.name": "Noor" });
  expect(filled).toEqual({ text: "Hello there, Noor here about {{order}}.", missing: ["order"] });
  expect(leftOver(filled.text)).toEqual(["order"]);
  expect(fill("{{contact.name|there}}", { "contact.name": "{{agent.name}} $& $1" }).text).toBe("{{agent.name}} $& $1");
});

test("search folds accents and case, and beginnings come first", () => {
  const items = ["Reopen", "Open the list", "Über uns"];
  expect(filtered(items, "open", (item) => item)).toEqual(["Open the list", "Reopen"]);
  expect(filtered(items, "uber", (item) => item)).toEqual(["Über uns"]);
  expect(filtered(items, "zzz", (item) => item)).toEqual([]);
});

test("snooze choices lie ahead, and Monday is not tomorrow twice", () => {
  for (const day of [22, 23, 24, 25, 26, 27, 28]) {
    for (const hour of [0, 8, 16, 17, 23]) {
      const now = new Date(2026, 10, day, hour, 30);
      const choices = snoozeChoices(now);
      expect(choices.every((choice) => choice.at > now)).toBe(true);
      expect(new Set(choices.map((choice) => choice.at.getTime())).size).toBe(choices.length);
    }
  }
});
