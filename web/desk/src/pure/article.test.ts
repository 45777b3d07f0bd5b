import { expect, test } from "vitest";
import type { Article } from "../api/knowledge";
import { differing, emptyForm, fieldsOf, formOf, lengthOf, localTime, merge } from "./article";
import { previewOf } from "./preview";

const ARTICLE: Article = {
  id: "a", slug: "returns", locale: "en", title: "Returns", body: "Send it back.", short_answer: null, status: "published", audience: "public",
  sites: ["s"], tags: ["returns", "parcels"], url_patterns: ["/cart*"], product: null, example_questions: ["How?", "When?"], review_by: "2027-01-31",
  publish_at: "2027-01-01T10:30:00Z", unpublish_at: null, owner_id: null, next_steps: [{ kind: "person", label: "", target: "" }], safety: false,
  revision: 3, updated_at: "2026-01-01T00:00:00Z",
};

test("what is read and sent back is the same", () => {
  const sent = { ...fieldsOf(formOf(ARTICLE)), id: "a", revision: 3, updated_at: ARTICLE.updated_at };
  expect(sent).toEqual({ ...ARTICLE, publish_at: "2027-01-01T10:30:00.000Z" });
});

test("lists come from lines and from the commas of every script", () => {
  const fields = fieldsOf(emptyForm({ tags: "a, b，c、a ، d", example_questions: " one \n\n two, or three\n" }));
  expect(fields["tags"]).toEqual(["a", "b", "c", "d"]);
  expect(fields["example_questions"]).toEqual(["one", "two, or three"]);
  expect(fields).not.toHaveProperty("slug");
});

test("a time that cannot be read is none", () => {
  expect([localTime(null), fieldsOf(emptyForm({ publish_at: "nonsense" }))["publish_at"]]).toEqual(["", null]);
});

test("changes of two writers are joined, and asked about only where both changed the same", () => {
  const base = formOf(ARTICLE);
  const mine = { ...base, title: "Mine", body: "Both the same", tags: "mine" };
  const theirs = { ...base, title: "Theirs", body: "Both the same", product: "lamp", next_steps: [] };
  const joined = merge(base, theirs, mine);
  expect(joined.disputed).toEqual(["title"]);
  expect(joined.taken.sort()).toEqual(["next_steps", "product"]);
  expect(joined.form).toEqual({ ...mine, product: "lamp", next_steps: [] });
  expect(differing(base, formOf(ARTICLE))).toEqual([]);
});

test("a character is what the gateway counts", () => expect(lengthOf("a😀汉")).toBe(3));

test("words of a draft are text in its preview", () => {
  const form = emptyForm({ title: "<script>", short_answer: `"&'`, next_steps: [{ kind: "link", label: "<img>", target: "/" }] });
  expect(previewOf("<p>x</p>", form)).toBe('<h1 dir="auto">&#60;script&#62;</h1><p class="short" dir="auto">&#34;&#38;&#39;</p><p>x</p><p class="steps"><span>&#60;img&#62;</span></p>');
});
