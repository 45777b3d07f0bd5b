/** The conversation drawn: only what changed is made anew, only the last part is in the page. */
import type { Pending } from "@funnel/shared/client/outbox";
import type { Attachment, OfferChoice, QuickReply } from "@funnel/shared/client/types";
import type { Context } from "./context";
import { h, icon } from "./dom";
import * as ICONS from "./icons";
import { link, textNodes } from "./markup";
import { ratingCard } from "./rating";
import { fill } from "./texts/speech";
import type { Bubble, Item } from "./thread";

const WINDOW = 120;
const LINK_LIFE = 240_000;

interface Drawn {
  node: HTMLElement;
  state: string;
}

export class Messages {
  readonly element = h("div", { class: "thread" });
  seenSeq = 0;
  readonly #context: Context;
  #drawn = new Map<string, Drawn>();
  #shown = WINDOW;

  constructor(context: Context) {
    this.#context = context;
  }

  /** Puts the page in step with the conversation. */
  draw(): void {
    const { thread, visitor, speech } = this.#context;
    const items = thread.items.slice(-this.#shown);
    const wanted: { key: string; state: string; make: () => HTMLElement }[] = [];
    if (thread.items.length > items.length) wanted.push({ key: "earlier", state: "", make: () => this.#earlier() });
    let day = "";
    let before: Item | null = null;
    const lastMine = items.findLast((item): item is Bubble => item.kind === "message" && item.from === "me");
    items.forEach((item, index) => {
      const today = speech.day(item.at);
      if (today !== day) wanted.push({ key: `day ${today}`, state: "", make: () => h("div", { class: "day" }, today) });
      day = today;
      wanted.push(this.#entry(item, before, items[index + 1] ?? null, lastMine));
      before = item;
    });
    for (const pending of visitor.outbox.items) {
      wanted.push({ key: pending.client_message_id, state: `pending ${pending.state}`, make: () => this.#pending(pending) });
    }
    this.#reconcile(wanted);
  }

  #entry(item: Item, before: Item | null, after: Item | null, lastMine: Bubble | undefined): { key: string; state: string; make: () => HTMLElement } {
    const { thread, speech } = this.#context;
    if (item.kind === "line") {
      return { key: item.key, state: "", make: () => h("div", { class: "line" }, speech.ending(item.closed)) };
    }
    if (item.kind === "rating") {
      return { key: item.key, state: String(item.revision), make: () => ratingCard(this.#context, item) };
    }
    const current = item.chips.length > 0 && thread.isCurrent(item);
    const follows = together(before, item);
    const ends = !together(item, after);
    const tail = item !== lastMine ? "" : item.seq <= this.seenSeq ? speech.texts.seen : speech.texts.sent;
    const state = `${item.revision} ${current} ${follows} ${ends} ${tail}`;
    return { key: item.key, state, make: () => this.#bubble(item, current, follows, ends, tail) };
  }

  #reconcile(wanted: { key: string; state: string; make: () => HTMLElement }[]): void {
    const kept = new Map<string, Drawn>();
    let place: ChildNode | null = this.element.firstChild;
    for (const { key, state, make } of wanted) {
      let drawn = this.#drawn.get(key);
      if (drawn?.state !== state) {
        const node = make();
        if (drawn) {
          if (place === drawn.node) place = node;
          drawn.node.replaceWith(node);
        }
        drawn = { node, state };
      }
      kept.set(key, drawn);
      if (place === drawn.node) place = place.nextSibling;
      else this.element.insertBefore(drawn.node, place);
    }
    for (const [key, { node }] of this.#drawn) if (!kept.has(key)) node.remove();
    this.#drawn = kept;
  }

  #earlier(): HTMLElement {
    return h("button", { class: "chip", onclick: () => {
      this.#shown += WINDOW * 2;
      this.draw();
    } }, this.#context.speech.texts.earlier);
  }

  #bubble(item: Bubble, current: boolean, follows: boolean, ends: boolean, tail: string): HTMLElement {
    const { speech } = this.#context;
    const mine = item.from === "me";
    const row = h("div", { class: `row ${mine ? "me" : ""} ${follows ? "next" : ""} ${item.answer?.superseded ? "old" : ""}` });
    if (!mine && !follows) row.append(h("div", { class: "name", dir: "auto" }, this.#author(item)));
    if (mine) row.append(h("span", { class: "sr" }, `${speech.texts.you}:`));
    if (item.deleted) row.append(h("div", { class: "bubble gone" }, speech.texts.deleted));
    else if (item.text) row.append(h("div", { class: "bubble" }, ...textNodes(item.text, item.markdown)));
    for (const attachment of item.attachments) row.append(this.#attachment(attachment, item));
    const answer = item.answer?.superseded ? null : this.#answer(item);
    if (answer) row.append(answer);
    if (current) row.append(h("div", { class: "chips" }, ...item.chips.map((chip) => this.#chip(chip, item))));
    if (tail || ends) row.append(h("div", { class: "meta" }, h("time", { datetime: item.at }, speech.time(item.at)), tail && h("span", {}, tail)));
    return row;
  }

  #author(item: Bubble): string {
    const { texts } = this.#context.speech;
    return item.from === "agent" ? (item.name ?? texts.team) : texts.bot;
  }

  #answer(item: Bubble): HTMLElement | null {
    const { speech, visitor } = this.#context;
    const { answer } = item;
    if (!answer) return null;
    const { texts } = speech;
    const told = (helpful: boolean) => () => void this.#context.attempt(visitor.feedback(answer.id, helpful));
    const sources = answer.passages.slice(0, 3).map((one) => (one.url ? link(one.url, one.title) : h("bdi", {}, one.title)));
    const verdict =
      answer.helpful === null
        ? h("div", { class: "verdict", role: "group", "aria-label": texts.helped }, h("span", {}, texts.helped),
            h("button", { class: "chip", onclick: told(true) }, texts.yes),
            h("button", { class: "chip", onclick: told(false) }, texts.no))
        : answer.helpful && h("p", {}, texts.thanks);
    if (sources.length === 0 && !verdict) return null;
    return h("div", { class: "extra" }, sources.length > 0 && h("p", { class: "sources" }, `${texts.source} `, ...sources.flatMap((one, index) => (index ? [" · ", one] : [one]))), verdict);
  }

  #chip(chip: QuickReply, item: Bubble): HTMLElement {
    const { visitor } = this.#context;
    const [kind, offer, choice] = chip.payload.split(":");
    if (kind === "link") return link(new URL(chip.payload.slice(5), document.baseURI).href, chip.label, "chip");
    const tap = (event: MouseEvent): void => {
      for (const one of (event.currentTarget as HTMLElement).parentElement?.children ?? []) (one as HTMLButtonElement).disabled = true;
      if (kind === "human") visitor.say({ human: true });
      else if (kind === "offer" && offer && choice) void this.#choose(offer, choice as OfferChoice, item);
      else visitor.say({ text: chip.label, payload: chip.payload });
    };
    return h("button", { class: "chip", dir: "auto", onclick: tap }, chip.label);
  }

  async #choose(offer: string, choice: OfferChoice, item: Bubble): Promise<void> {
    if (await this.#context.attempt(this.#context.visitor.choose(offer, choice))) return;
    item.revision += 1;
    this.#context.changed();
  }

  #attachment(attachment: Attachment, item: Bubble): HTMLElement {
    const { bridge, speech } = this.#context;
    const { name, state } = attachment;
    if (state === "refused" || state === "lost") return h("div", { class: "bubble gone" }, fill(speech.texts.fileGone, { name }));
    const made = Date.now();
    const open = async (): Promise<void> => {
      const url = Date.now() - made < LINK_LIFE ? attachment.url : await this.#freshLink(attachment.id, item);
      window.open(new URL(url, bridge.config.base), "_blank", "noopener,noreferrer");
    };
    const caption = `${name} (${speech.size(attachment.size)})`;
    const asFile = (): HTMLElement =>
      h("button", { class: "bubble filelink", onclick: () => void open() }, icon(...ICONS.file), h("span", { dir: "auto" }, caption));
    if (!attachment.content_type.startsWith("image/")) return asFile();
    const image = h("img", { src: new URL(attachment.url, bridge.config.base).href, alt: name, decoding: "async" });
    const photo = h("button", { class: "photo", onclick: () => void open() }, image);
    // A host page's policy may forbid our pictures: then it is a file like any other.
    image.addEventListener("error", () => photo.replaceWith(asFile()));
    return photo;
  }

  /** Links to files end after five minutes; the log gives new ones. */
  async #freshLink(id: string, item: Bubble): Promise<string> {
    const { visitor } = this.#context;
    for (let cursor = "0", more = true; more && visitor.conversation; ) {
      const page = await visitor.page(visitor.conversation.id, cursor, 0);
      const event = page.items.find((one) => one.seq === item.seq);
      const files = (event?.data as { attachments?: Attachment[] } | undefined)?.attachments;
      const found = files?.find((one) => one.id === id);
      if (found) return found.url;
      cursor = page.cursor;
      more = page.more;
    }
    return "";
  }

  #pending(pending: Pending): HTMLElement {
    const { speech, visitor } = this.#context;
    const { texts } = speech;
    if (pending.human && !pending.text) return h("div", { class: "row me" }, this.#state(pending));
    return h(
      "div",
      { class: "row me" },
      h("span", { class: "sr" }, `${texts.you}:`),
      pending.text && h("div", { class: "bubble" }, ...textNodes(pending.text, false)),
      ...(pending.files ?? []).map((name) => h("div", { class: "bubble filelink" }, icon(...ICONS.file), h("span", { dir: "auto" }, name))),
      this.#state(pending),
      pending.state === "failed" && h("div", { class: "meta bad" },
        h("button", { onclick: () => visitor.outbox.retry(pending.client_message_id) }, texts.again),
        h("button", { onclick: () => visitor.outbox.discard(pending.client_message_id) }, texts.discard)),
    );
  }

  #state(pending: Pending): HTMLElement {
    const { texts } = this.#context.speech;
    if (pending.state === "sending") return h("div", { class: "meta" }, texts.sending);
    const why = pending.code === undefined ? texts.unsent : fill(`${texts.unsent} · ${texts.failed}`, {});
    return h("div", { class: "meta bad" }, why);
  }
}

/** One after the other by the same author: name and time are said once. */
function together(first: Item | null, second: Item | null): boolean {
  return first?.kind === "message" && second?.kind === "message" && first.from === second.from && first.name === second.name;
}
