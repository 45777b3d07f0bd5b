import { Backoff } from "./backoff";
import { newId } from "./ids";
import { Link, type LinkState, type ServerFrame, type SocketLike } from "./live";
import type { Memory } from "./memory";
import { Outbox, type Pending } from "./outbox";
import { ApiError, Rest, type Sleep, sleep, type Transport } from "./rest";
import type { Conversation, EventPage, LogEvent, OfferChoice, Session, Written } from "./types";

export interface VisitorOptions {
  base: string;
  siteKey: string;
  transport: Transport;
  openSocket(url: string): SocketLike;
  memory: Memory;
  locale(): string | null;
  page(): { url: string; title?: string } | null;
  onEvents(events: LogEvent[]): void;
  /** Everything shown so far is void: the log starts over, or it is another conversation. */
  onReset(): void;
  onFrame(frame: ServerFrame): void;
  /** Session, conversation, outbox or connection changed. */
  onChange(): void;
  /** Lets one tab at a time open a session, so that two that start together are one visitor. */
  exclusive?: <T>(work: () => Promise<T>) => Promise<T>;
  pause?: Sleep;
}

/**
 * A visitor of one site: session, one conversation, sending that survives anything, following that misses nothing.
 * Knows the public API and nothing of a page; everything of the browser is handed in.
 */
export class Visitor {
  session: Session | null = null;
  conversation: Conversation | null = null;
  identity: string | null = null;
  readonly rest: Rest;
  readonly link: Link;
  readonly outbox: Outbox;
  #token: string | null;
  #opening: Promise<Session> | null = null;
  #renewal = 0;
  readonly #pause: Sleep;
  readonly #options: VisitorOptions;

  constructor(options: VisitorOptions) {
    this.#options = options;
    const pause = (this.#pause = options.pause ?? sleep);
    this.rest = new Rest(options.base, options.transport, pause);
    this.#token = options.memory.get<string>("token");
    this.outbox = new Outbox(options.memory, (pending) => this.#post(pending), () => options.onChange(), pause);
    this.link = new Link({
      open: () => options.openSocket(`${options.base.replace(/^http/, "ws")}/v1/ws`),
      token: () => this.#token ?? "",
      poll: (id, cursor, signal) => this.page(id, cursor, 25, signal),
      onEvents: (id, events) => this.#receive(id, events),
      onReset: (id) => {
        if (id === this.conversation?.id) options.onReset();
      },
      onFrame: (frame) => options.onFrame(frame),
      onState: (state) => this.#connected(state),
      onRefused: () => void this.#renew(),
    });
  }

  get state(): LinkState {
    return this.link.state;
  }

  /** Opens or continues the session, and follows what is open. Safe to call again (navigation, identity). */
  async open(): Promise<Session> {
    const alone = this.#options.exclusive ?? ((work) => work());
    this.#opening ??= alone(() => this.#enter()).finally(() => (this.#opening = null));
    return this.#opening;
  }

  /** Signs the visitor in with the site's own word for it. */
  async identify(token: string): Promise<Session> {
    this.identity = token;
    await this.#opening?.catch(() => null);
    return this.open();
  }

  /** Takes a link that was sent to the visitor: its conversation, on this device. */
  async resume(linkToken: string): Promise<Session> {
    const session = await this.rest.call<Session>("/v1/widget/resume", { body: { link_token: linkToken }, tries: 3 });
    return this.#entered(session);
  }

  /** Says something; it shows at once and is sent until the server has it. */
  say(message: { text?: string; payload?: string; human?: boolean; attachments?: string[]; files?: string[] }): void {
    this.outbox.add({ client_message_id: newId(), ...message });
  }

  feedback(answerId: string, helpful: boolean): Promise<void> {
    return this.#act("feedback", { client_message_id: newId(), answer_id: answerId, helpful });
  }

  choose(offerId: string, choice: OfferChoice): Promise<void> {
    return this.#act(`offers/${offerId}`, { client_message_id: newId(), choice });
  }

  rate(score: number, comment?: string): Promise<void> {
    return this.#act("rating", comment ? { score, comment } : { score });
  }

  end(): Promise<void> {
    return this.#act("end", { client_message_id: newId() });
  }

  /** A link's token that opens this conversation once on another device. */
  async resumeLink(): Promise<string> {
    const made = await this.#authorised<{ link_token: string }>(`/v1/conversations/${this.#current()}/resume-link`, {
      method: "POST",
    });
    return made.link_token;
  }

  async tell(about: { email?: string; phone?: string; reply_by?: "here" | "email" | "phone" }): Promise<void> {
    await this.#authorised("/v1/me", { method: "PUT", body: about });
  }

