/** The log of a conversation as something to read: messages with what became of them, lines for the rest, decisions in one piece. */
import type { Actor, Attachment, EventData, Evidence, LogEvent, PassageData } from "../api/types";

/** A file of a message; one that its platform has not given up yet, or never will, has no link. */
export interface FileItem extends Attachment {
  state?: "stored" | "delayed" | "refused" | "lost";
}

export interface MessageItem {
  kind: "message";
  key: string;
  eventId: string;
  seq: number;
  at: string;
  author: Actor;
  text: string;
  format: "plain" | "markdown";
  note: boolean;
  purpose: string | undefined;
  attachments: FileItem[];
  quickReplies: string[];
  change: "edited" | "deleted" | "redacted" | undefined;
  delivery: string | undefined;
  /** Why it failed: the outbox's class, and the platform's own code behind a colon. */
  failure: string | undefined;
  /** The delivery that all of this is about, and the channel it goes by where that is not the conversation's own. */
  deliveryId: string | undefined;
  via: string | undefined;
  /** Where the words were said instead. */
  redirected: { channel: string; conversationId: string } | undefined;
  answer: AnswerPart | undefined;
}

export interface AnswerPart {
  answerId: string;
  kind: string;
  passages: PassageData[];
  confidence: number | undefined;
  helpful: boolean | undefined;
  superseded: boolean;
}

export interface LineItem {
  kind: "line";
  key: string;
  at: string;
  type: string;
  actor: Actor;
  data: Record<string, unknown>;
  /** Read by nobody in a hurry: shown where all details are asked for. */
  minor: boolean;
}

export interface SignalPart {
  name: string;
  score: number;
  words: string[];
}

export interface DecisionItem {
  kind: "decision";
  key: string;
  at: string;
  outcome: string;
  reason: string | undefined;
  ruleSet: string;
  fired: string[];
  near: string[];
  passed: number;
  signals: SignalPart[];
  language: string | undefined;
}

export interface DayItem {
  kind: "day";
  key: string;
  at: string;
}

export type Item = MessageItem | LineItem | DecisionItem | DayItem;

const MINOR = new Set([
  "contact.absent",
  "conversation.seen",
  "context.attached",
  "answer.deferred",
  "hook.called",
  "answer.superseded",
  "answer.rated",
  "message.unseen",
  "target.started",
  "target.met",
  "proactive.shown",
]);
/** What changes another item instead of being one. */
export const FOLDED_IN = new Set(["message.edited", "message.deleted", "message.redacted", "attachment.updated", "delivery.updated", "delivery.redirected", "signals.measured", "answer.offered"]);
const SHOWN_FROM = 0.2;

/** The items of a whole log, oldest first. Types this release does not know become plain lines. */
export function timeline(events: readonly LogEvent[], dayOf: (at: string) => string): Item[] {
  const reading = new Reading(dayOf);
  for (const event of events) reading.take(event);
  return reading.items;
}

/** A code point span of a text. */
export function words(text: string, start: number, end: number): string {
  return Array.from(text).slice(start, end).join("");
}

/** The texts that evidence points to, each once. */
export function evidenceWords(events: readonly LogEvent[], evidence: readonly Evidence[]): string[] {
  const texts = new Map<string, string>();
  for (const event of events) if (event.type === "message.created") texts.set(event.id, word(event.data["text"]));
  const found = evidence.map(([id, start, end]) => words(texts.get(id) ?? "", start, end).trim());
  return [...new Set(found.filter(Boolean))];
}

function word(value: unknown): string {
  return typeof value === "string" ? value : "";
}

class Reading {
  readonly items: Item[] = [];
  private readonly dayOf: (at: string) => string;
  private readonly messages = new Map<string, MessageItem>();
  private readonly answers = new Map<string, AnswerPart>();
  private readonly signals = new Map<string, EventData["signals.measured"]>();
  private readonly offered = new Map<string, AnswerPart>();
  private day = "";

  constructor(dayOf: (at: string) => string) {
    this.dayOf = dayOf;
  }

  take(event: LogEvent): void {
    this.turnOfDay(event);
    if (event.type === "message.created") this.message(event);
    else if (event.type === "decision.made") this.decision(event);
    else if (FOLDED_IN.has(event.type)) this.change(event);
    else this.line(event);
  }

  private turnOfDay(event: LogEvent): void {
    const day = this.dayOf(event.at);
    if (day === this.day || FOLDED_IN.has(event.type)) return;
    this.day = day;
    this.items.push({ kind: "day", key: `day-${day}-${event.seq}`, at: event.at });
  }

