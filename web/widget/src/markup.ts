/** Texts of strangers as nodes: plain text with links, or the small part of Markdown that answers use. Never as markup. */
import { h } from "./dom";

const INLINE =
  /(https?:\/\/[^\s<>"'）」』】]+[^\s<>"'.,;:!?）」』】)\]}。，；：！？])|\[([^\]\n]{1,300})\]\((https?:\/\/[^\s)]+|mailto:[^\s)]+|tel:[^\s)]+)\)|\*\*([^*\n]+)\*\*|(?<![\w*])[*_]([^*_\n]+)[*_](?![\w*])|`([^`\n]+)`|(#?[A-Za-z]*[-–]?\d[\w.,:/#–-]*\w|#\d)/g;

/** The paragraphs of a text, each with a direction of its own. */
export function textNodes(text: string, markdown: boolean): Node[] {
  return text.split(/\n{2,}/).flatMap((block) => (markdown ? markdownBlock(block) : [paragraph(block, false)]));
}

function paragraph(block: string, markdown: boolean): HTMLElement {
  return withLines(h("p", { dir: "auto" }), block.split("\n"), markdown);
}

function withLines(parent: HTMLElement, lines: string[], markdown: boolean): HTMLElement {
  lines.forEach((line, index) => {
    if (index) parent.append(h("br"));
    parent.append(...inline(line, markdown));
  });
  return parent;
}

function markdownBlock(block: string): Node[] {
  const lines = block.split("\n").filter((line) => line.trim());
  const out: Node[] = [];
  for (let at = 0; at < lines.length; ) {
    const line = lines[at] ?? "";
    const marker = /^\s*(?:[-*+]|(\d{1,3})[.)])\s+/.exec(line);
    if (marker) {
      const ordered = marker[1] !== undefined;
      const same = ordered ? /^\s*\d{1,3}[.)]\s+/ : /^\s*[-*+]\s+/;
      const list = h(ordered ? "ol" : "ul", { dir: "auto", start: ordered && marker[1] !== "1" ? marker[1] : null });
      for (; at < lines.length && same.test(lines[at] ?? ""); at += 1) {
        list.append(h("li", {}, ...inline((lines[at] ?? "").replace(same, ""), true)));
      }
      out.push(list);
      continue;
    }
    const heading = /^#{1,6}\s+(.*)$/.exec(line);
    if (heading) out.push(h("p", { dir: "auto" }, h("strong", {}, ...inline(heading[1] ?? "", true))));
    else {
      const rest = lines.slice(at);
      const end = rest.findIndex((next, index) => index > 0 && /^\s*(?:[-*+]|\d{1,3}[.)])\s+|^#{1,6}\s/.test(next));
      const run = end < 0 ? rest : rest.slice(0, end);
      out.push(paragraph(run.join("\n"), true));
      at += run.length - 1;
    }
    at += 1;
  }
  return out;
}

function inline(line: string, markdown: boolean): (Node | string)[] {
  const out: (Node | string)[] = [];
  let end = 0;
  for (const match of line.matchAll(INLINE)) {
    const [whole, url, label, target, bold, italic, code, number] = match;
    const node = url
      ? link(url, url)
      : number
        ? h("bdi", { class: number.length < 24 && "whole" }, number)
        : !markdown
          ? null
          : target
            ? link(target, label ?? target)
            : bold
              ? h("strong", {}, ...inline(bold, true))
              : italic
                ? h("em", {}, ...inline(italic, true))
                : h("code", {}, code ?? "");
    if (!node) continue;
    out.push(line.slice(end, match.index), node);
    end = match.index + whole.length;
  }
  out.push(line.slice(end));
  return out;
}

/** A link out; addresses of other kinds stay text. */
export function link(address: string, label: string, className?: string): HTMLElement {
  if (!/^(https?:|mailto:|tel:)/i.test(address)) return h("span", { class: className }, label);
  return h("a", { href: address, target: "_blank", rel: "noopener noreferrer nofollow", dir: "auto", class: className }, label);
}
