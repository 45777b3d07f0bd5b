import { expect, test } from "vitest";
import type { LogEvent } from "../api/types";
import { evidenceWords, timeline, words, type Item } from "./timeline";
import { dayKey } from "./when";

let seq = 0;

function event(type: string, data: Record<string, unknown>, more: Partial<LogEvent> = {}): LogEvent {
  seq += 1;
  return { id: `e${seq}`, turn_id: "t1", conversation_id: "c", seq, prev: seq - 1, at: "2026-11-27T09:00:00Z", type, actor: { kind: "contact" }, data, ...more };
}

function said(text: string, more: Partial<LogEvent> = {}, data: Record<string, unknown> = {}): LogEvent {
  return event("message.created", { message_id: `m${seq + 1}`, text, format: "plain", direction: "incoming", visibility: "public", ...data }, more);
}

function kinds(items: Item[]): string[] {
  return items.map((item) => (item.kind === "line" ? item.type : item.kind));
}

test("a bot's words and its answer are one, whichever comes first, with what became of it", () => {
  const bot = { actor: { kind: "bot" as const }, turn_id: "t2" };
  const offer = { answer_id: "a1", kind: "answer", passages: [{ article_id: "x", title: "T", locale: "en", text: "…" }], confidence: 0.8 };
  const before = [said("how?"), event("answer.offered", offer, bot), said("so.", bot), event("answer.rated", { answer_id: "a1", helpful: false })];
  const after = [said("how?"), said("so.", bot), event("answer.offered", offer, bot), event("answer.rated", { answer_id: "a1", helpful: false })];
  for (const log of [before, after]) {
    const items = timeline(log, dayKey);
    expect(kinds(items)).toEqual(["day", "message", "message", "answer.rated"]);
    const message = items[2];
    expect(message?.kind === "message" && message.answer).toMatchObject({ confidence: 0.8, helpful: false, superseded: false });
  }
});

test("edits, deletions and erasure reach the message", () => {
  const first = said("one");
  const second = said("two");
  const third = said("three");
  const log = [
    first, second, third,
    event("message.edited", { message_id: first.data["message_id"], text: "uno" }),
    event("message.deleted", { message_id: second.data["message_id"] }),
    event("message.redacted", { message_id: third.data["message_id"] }),
  ];
  const messages = timeline(log, dayKey).filter((item) => item.kind === "message");
  expect(messages.map((item) => [item.text, item.change])).toEqual([["uno", "edited"], ["two", "deleted"], ["", "redacted"]]);
});

test("a file is shown as its channel really held it, or says that it is not there", () => {
  const file = { id: "f", name: "photo", content_type: "image/jpeg", size: 0, url: "/old" };
  const first = event("message.created", { message_id: "m1", text: "look", direction: "incoming", attachments: [file] });
  const late = event("attachment.updated", { message_id: "m1", attachment: file, state: "delayed" });
  const there = event("attachment.updated", { message_id: "m1", attachment: { ...file, name: "photo.jpg", size: 9, url: "/new" }, state: "stored" });
  const files = (log: LogEvent[]) => timeline(log, dayKey).flatMap((item) => (item.kind === "message" ? item.attachments : []));
  expect(files([first, late])).toMatchObject([{ state: "delayed" }]);
  expect(files([first, late, there])).toMatchObject([{ name: "photo.jpg", url: "/new", state: "stored" }]);
  expect(timeline([first, late, there], dayKey)).toHaveLength(2);
});

test("a message that was erased in the log shows nothing of it", () => {
  const [, message] = timeline([event("message.created", { redacted: true })], dayKey);
  expect(message).toMatchObject({ kind: "message", text: "", change: "redacted", attachments: [] });
});

test("a decision carries the rules and what was measured, strongest first, with the words", () => {
  const message = said("😡 this is theft");
  const log = [
    message,
    event("signals.measured", { message_id: message.data["message_id"], signals: { anger: { score: 0.7, evidence: [[10, 15]] }, fraud: { score: 0.9, evidence: [[2, 6]] }, thanks: { score: 0.01, evidence: [] }, language: { code: "en", script: "Latn", score: 1 } }, language: { code: "en", script: "Latn", score: 1 } }),
    event("decision.made", { decision_id: "d", outcome: "human", reason: "emotion", rule_set_version: "7", rules: [{ id: "asks_person", result: "fired" }, { id: "first_miss", result: "near" }, { id: "loop_guard", result: "no" }] }, { actor: { kind: "bot" } }),
  ];
  const decision = timeline(log, dayKey).at(-1);
  expect(decision).toMatchObject({ kind: "decision", outcome: "human", reason: "emotion", fired: ["asks_person"], near: ["first_miss"], passed: 1, language: "en" });
  expect(decision?.kind === "decision" && decision.signals).toEqual([
    { name: "fraud", score: 0.9, words: ["this"] },
    { name: "anger", score: 0.7, words: ["theft"] },
  ]);
});

test("types of a newer gateway are lines, and days part the log", () => {
  const log = [said("a"), event("something.new", {}, { at: "2026-11-29T09:00:00Z" })];
  expect(kinds(timeline(log, dayKey))).toEqual(["day", "message", "day", "something.new"]);
});

test("evidence counts code points and points to its own message", () => {
  expect(words("👍🏽 4711 ok", 3, 7)).toBe("4711");
  const message = said("order 4711, order 4711");
  expect(evidenceWords([message], [[message.id, 6, 10], [message.id, 18, 22], ["gone", 0, 3]])).toEqual(["4711"]);
});

test("a message that is sent again forgets how the delivery before fared; where it was said instead is told", () => {
  const first = said("hello", { actor: { kind: "agent" } }, { direction: "outgoing" });
  const message_id = first.data["message_id"];
  const told = (delivery_id: string, state: string, more: Record<string, unknown> = {}) => event("delivery.updated", { delivery_id, message_id, state, ...more });
  const at = (...log: LogEvent[]) => timeline([first, ...log], dayKey).find((item) => item.kind === "message");
  const failed = told("d1", "failed", { error: "expired" });
  expect(at(failed)).toMatchObject({ delivery: "failed", failure: "expired", deliveryId: "d1", redirected: undefined });
  expect(at(failed, event("delivery.redirected", { delivery_id: "d1", message_id, channel: "email", to_conversation_id: "c2" }))).toMatchObject({ redirected: { channel: "email", conversationId: "c2" } });
  expect(at(failed, told("d2", "queued", { channel: "email" }), told("d2", "sent"))).toMatchObject({ delivery: "sent", failure: "", deliveryId: "d2", via: "email" });
});