  private message(event: LogEvent): void {
    const data = event.data as unknown as EventData["message.created"] & { attachments?: Attachment[]; redacted?: boolean };
    const item: MessageItem = {
      kind: "message",
      key: event.id,
      eventId: event.id,
      seq: event.seq,
      at: event.at,
      author: event.actor,
      text: data.redacted ? "" : data.text,
      format: data.format ?? "plain",
      note: data.visibility === "private",
      purpose: data.purpose ?? undefined,
      attachments: data.attachments ?? [],
      quickReplies: (data.quick_replies ?? []).map((reply) => reply.label),
      change: data.redacted ? "redacted" : undefined,
      delivery: undefined,
      failure: undefined,
      deliveryId: undefined,
      via: undefined,
      redirected: undefined,
      answer: event.actor.kind === "bot" ? this.offered.get(event.turn_id) : undefined,
    };
    if (item.answer) this.offered.delete(event.turn_id);
    if (data.message_id) this.messages.set(data.message_id, item);
    this.items.push(item);
  }

  private change(event: LogEvent): void {
    const data = event.data;
    const item = this.messages.get(word(data["message_id"]));
    switch (event.type) {
      case "message.edited":
        if (item) Object.assign(item, { text: word(data["text"]), change: "edited" });
        break;
      case "message.deleted":
        if (item) item.change = "deleted";
        break;
      case "message.redacted":
        if (item) Object.assign(item, { text: "", attachments: [], change: item.change === "deleted" ? "deleted" : "redacted" });
        break;
      case "attachment.updated":
        if (item && data["attachment"]) this.file(item, data as unknown as EventData["attachment.updated"]);
        break;
      case "delivery.updated":
        if (item) this.delivered(item, data as unknown as EventData["delivery.updated"]);
        break;
      case "delivery.redirected":
        if (item) item.redirected = { channel: word(data["channel"]), conversationId: word(data["to_conversation_id"]) };
        break;
      case "signals.measured":
        this.signals.set(event.turn_id, data as unknown as EventData["signals.measured"]);
        break;
      case "answer.offered":
        this.answer(event);
        break;
    }
  }

  /** What is sent again is another delivery: how the one before fared is the past. */
  private delivered(item: MessageItem, data: EventData["delivery.updated"]): void {
    const again = item.deliveryId !== data.delivery_id;
    const via = data.channel ?? (again ? undefined : item.via);
    Object.assign(item, { delivery: data.state, failure: word(data.error), deliveryId: data.delivery_id, via, redirected: again ? undefined : item.redirected });
  }

  private file(item: MessageItem, data: EventData["attachment.updated"]): void {
    const told: FileItem = { ...(data.attachment as FileItem), state: data.state };
    item.attachments = item.attachments.map((file) => (file.id === told.id ? told : file));
  }

  private answer(event: LogEvent): void {
    const data = event.data as unknown as EventData["answer.offered"];
    const part: AnswerPart = {
      answerId: data.answer_id,
      kind: data.kind,
      passages: data.passages ?? [],
      confidence: data.confidence ?? undefined,
      helpful: undefined,
      superseded: false,
    };
    this.answers.set(data.answer_id, part);
    const said = this.items.findLast((item): item is MessageItem => item.kind === "message");
    const sameTurn = said && said.author.kind === "bot" && said.seq === event.seq - 1;
    if (sameTurn) said.answer = part;
    else this.offered.set(event.turn_id, part);
  }

  private line(event: LogEvent): void {
    const answer = this.answers.get(word(event.data["answer_id"]));
    if (answer && event.type === "answer.rated") answer.helpful = Boolean(event.data["helpful"]);
    if (answer && event.type === "answer.superseded") answer.superseded = true;
    this.items.push({
      kind: "line",
      key: event.id,
      at: event.at,
      type: event.type,
      actor: event.actor,
      data: event.data,
      minor: MINOR.has(event.type),
    });
  }

  private decision(event: LogEvent): void {
    const data = event.data as unknown as EventData["decision.made"];
    const rules = data.rules ?? [];
    const measured = this.signals.get(event.turn_id);
    this.items.push({
      kind: "decision",
      key: event.id,
      at: event.at,
      outcome: data.outcome,
      reason: data.reason ?? undefined,
      ruleSet: data.rule_set_version,
      fired: rules.filter((rule) => rule.result === "fired").map((rule) => rule.id),
      near: rules.filter((rule) => rule.result === "near").map((rule) => rule.id),
      passed: rules.filter((rule) => rule.result === "no").length,
      signals: measured ? this.parts(measured) : [],
      language: measured?.language.code,
    });
  }

  private parts(measured: EventData["signals.measured"]): SignalPart[] {
    const text = this.messages.get(measured.message_id)?.text ?? "";
    return Object.entries(measured.signals as Record<string, { score?: number; evidence?: [number, number][] }>)
      .filter(([name, value]) => name !== "language" && (value.score ?? 0) >= SHOWN_FROM)
      .map(([name, value]) => ({
        name,
        score: value.score ?? 0,
        words: [...new Set((value.evidence ?? []).map(([start, end]) => words(text, start, end).trim()).filter(Boolean))],
      }))
      .sort((a, b) => b.score - a.score);
  }
}
