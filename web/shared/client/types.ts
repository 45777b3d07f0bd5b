import type { components as Api } from "../generated/api";
import type { components as Events } from "../generated/events";

export type Conversation = Api["schemas"]["ConversationOut"];
export type Message = Api["schemas"]["MessageOut"];
/** `state` is there once a file was told of anew; what was refused or lost will never be had. */
export type Attachment = Api["schemas"]["AttachmentOut"] & { state?: Events["schemas"]["AttachmentUpdated"]["state"] };
export type QuickReply = Api["schemas"]["QuickReplyOut"];
export type Session = Api["schemas"]["SessionOut"];
export type Passage = Events["schemas"]["PassageRef"];
export type OfferChoice = "person_now" | "reply_later" | "keep_asking";

/** What each event type carries; a message has the shape the API documents, with its id named `message_id`. */
export interface EventData extends Omit<Events["schemas"]["EventData"], "message.created"> {
  "message.created": Omit<Message, "id"> & { message_id: string };
}

export interface Actor {
  kind: "contact" | "bot" | "agent" | "system";
  id?: string | null;
  name?: string | null;
}

/** One entry of a conversation's log. `prev` is the seq of the previous event this reader may see. */
export interface LogEvent {
  id: string;
  turn_id: string;
  conversation_id: string;
  seq: number;
  prev: number;
  at: string;
  type: string;
  actor: Actor;
  data: unknown;
}

/** The data of an event if it is of this type, else null. Erased content (`redacted`) counts as another type. */
export function dataOf<T extends keyof EventData>(event: LogEvent, type: T): EventData[T] | null {
  const data = event.data as { redacted?: boolean } | null;
  return event.type === type && data !== null && !data.redacted ? (event.data as EventData[T]) : null;
}

export interface Written {
  conversation: Conversation;
  message: Message | null;
  events: LogEvent[];
}

export interface EventPage {
  items: LogEvent[];
  cursor: string;
  more: boolean;
  reset: boolean;
}
