/** The conversation as a text file, made here from what is shown. */
import type { Context } from "./context";
import { h } from "./dom";
import type { Thread } from "./thread";
import type { Speech } from "./texts/speech";

export function transcriptText(thread: Thread, speech: Speech, site: string): string {
  const lines = [site, ""];
  for (const item of thread.items) {
    if (item.kind === "rating") continue;
    const stamp = `${speech.day(item.at)} ${speech.time(item.at)}`;
    if (item.kind === "line") {
      lines.push(`${stamp}  ${speech.ending(item.closed)}`, "");
      continue;
    }
    const who = item.from === "me" ? speech.texts.you : item.from === "agent" ? (item.name ?? speech.texts.team) : speech.texts.bot;
    const said = item.deleted ? speech.texts.deleted : item.text;
    lines.push(`${stamp}  ${who}:`, ...[said, ...item.attachments.map((one) => `[${one.name}]`)].filter(Boolean), "");
  }
  return lines.join("\n");
}

export function transcript(context: Context): void {
  const { thread, speech, visitor } = context;
  const text = transcriptText(thread, speech, visitor.session?.site.name ?? "");
  const url = URL.createObjectURL(new Blob(["\ufeff", text], { type: "text/plain;charset=utf-8" }));
  const anchor = h("a", { href: url, download: "conversation.txt", hidden: true });
  context.bridge.root.append(anchor);
  anchor.click();
  anchor.remove();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
