/** The conversation as it is shown: a fold of its events, pure and without a page. */
import { dataOf, type Attachment, type EventData, type LogEvent, type Passage, type QuickReply } from "@funnel/shared/client/types";

export interface Answer {
  id: string;
  passages: Passage[];
  helpful: boolean | null;
  superseded: boolean;
}

export interface Bubble {
  kind: "message";
  key: string;
  seq: number;
  from: "me" | "bot" | "agent" | "system";
  name: string | null;
  text: string;
  markdown: boolean;
  attachments: Attachment[];
  chips: QuickReply[];
  at: string;
  answer: Answer | null;
  deleted: boolean;
  revision: number;
}

export interface Line {
  kind: "line";
  key: string;
  closed: boolean;
  at: string;
  revision: number;
}

export interface Rating {
  kind: "rating";
  key: string;
  score: number | null;
  at: string;
  revision: number;
}

export type Item = Bubble | Line | Rating;

export interface Waiting {
  until: string | null;
  position: number | null;
}

export class Thread {
  readonly items: Item[] = [];
  waiting: Waiting | null = null;
  agent: string | null = null;
  /** The offer of a person that is open now. */
  offer: string | null = null;
  resolved = false;
  lastSeq = 0;
  readonly #messages = new Map<string, Bubble>();
  readonly #answers = new Map<string, Answer>();
  #offered: { turn: string; answer: Answer } | null = null;

  apply(event: LogEvent): void {
    this.lastSeq = event.seq;
    this.#content(event);
    this.#care(event);
    this.#ending(event);
  }

  /** Messages of others after this seq. */
  unread(after: number): number {
    return this.items.filter((item) => item.kind === "message" && item.seq > after && item.from !== "me").length;
  }

  /** Whether a message's buttons still mean something: it is the last word, or holds the open offer. */
  isCurrent(bubble: Bubble): boolean {
    if (this.resolved) return false;
    if (this.offer !== null && bubble.chips.some((chip) => chip.payload.startsWith(`offer:${this.offer}:`))) return true;
    if (this.waiting || this.agent !== null) return false;
    for (let at = this.items.length - 1; at >= 0; at -= 1) {
      const item = this.items[at];
      if (item === bubble) return true;
      if (item?.kind === "message" && (item.from === "me" || item.chips.length)) return false;
    }
    return false;
  }

  #content(event: LogEvent): void {
    const message = dataOf(event, "message.created");
    if (message) this.#said(event, message);
    const edited = dataOf(event, "message.edited");
    if (edited) this.#change(edited.message_id, { text: edited.text });
    const file = dataOf(event, "attachment.updated");
    if (file) this.#file(file);
    const gone = dataOf(event, "message.deleted") ?? dataOf(event, "message.redacted");
    if (gone) this.#change((gone).message_id, { deleted: true, text: "", attachments: [], chips: [] });
    const offered = dataOf(event, "answer.offered");
    if (offered && offered.kind !== "question") {
      const answer: Answer = { id: offered.answer_id, passages: offered.passages ?? [], helpful: null, superseded: false };
      this.#answers.set(answer.id, answer);
      this.#offered = { turn: event.turn_id, answer };
    }
    const rated = dataOf(event, "answer.rated");
    if (rated) this.#judge(rated.answer_id, (answer) => (answer.helpful = rated.helpful));
    const superseded = dataOf(event, "answer.superseded");
    if (superseded) this.#judge(superseded.answer_id, (answer) => (answer.superseded = true));
  }

  #said(event: LogEvent, message: EventData["message.created"]): void {
    const from = event.actor.kind === "contact" ? "me" : event.actor.kind;
    const answer = this.#offered?.turn === event.turn_id && from !== "me" ? this.#offered.answer : null;
    if (answer) this.#offered = null;
    const bubble: Bubble = {
      kind: "message",
      key: from === "me" && message.client_message_id ? message.client_message_id : message.message_id,
      seq: event.seq,
      from,
      name: event.actor.name ?? null,
      text: message.text,
      markdown: message.format === "markdown",
      attachments: message.attachments,
      chips: message.quick_replies,
      at: event.at,
      answer,
      deleted: false,
      revision: 0,
    };
    this.#messages.set(message.message_id, bubble);
    this.items.push(bubble);
  }

  #change(id: string, what: Partial<Bubble>): void {
    const bubble = this.#messages.get(id);
    if (bubble) Object.assign(bubble, what, { revision: bubble.revision + 1 });
  }

  /** A file that a channel held has come, or never will. */
  #file({ message_id, attachment, state }: EventData["attachment.updated"]): void {
    const known = this.#messages.get(message_id)?.attachments ?? [];
    this.#change(message_id, { attachments: known.map((one) => (one.id === attachment.id ? { ...one, ...attachment, state } : one)) });
  }

  #judge(id: string, change: (answer: Answer) => void): void {
    const answer = this.#answers.get(id);
    if (!answer) return;
    change(answer);
    for (const bubble of this.#messages.values()) if (bubble.answer === answer) bubble.revision += 1;
  }

  #care(event: LogEvent): void {
    const handed = dataOf(event, "conversation.handed_over");
    if (handed) this.waiting = { until: handed.expected_reply_at ?? null, position: handed.position ?? null };
    const expected = dataOf(event, "expectation.changed");
    if (expected && this.waiting) this.waiting = { until: expected.expected_reply_at ?? null, position: null };
    const queued = dataOf(event, "conversation.queued") ?? dataOf(event, "conversation.released");
    if (queued) {
      this.agent = null;
      this.waiting = { until: queued.expected_reply_at ?? null, position: null };
    }
    const assigned = dataOf(event, "conversation.assigned");
    if (assigned) {
      this.agent = assigned.agent.name;
      this.waiting = null;
    }
    if (event.type === "conversation.withdrawn" || event.type === "conversation.handed_back") {
      this.waiting = null;
      this.agent = null;
    }
    const offer = dataOf(event, "human.offered");
    if (offer) this.offer = offer.offer_id;
    if (dataOf(event, "human.offer_answered")) this.offer = null;
  }

  #ending(event: LogEvent): void {
    const base = { key: event.id, at: event.at, revision: 0 };
    if (event.type === "conversation.resolved") {
      this.resolved = true;
      this.waiting = null;
      this.agent = null;
      this.offer = null;
      this.items.push({ ...base, kind: "line", closed: true });
    } else if (event.type === "conversation.reopened") {
      this.resolved = false;
      this.items.push({ ...base, kind: "line", closed: false });
    } else if (event.type === "rating.requested") {
      this.items.push({ ...base, kind: "rating", score: null });
    }
    const given = dataOf(event, "rating.given");
    const asked = this.items.findLast((item) => item.kind === "rating");
    if (given && asked) {
      asked.score = given.score;
      asked.revision += 1;
    }
  }
}
