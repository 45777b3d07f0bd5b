/** What a channel still lets an agent say, as the composer shows it. Pure. */
import type { Conversation } from "../api/types";

type Given = NonNullable<Conversation["window"]>;

/** `kind` names the sentence: closed for good until the contact writes, used up, counted, or open until a time that is near. */
export interface WindowState {
  kind: "closed" | "used_up" | "pushes" | "counted" | "until" | "open";
  free: boolean;
  templates: boolean;
}

const NEAR = 2 * 3_600_000;
const FEW_PUSHES = 50;

export function windowState(window: Given | null | undefined, now: number): WindowState {
  if (!window) return { kind: "open", free: true, templates: false };
  const templates = window.can_send.includes("template");
  const ends = window.until ? Date.parse(window.until) : undefined;
  if (ends !== undefined && ends <= now) return { kind: "closed", free: false, templates };
  if (window.left !== null) {
    const answers = window.free_until ? Date.parse(window.free_until) > now : false;
    if (window.left === 0) return { kind: ends === undefined ? "used_up" : "closed", free: answers, templates };
    if (ends !== undefined) return { kind: "counted", free: true, templates };
    if (window.left <= FEW_PUSHES) return { kind: "pushes", free: true, templates };
  }
  return { kind: ends !== undefined && ends - now < NEAR ? "until" : "open", free: true, templates };
}

/** A template with its values in their places; a gap without a value stays a gap. */
export function filled(text: string, piece: string, values: Record<string, string>): string {
  return text.replace(/\{\{\s*(\w{1,64})\s*\}\}/g, (gap, name: string) => values[`${piece}.${name}`]?.trim() || gap);
}

type Takes = "text" | "image" | "video" | "document" | "code";
const ACCEPTED: Partial<Record<Takes, string>> = {
  image: "image/png,image/jpeg",
  video: "video/mp4,video/3gpp",
  document: ".pdf,.txt,.doc,.docx,.xls,.xlsx,.ppt,.pptx",
};

/** Whether a gap of a template is filled by a file or its link. */
export function isFile(takes: Takes): boolean {
  return takes in ACCEPTED;
}

/** Which files may fill it, as an input of files understands it. */
export function accepts(takes: Takes): string {
  return ACCEPTED[takes] ?? "";
}
