/** Text with a little structure: paragraphs, lists, bold, code and web links. It becomes nodes, never markup. */

export type Inline =
  | { kind: "text" | "bold" | "italic" | "code"; text: string }
  | { kind: "link"; text: string; href: string };

export type Block = { kind: "paragraph"; inlines: Inline[] } | { kind: "list"; ordered: boolean; items: Inline[][] } | { kind: "heading"; inlines: Inline[] };

const MARKED = /\*\*([^*\n]{1,500})\*\*|`([^`\n]{1,500})`|\[([^\]\n]{1,300})\]\((https?:\/\/[^\s()]{1,1000})\)|(https?:\/\/[^\s<>"'，。；！？）】]{3,1000})|(?<![\w*])\*([^*\s][^*\n]{0,300})\*(?![\w*])/g;
const ADDRESS = /(https?:\/\/[^\s<>"'，。；！？）】]{3,1000})/g;
const TRAILING = /[.,;:!?)\]]+$/;
const BULLET = /^\s{0,3}[-*•]\s+(.*)$/;
const NUMBER = /^\s{0,3}\d{1,3}[.)]\s+(.*)$/;
const HEADING = /^#{1,6}\s+(.*)$/;

/** Words as they were typed, with addresses of the web as links. */
export function plain(text: string): Inline[] {
  return pieces(text, ADDRESS, (found) => link(found[1] ?? ""));
}

export function markdown(text: string): Block[] {
  const blocks: Block[] = [];
  let lines: string[] = [];
  const flush = (): void => {
    if (lines.length) blocks.push({ kind: "paragraph", inlines: inlines(lines.join("\n")) });
    lines = [];
  };
  for (const line of text.split("\n")) {
    const heading = HEADING.exec(line);
    const bullet = BULLET.exec(line);
    const number = bullet ? null : NUMBER.exec(line);
    if (heading) {
      flush();
      blocks.push({ kind: "heading", inlines: inlines(heading[1] ?? "") });
    } else if (bullet || number) {
      flush();
      item(blocks, number !== null, inlines((bullet ?? number)?.[1] ?? ""));
    } else if (line.trim() === "") flush();
    else lines.push(line);
  }
  flush();
  return blocks;
}

function item(blocks: Block[], ordered: boolean, content: Inline[]): void {
  const last = blocks.at(-1);
  if (last?.kind === "list" && last.ordered === ordered) last.items.push(content);
  else blocks.push({ kind: "list", ordered, items: [content] });
}

function inlines(text: string): Inline[] {
  return pieces(text, MARKED, ([, bold, code, label, href, bare, italic]) => {
    if (bold !== undefined) return [{ kind: "bold", text: bold }];
    if (code !== undefined) return [{ kind: "code", text: code }];
    if (href !== undefined) return [{ kind: "link", text: label ?? href, href }];
    if (bare !== undefined) return link(bare);
    return [{ kind: "italic", text: italic ?? "" }];
  });
}

function link(address: string): Inline[] {
  const rest = TRAILING.exec(address)?.[0] ?? "";
  const href = rest ? address.slice(0, -rest.length) : address;
  const made: Inline[] = [{ kind: "link", text: href, href }];
  return rest ? [...made, { kind: "text", text: rest }] : made;
}

function pieces(text: string, pattern: RegExp, make: (found: RegExpMatchArray) => Inline[]): Inline[] {
  const made: Inline[] = [];
  let at = 0;
  for (const found of text.matchAll(pattern)) {
    if (found.index > at) made.push({ kind: "text", text: text.slice(at, found.index) });
    made.push(...make(found));
    at = found.index + found[0].length;
  }
  if (at < text.length || made.length === 0) made.push({ kind: "text", text: text.slice(at) });
  return made;
}
