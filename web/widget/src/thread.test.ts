import type { LogEvent } from "@funnel/shared/client/types";
import { describe, expect, it } from "vitest";
import { type Bubble, Thread } from "./thread";

let seq = 0;

function event(type: string, data: Record<string, unknown> = {}, kind: LogEvent["actor"]["kind"] = "bot", turn = "t"): LogEvent {
  seq += 1;
  return { id: `e${seq}`, turn_id: turn, conversation_id: "c", seq, prev: seq - 1, at: "2026-01-01T00:00:00Z", type, actor: { kind, name: kind === "agent" ? "Noor" : null }, data };
}

function said(text: string, kind: LogEvent["actor"]["kind"], more: Record<string, unknown> = {}, turn = "t"): LogEvent {
  const data = { message_id: `m${seq + 1}`, text, format: "plain", attachments: [], quick_replies: [], ...more };
  return event("message.created", data, kind, turn);
}

function told(...events: LogEvent[]): Thread {
  const thread = new Thread();
  for (const one of events) thread.apply(one);
  return thread;
}

function bubbles(thread: Thread): Bubble[] {
  return thread.items.filter((item) => item.kind === "message");
}

describe("Thread", () => {
  it("keeps an own message under the id it was sent with", () => {
    const thread = told(said("hello", "contact", { client_message_id: "mine" }), said("hi", "bot"));
    expect(bubbles(thread).map(({ key, from }) => [key, from])).toEqual([["mine", "me"], [`m${seq}`, "bot"]]);
  });

  it("puts an answer to the words of its own turn only", () => {
    const offered = event("answer.offered", { answer_id: "a1", kind: "answer", passages: [] }, "bot", "turn-1");
    const thread = told(offered, said("mine", "contact", {}, "turn-1"), said("the answer", "bot", {}, "turn-1"), said("more", "bot", {}, "turn-1"));
    expect(bubbles(thread).map(({ answer }) => answer?.id ?? null)).toEqual([null, "a1", null]);
  });

  it("shows what became of an answer, and draws its message anew", () => {
    const thread = told(event("answer.offered", { answer_id: "a1", kind: "answer", passages: [] }), said("the answer", "bot"));
    const [bubble] = bubbles(thread);
    thread.apply(event("answer.rated", { answer_id: "a1", helpful: false }));
    thread.apply(event("answer.superseded", { answer_id: "a1" }));
    thread.apply(event("answer.rated", { answer_id: "unknown", helpful: true }));
    expect(bubble).toMatchObject({ revision: 2, answer: { helpful: false, superseded: true } });
  });

  it("takes away what was deleted, its files and buttons too", () => {
    const message = said("secret", "agent", { attachments: [{ id: "f" }], quick_replies: [{ label: "x", payload: "x" }] });
    const thread = told(message);
    thread.apply(event("message.deleted", { message_id: (message.data as { message_id: string }).message_id }));
    expect(bubbles(thread)[0]).toMatchObject({ deleted: true, text: "", attachments: [], chips: [], revision: 1 });
  });

  it("follows what becomes of a file that a channel held", () => {
    const file = { id: "f", name: "photo", content_type: "application/octet-stream", size: 0, url: "/v1/files/f?old" };
    const message = said("see", "agent", { attachments: [file, { ...file, id: "other" }] });
    const { message_id } = message.data as { message_id: string };
    const stored = { ...file, name: "photo.png", content_type: "image/png", size: 9, url: "/v1/files/f?new" };
    const thread = told(message, event("attachment.updated", { message_id, attachment: stored, state: "stored" }));
    const [bubble] = bubbles(thread);
    expect(bubble).toMatchObject({ revision: 1, attachments: [{ ...stored, state: "stored" }, { id: "other", url: file.url }] });
    thread.apply(event("attachment.updated", { message_id, attachment: { ...file, id: "other" }, state: "lost" }));
    thread.apply(event("attachment.updated", { message_id: "unknown", attachment: file, state: "stored" }));
    expect(bubble).toMatchObject({ revision: 2, attachments: [{ state: "stored" }, { state: "lost" }] });
  });

  it("knows who has the conversation, from hand-over to the end", () => {
    const thread = told(event("conversation.handed_over", { reason: "other", expected_reply_at: "2026-01-01T00:10:00Z", position: 3, reply_by: "here" }));
    expect(thread.waiting).toEqual({ until: "2026-01-01T00:10:00Z", position: 3 });
    thread.apply(event("conversation.assigned", { agent: { name: "Noor" } }));
    expect([thread.waiting, thread.agent]).toEqual([null, "Noor"]);
    thread.apply(event("conversation.released", { expected_reply_at: null }));
    expect([thread.waiting, thread.agent]).toEqual([{ until: null, position: null }, null]);
    thread.apply(event("conversation.resolved", { by: "agent", how: "agent", need_met: "yes" }));
    expect([thread.waiting, thread.agent, thread.resolved]).toEqual([null, null, true]);
    thread.apply(event("conversation.reopened"));
    expect(thread.resolved).toBe(false);
  });

  it("offers a person until the offer is answered", () => {
    const chips = [{ label: "Yes", payload: "offer:o1:person_now" }];
    const thread = told(event("human.offered", { offer_id: "o1", expected_reply_at: null, choices: [] }), said("A person?", "bot", { quick_replies: chips }));
    const [bubble] = bubbles(thread) as [Bubble];
    thread.apply(said("something else", "contact"));
    expect(thread.isCurrent(bubble)).toBe(true);
    thread.apply(event("human.offer_answered", { offer_id: "o1", choice: "keep_asking", by: "tap" }));
    expect(thread.isCurrent(bubble)).toBe(false);
  });

  it("lets buttons of the last word alone mean something, and none while people have it", () => {
    const thread = told(said("one", "bot", { quick_replies: [{ label: "a", payload: "a" }] }), said("two", "bot", { quick_replies: [{ label: "b", payload: "b" }] }));
    const [first, second] = bubbles(thread) as [Bubble, Bubble];
    expect([thread.isCurrent(first), thread.isCurrent(second)]).toEqual([false, true]);
    thread.apply(event("conversation.assigned", { agent: { name: "Noor" } }));
    expect(thread.isCurrent(second)).toBe(false);
  });

  it("counts what others said since", () => {
    const thread = told(said("mine", "contact"), said("theirs", "agent"), said("theirs too", "bot"));
    expect(thread.unread(0)).toBe(2);
    expect(thread.unread(thread.lastSeq)).toBe(0);
  });

  it("passes over what was erased and what it does not know", () => {
    const thread = told(event("message.created", { redacted: true }, "contact"), event("something.new", { a: 1 }));
    expect(thread.items).toEqual([]);
    expect(thread.lastSeq).toBe(seq);
  });
});
