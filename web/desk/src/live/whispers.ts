/** What the socket says that is no event: typing and looking go to whoever shows them. */
import type { Actor } from "../api/types";

type Hearer = (conversationId: string, actor: Actor, what: "viewing" | "typing") => void;
let hearer: Hearer = () => undefined;

export function whenWhispered(callback: Hearer): void {
  hearer = callback;
}

export function whisper(type: string, conversationId: string, actor: Actor | undefined): void {
  if (actor && (type === "typing" || type === "viewing")) hearer(conversationId, actor, type);
}
