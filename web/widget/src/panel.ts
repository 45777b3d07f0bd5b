/** The panel's life: one visitor, one conversation, opened and closed; loaded by the launcher when it is needed. */
import { memoryIn } from "@funnel/shared/client/memory";
import type { ServerFrame } from "@funnel/shared/client/live";
import { ApiError } from "@funnel/shared/client/rest";
import type { LogEvent } from "@funnel/shared/client/types";
import { Visitor } from "@funnel/shared/client/visitor";
import { Attention } from "./attention";
import type { Bridge, Panel } from "./bridge";
import type { Context } from "./context";
import { borrow, tagFor } from "./dom";
import { Shell } from "./shell";
import { PANEL_CSS } from "./styles.panel";
import { load, Speech } from "./texts/speech";
import { regional } from "./texts/region";
import { Thread } from "./thread";
import { transport } from "./transport";

const TYPING_LASTS = 6000;
const OFFLINE_AFTER = 1500;
const RESUME = /[#&]funnel-resume=([\w.-]+)/;

class Controller implements Panel {
  readonly #bridge: Bridge;
  readonly #memory;
  readonly #visitor: Visitor;
  readonly #attention = new Attention();
  #context: Context | null = null;
  #shell: Shell | null = null;
  #thread = new Thread();
  #isOpen = false;
  #readSeq: number;
  #caughtUp = false;
  #clockAhead = 0;
  #drawing = false;
  #wasLost = false;
  #beginning: Promise<Shell> | null = null;
  #lostTimer: ReturnType<typeof setTimeout> | undefined;
  #typingTimer: ReturnType<typeof setTimeout> | undefined;
  #location = { url: location.href, title: document.title };

  constructor(bridge: Bridge) {
    this.#bridge = bridge;
    const { config } = bridge;
    const prefix = `funnel:${config.site}:`;
    this.#memory = memoryIn(() => localStorage, prefix);
    this.#readSeq = this.#memory.get<number>("read") ?? 0;
    if (config.page) this.#location = config.page;
    this.#visitor = new Visitor({
      base: config.base,
      siteKey: config.site,
      transport,
      openSocket: (url) => new WebSocket(url),
      memory: this.#memory,
      // With the reader's region: the server writes dates and numerals as this reader does.
      locale: () => config.locale && regional(tagFor(config.locale), [config.locale, ...navigator.languages]),
      page: () => ({ url: this.#location.url.slice(0, 8000), title: this.#location.title.slice(0, 500) }),
      onEvents: (events) => this.#receive(events),
      onReset: () => this.#startOver(),
      onFrame: (frame) => this.#hear(frame),
      onChange: () => this.#changed(),
      // Two tabs that start together are one visitor, where the browser lets tabs wait for each other.
      exclusive: (work) => (navigator.locks as LockManager | undefined)?.request(prefix, work) ?? work(),
    });
    addEventListener("online", () => {
      this.#visitor.link.kick();
      this.#visitor.outbox.retry();
      this.#network();
    });
    addEventListener("offline", () => this.#network());
    addEventListener("storage", (event) => {
      if (event.key?.startsWith(prefix)) this.#visitor.followOtherTab();
    });
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState !== "visible") return;
      this.#visitor.link.kick();
      this.#changed();
    });
    window.visualViewport?.addEventListener("resize", () => this.#fitViewport());
    window.visualViewport?.addEventListener("scroll", () => this.#fitViewport());
    this.#takeLink();
  }

  open(): void {
    if (this.#isOpen) return;
    this.#isOpen = true;
    this.#bridge.opened(true);
    this.#sound(true);
    void this.#begin().then(
      (shell) => this.#show(shell),
      (error: unknown) => this.#unreachable(error),
    );
  }

  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    if (this.#shell) this.#shell.element.hidden = true;
    this.#scrollLock(false);
    this.#bridge.opened(false);
    this.#bridge.launcher.focus();
    this.#changed();
  }

  identify(token: string): void {
    this.#visitor.identify(token).then(
      () => this.#bridge.emit("identified"),
      (error: unknown) => this.#bridge.emit("refused", { code: error instanceof ApiError ? error.code : "unknown" }),
    );
  }

  page(url: string, title = document.title): void {
    this.#location = { url, title };
    if (this.#context) this.#context.page = { url, title };
    this.#visitor.link.send({ type: "page", url, title });
    this.#shell?.home.refresh();
  }

  #takeLink(): void {
    const token = RESUME.exec(location.hash)?.[1];
    if (token) {
      // Used up by being used: nobody who is shown this address later should try it again.
      history.replaceState(history.state, "", location.href.replace(RESUME, ""));
      this.#location.url = location.href;
      this.#visitor.resume(token).then(() => this.open(), () => this.open());
    } else if (this.#memory.get("token") !== null) void this.#begin().catch(() => null);
  }

  async #begin(): Promise<Shell> {
    if (this.#shell) return this.#shell;
    this.#beginning ??= this.#prepare().finally(() => (this.#beginning = null));
    return this.#beginning;
  }

  async #prepare(): Promise<Shell> {
    const session = this.#visitor.session ?? (await this.#visitor.open());
    this.#clockAhead = Date.parse(session.now) - Date.now();
    if (!this.#visitor.conversation) await this.#visitor.showLast();
    this.#caughtUp ||= !this.#visitor.conversation;
    const tag = tagFor(session.site.locale);
    const speech = new Speech(tag, await load(tag), regional(tag, navigator.languages), () => Date.now() + this.#clockAhead);
    const context: Context = {
      bridge: this.#bridge,
      memory: this.#memory,
      visitor: this.#visitor,
      speech,
      thread: this.#thread,
      page: this.#location,
      changed: () => this.#changed(),
      announce: (text) => this.#shell?.say(text),
      sound: () => this.#sound(),
      attempt: (work) => this.#attempt(work),
    };
    this.#context = context;
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(PANEL_CSS);
    this.#bridge.root.adoptedStyleSheets = [...this.#bridge.root.adoptedStyleSheets, sheet];
    const shell = new Shell(context, () => this.close());
    shell.element.hidden = true;
    this.#bridge.launcher.parentElement?.prepend(shell.element);
    this.#shell = shell;
    this.#changed();
    return shell;
  }

  #show(shell: Shell): void {
    if (!this.#isOpen) return;
    shell.element.hidden = false;
    this.#fitViewport();
    this.#scrollLock(true);
    shell.draw();
    shell.toEnd();
    shell.focus();
    this.#changed();
  }

  #unreachable(error: unknown): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#bridge.opened(false);
    const { words } = this.#bridge;
    this.#bridge.tip(error instanceof ApiError && (error.status === 403 || error.status === 404) ? words.refused : words.unreachable);
  }

  #receive(events: LogEvent[]): void {
    for (const event of events) this.#thread.apply(event);
    // What was there before is history; only what comes after is news.
    if (this.#caughtUp) for (const event of events) this.#news(event);
    this.#changed();
  }

  #news(event: LogEvent): void {
    const said = this.#thread.items.findLast((item) => item.kind === "message" && item.seq === event.seq);
    if (event.type === "conversation.handed_over") this.#bridge.emit("handover");
    if (event.type === "conversation.resolved") this.#bridge.emit("resolved");
    if (said?.kind !== "message" || said.from === "me") return;
    clearTimeout(this.#typingTimer);
    this.#shell?.types(null);
    const { texts } = this.#context?.speech ?? {};
    const author = said.from === "agent" ? (said.name ?? texts?.team) : texts?.bot;
    this.#shell?.say(`${author ?? ""}: ${said.text}`);
    this.#bridge.emit("message", { from: said.from, text: said.text });
    if (!this.#isReading) this.#sound();
  }

  #hear(frame: ServerFrame): void {
    if (frame.type === "live") this.#caughtUp = true;
    if (frame.conversation_id === undefined || frame.conversation_id !== this.#visitor.conversation?.id) return;
    const actor = frame["actor"] as { kind?: string; name?: string } | undefined;
    if (actor?.kind !== "agent" && actor?.kind !== "bot") return;
    if (frame.type === "typing") {
      const { texts } = this.#context?.speech ?? {};
      this.#shell?.types(actor.name ?? (actor.kind === "bot" ? texts?.bot : texts?.team) ?? "");
      clearTimeout(this.#typingTimer);
      this.#typingTimer = setTimeout(() => this.#shell?.types(null), TYPING_LASTS);
    } else if (frame.type === "read" && this.#shell) {
      this.#shell.messages.seenSeq = Math.max(this.#shell.messages.seenSeq, Number(frame["up_to_seq"]) || 0);
      this.#changed();
    }
  }

  #startOver(): void {
    this.#thread = new Thread();
    this.#caughtUp = false;
    if (this.#context) this.#context.thread = this.#thread;
    this.#changed();
  }

  #changed(): void {
    if (this.#drawing) return;
    this.#drawing = true;
    // Frames stand still in hidden tabs, where the number of waiting messages matters most.
    const next = document.visibilityState === "visible" ? requestAnimationFrame : (draw: () => void) => setTimeout(draw, 50);
    next(() => {
      this.#drawing = false;
      this.#draw();
    });
  }

  #draw(): void {
    if (this.#visitor.state === "polling") this.#caughtUp = true;
    if (this.#shell && this.#isOpen) this.#shell.draw();
    if (this.#isReading && this.#thread.lastSeq > this.#readSeq) {
      this.#readSeq = this.#thread.lastSeq;
      this.#memory.set("read", this.#readSeq);
      this.#visitor.read(this.#readSeq);
    }
    this.#readSeq = Math.min(this.#readSeq, this.#visitor.conversation?.last_seq ?? this.#readSeq);
    const unread = this.#thread.unread(Math.max(this.#readSeq, this.#memory.get<number>("read") ?? 0));
    const { speech } = this.#context ?? {};
    if (speech) this.#bridge.unread(unread, speech.count(speech.texts.unread, unread));
    this.#attention.mark(unread);
    this.#network();
  }

  /** Sounds for those who switched it on; `quietly` as Attention has it. */
  #sound(quietly?: boolean): void {
    if (this.#memory.get<boolean>("sound")) void this.#attention.sound(quietly);
  }

  get #isReading(): boolean {
    return this.#isOpen && this.#shell !== null && document.visibilityState === "visible";
  }

  /** Offline and reconnecting are said in words, once they last. */
  #network(): void {
    const { texts } = this.#context?.speech ?? {};
    if (!this.#shell || !texts) return;
    const lost = !navigator.onLine || ["lost", "stopped"].includes(this.#visitor.state);
    clearTimeout(this.#lostTimer);
    if (lost) {
      const say = (): void => {
        this.#wasLost = true;
        this.#shell?.warn(navigator.onLine ? texts.lost : texts.offline);
      };
      if (this.#wasLost) say();
      else this.#lostTimer = setTimeout(say, OFFLINE_AFTER);
    } else if (this.#visitor.state !== "connecting" && this.#wasLost) {
      this.#wasLost = false;
      this.#shell.warn("");
      this.#shell.say(texts.back);
    }
  }

  async #attempt(work: Promise<unknown>): Promise<boolean> {
    try {
      await work;
      return true;
    } catch (error) {
      const { texts } = this.#context?.speech ?? {};
      const text = error instanceof ApiError && error.status === 429 ? texts?.tooFast : texts?.failed;
      this.#shell?.warn(text ?? "");
      setTimeout(() => {
        if (!this.#wasLost) this.#shell?.warn("");
      }, 5000);
      return false;
    }
  }

  /** The on-screen keyboard takes its part of the screen: the panel keeps to what is left. */
  #fitViewport(): void {
    const viewport = window.visualViewport;
    if (!viewport || !this.#shell || viewport.scale > 1.05) return;
    this.#shell.element.style.setProperty("--height", `${viewport.height}px`);
    this.#shell.element.style.setProperty("--top", `${viewport.offsetTop}px`);
    this.#shell.toEnd();
  }

  /** On a phone the page behind must not scroll along. */
  #scrollLock(on: boolean): void {
    const { style } = document.documentElement;
    if (on && matchMedia("(max-width: 480px)").matches) style.setProperty("overflow", "hidden");
    else if (style.overflow === "hidden") style.removeProperty("overflow");
  }
}

export function start(bridge: Bridge): Panel {
  borrow(bridge.tools);
  return new Controller(bridge);
}
