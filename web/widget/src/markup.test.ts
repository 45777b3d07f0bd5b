// @vitest-environment happy-dom
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { borrow } from "./dom";
import { h, icon } from "./drawing";
import { link, textNodes } from "./markup";
import { tagFor } from "./texts/tags";

borrow({ h, icon, tagFor });

function written(node: Node): string {
  if (!(node instanceof HTMLElement)) return node.textContent ?? "";
  const name = node.tagName.toLowerCase();
  const given = node.getAttributeNames().filter((one) => one !== "dir").map((one) => ` ${one}="${node.getAttribute(one) ?? ""}"`);
  return `<${name}${given.join("")}>${[...node.childNodes].map(written).join("")}${name === "br" ? "" : `</${name}>`}`;
}

function html(text: string, markdown = true): string {
  return textNodes(text, markdown).map(written).join("");
}

describe("markup", () => {
  it("makes paragraphs, lines, lists and headings of what answers use", () => {
    expect(html("One\ntwo\n\nThree")).toBe("<p>One<br>two</p><p>Three</p>");
    expect(html("First:\n- a\n- b\nthen\n3. c")).toBe('<p>First:</p><ul><li>a</li><li>b</li></ul><p>then</p><ol start="3"><li>c</li></ol>');
    expect(html("## Return\n**bold** and *soft* and `code`")).toBe("<p><strong>Return</strong></p><p><strong>bold</strong> and <em>soft</em> and <code>code</code></p>");
  });

  it("leaves Markdown alone in what is plain, but not addresses", () => {
    expect(html("**no** _no_", false)).toBe("<p>**no** _no_</p>");
    expect(html("see https://shop.example/a.", false)).toContain('<a href="https://shop.example/a"');
  });

  it("isolates numbers and codes, which must not turn the words around them", () => {
    expect(html("الطلب HP-204518 غدًا")).toContain('<bdi class="whole">HP-204518</bdi>');
  });

  it("links only to addresses that open a page, a letter or a call", () => {
    for (const address of ["javascript:alert(1)", "data:text/html,x", " javascript:alert(1)", "vbscript:x", "//evil.example"]) {
      expect(link(address, "x").tagName).toBe("SPAN");
    }
    const made = link("https://a.example", "x");
    expect([made.tagName, made.getAttribute("rel")]).toEqual(["A", "noopener noreferrer nofollow"]);
  });

  it("keeps every attacking string a text", () => {
    const strings = JSON.parse(readFileSync(join(import.meta.dirname, "../../../tests/e2e/attacks.json"), "utf-8")) as string[];
    expect(strings.length).toBeGreaterThanOrEqual(60);
    for (const text of strings) {
      for (const markdown of [true, false]) {
        const place = document.createElement("div");
        place.append(...textNodes(text, markdown));
        for (const one of place.querySelectorAll("*")) {
          expect(["P", "BR", "A", "BDI", "STRONG", "EM", "CODE", "UL", "OL", "LI", "SPAN"]).toContain(one.tagName);
          expect(one.getAttributeNames().filter((name) => name.startsWith("on"))).toEqual([]);
          expect(one.getAttribute("href") ?? "https:").toMatch(/^(https?:|mailto:|tel:)/);
        }
      }
    }
  });
});