  async upload(file: Blob, name: string, onProgress: (share: number) => void, signal: AbortSignal): Promise<string> {
    const form = new FormData();
    form.append("file", file, name);
    const made = await this.#authorised<{ upload_id: string }>("/v1/uploads", {
      form,
      onProgress,
      signal,
      tries: 3,
      timeout: 120_000,
    });
    return made.upload_id;
  }

  /** Everything up to this seq was read. */
  read(upTo: number): void {
    const id = this.conversation?.id;
    if (id === undefined) return;
    if (this.link.send({ type: "read", conversation_id: id, up_to_seq: upTo })) return;
    void this.#authorised(`/v1/conversations/${id}/read`, { body: { up_to_seq: upTo } }).catch(() => null);
  }

  typing(): void {
    if (this.conversation) this.link.send({ type: "typing", conversation_id: this.conversation.id });
  }

  /** A page of the log, from any cursor. */
  page(id: string, cursor: string, wait: number, signal?: AbortSignal): Promise<EventPage> {
    const query = `after=${encodeURIComponent(cursor)}&limit=200&wait=${wait}`;
    return this.#authorised<EventPage>(`/v1/conversations/${id}/events?${query}`, {
      timeout: (wait + 15) * 1000,
      ...(signal && { signal }),
    });
  }

  /** Another tab of this browser has a session or conversation that this one has not. */
  followOtherTab(): void {
    const token = this.#options.memory.get<string>("token");
    const conversation = this.#options.memory.get<string>("conversation");
    if (token === this.#token && (conversation ?? this.conversation?.id) === this.conversation?.id) return;
    this.#token = token;
    void this.#renew();
  }

  async #enter(): Promise<Session> {
    const page = this.#options.page();
    this.#token = this.#options.memory.get<string>("token") ?? this.#token;
    const body = {
      site_key: this.#options.siteKey,
      timezone: Intl.DateTimeFormat().resolvedOptions().timeZone,
      ...(this.#token && { visitor_token: this.#token }),
      ...(this.identity && { identity_token: this.identity }),
      ...(this.#options.locale() && { locale: this.#options.locale() }),
      ...(page && { page }),
    };
    return this.#entered(await this.rest.call<Session>("/v1/widget/session", { body, tries: 5 }));
  }

  #entered(session: Session): Session {
    const changed = this.#token !== session.visitor_token;
    this.session = session;
    this.#token = session.visitor_token;
    if (changed) this.#options.memory.set("token", this.#token);
    if (session.conversation) this.#adopt(session.conversation);
    else if (this.session.contact.id !== this.#options.memory.get("contact")) this.#forget();
    this.#options.memory.set("contact", session.contact.id);
    if (changed && this.link.state !== "stopped") this.link.stop();
    this.link.start();
    this.#options.onChange();
    void this.outbox.flush();
    return session;
  }

  /** The open conversation, or the one that was shown last: a reload must show what a closed one said. */
  #adopt(conversation: Conversation): void {
    const before = this.conversation;
    if (before?.id === conversation.id) {
      if (conversation.version >= before.version) this.conversation = conversation;
      return;
    }
    if (before) {
      this.link.unfollow(before.id);
      this.#options.onReset();
    }
    this.conversation = conversation;
    this.#options.memory.set("conversation", conversation.id);
    this.link.follow(conversation.id);
  }

  #forget(): void {
    if (this.conversation) {
      this.link.unfollow(this.conversation.id);
      this.conversation = null;
      this.#options.onReset();
    }
    this.#options.memory.set("conversation", null);
  }

  /** Shows a conversation that is not open any more. */
  async showLast(): Promise<void> {
    const id = this.#options.memory.get<string>("conversation");
    if (this.conversation || id === null) return;
    try {
      this.#adopt(await this.#authorised<Conversation>(`/v1/conversations/${id}`));
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) this.#options.memory.set("conversation", null);
    }
    this.#options.onChange();
  }

  #receive(id: string, events: LogEvent[]): void {
    if (id !== this.conversation?.id) return;
    for (const event of events) {
      const data = event.data as { client_message_id?: string } | null;
      if (event.actor.kind === "contact" && data?.client_message_id) this.outbox.arrived(data.client_message_id);
    }
    this.#options.onEvents(events);
    this.#options.onChange();
  }

  #connected(state: LinkState): void {
    if (state === "live" || state === "polling") this.outbox.retry();
    this.#options.onChange();
  }

  /** A fresh session where the old one was refused; asked for until there is one, ever more rarely. */
  async #renew(): Promise<void> {
    this.link.stop();
    const mine = (this.#renewal += 1);
    const backoff = new Backoff(1000, 60_000);
    while (mine === this.#renewal && this.link.state === "stopped") {
      try {
        await this.open();
        return;
      } catch {
        await this.#pause(backoff.next());
      }
    }
  }

  async #post(pending: Pending): Promise<void> {
    if (!this.#token) await this.open();
    const { client_message_id, text, payload, human, attachments } = pending;
    const id = this.conversation?.id;
    const words = { client_message_id, ...(text && { text }), ...(attachments?.length && { attachments }) };
    const [path, body] =
      human && id !== undefined && !text
        ? [`/v1/conversations/${id}/human`, { client_message_id }]
        : payload && id !== undefined
          ? [`/v1/conversations/${id}/messages`, { ...words, payload }]
          : ["/v1/conversations", { ...words, ...this.#place(), ...(human && { human }) }];
    this.#written(await this.#authorised<Written>(path, { body }));
  }

  #place(): Record<string, unknown> {
    const page = this.#options.page();
    return page ? { page } : {};
  }

  #written(answer: Written): void {
    this.#adopt(answer.conversation);
    this.link.take(answer.conversation.id, answer.events);
    this.#options.onChange();
  }

  async #act(what: string, body: object): Promise<void> {
    this.#written(await this.#authorised<Written>(`/v1/conversations/${this.#current()}/${what}`, { body, tries: 4 }));
  }

  #current(): string {
    if (!this.conversation) throw new ApiError(404, "no_conversation");
    return this.conversation.id;
  }

  /** With the visitor's token; one that has died is replaced once by a fresh session. */
  async #authorised<T>(path: string, options: Parameters<Rest["call"]>[1] = {}): Promise<T> {
    const token = this.#token;
    try {
      return await this.rest.call<T>(path, { ...options, token });
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 401) throw error;
      if (token === this.#token) await this.open();
      return this.rest.call<T>(path, { ...options, token: this.#token });
    }
  }
}
