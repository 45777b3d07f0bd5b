import { expect, test } from "vitest";
import type { Conversation } from "../api/types";
import { belongs, compare, merge, relist, tagsOf, type Listing } from "./listing";

const ME = "me";

function one(id: string, more: Partial<Conversation> = {}): Conversation {
  return {
    id, status: "open", owner: { kind: "queue", id: "q1" }, channel: "web", locale: "en", contact: { id: "c", verified: false },
    last_seq: 1, version: 1, created_at: "2026-01-01T00:00:00Z", updated_at: "2026-01-01T00:00:00Z", priority: "normal",
    waiting_since: "2026-01-01T00:00:00Z", queue: { id: "q1", name: "Support" }, ...more,
  };
}

const WAITING: Listing = { view: "queue", status: "open", sort: "waiting" };

test("the lists hold what the gateway would list", () => {
  const mine = one("a", { owner: { kind: "agent", id: ME } });
  expect(belongs(mine, { view: "mine", sort: "updated" }, ME)).toBe(true);
  expect(belongs({ ...mine, status: "resolved" }, { view: "mine", sort: "updated" }, ME)).toBe(false);
  expect(belongs({ ...mine, status: "resolved" }, { view: "mine", status: "resolved", sort: "updated" }, ME)).toBe(true);
  expect(belongs(mine, WAITING, ME)).toBe(false);
  expect(belongs(one("b"), { ...WAITING, queue: "q2" }, ME)).toBe(false);
  expect(belongs(one("b"), { ...WAITING, queue: "q1" }, ME)).toBe(true);
});

test("a list narrowed by tag and priority holds only what has both", () => {
  const vip = one("a", { tags: ["vip", "lamp"], priority: "high" });
  expect(belongs(vip, { ...WAITING, tag: "vip", priority: "high" }, ME)).toBe(true);
  expect(belongs(vip, { ...WAITING, tag: "vip", priority: "normal" }, ME)).toBe(false);
  expect(belongs(one("b"), { ...WAITING, tag: "vip" }, ME)).toBe(false);
  expect(belongs(one("b", { priority: null }), { ...WAITING, priority: "normal" }, ME)).toBe(true);
  expect(tagsOf([vip, one("c", { tags: ["lamp"] }), one("d")], 2)).toEqual(["lamp", "vip"]);
  expect(tagsOf([vip], 1)).toEqual(["lamp"]);
});

test("the longest wait, the highest priority, the latest change stand first", () => {
  const old = one("b", { waiting_since: "2026-01-01T00:00:00Z" });
  const young = one("a", { waiting_since: "2026-01-02T00:00:00Z", priority: "urgent", updated_at: "2026-02-01T00:00:00Z" });
  const owned = one("c", { waiting_since: null });
  const sorted = (sort: Listing["sort"]): string => [owned, young, old].sort((a, b) => compare(a, b, sort)).map((item) => item.id).join("");
  expect(sorted("waiting")).toBe("bac");
  expect(sorted("priority")).toBe("abc");
  expect(sorted("updated")).toBe("acb");
});

test("an older version never replaces a newer one", () => {
  const known = new Map([["a", one("a", { version: 5, priority: "high" })]]);
  expect(merge(known, [one("a", { version: 4 }), one("a", { version: 5 }), one("b")])).toEqual(["b"]);
  expect(known.get("a")?.priority).toBe("high");
});

test("whatever changes in whatever order, a list is the sorted whole of what belongs", () => {
  let seed = 7;
  const random = (below: number): number => (seed = (seed * 48271) % 2147483647) % below;
  const known = new Map<string, Conversation>();
  let ids: string[] = [];
  for (let step = 0; step < 2_000; step += 1) {
    const id = `c${random(60)}`;
    const at = new Date(Date.UTC(2026, 0, 1, 0, random(5_000))).toISOString();
    const owner: Conversation["owner"] = random(3) ? { kind: "queue", id: "q1" } : { kind: "agent", id: ME };
    merge(known, [one(id, { version: step + 1, waiting_since: at, owner })]);
    ids = relist(ids, known, [id], WAITING, ME);
  }
  const expected = [...known.values()].filter((item) => belongs(item, WAITING, ME)).sort((a, b) => compare(a, b, "waiting"));
  expect(ids).toEqual(expected.map((item) => item.id));
});

test("what is open before the agent stays in sight, and nothing else does", () => {
  const known = new Map([["a", one("a")], ["b", one("b")]]);
  merge(known, [one("a", { version: 2, status: "resolved" }), one("b", { version: 2, status: "resolved" })]);
  expect(relist(["a", "b"], known, ["a", "b"], WAITING, ME, "a")).toEqual(["a"]);
});

test("ten thousand conversations take an update in a blink", () => {
  const known = new Map<string, Conversation>();
  merge(known, Array.from({ length: 10_000 }, (_, index) => one(`c${String(index).padStart(5, "0")}`, { waiting_since: new Date(index * 1000).toISOString() })));
  let ids = [...known.keys()];
  merge(known, [one("c09999", { version: 2, waiting_since: "1969-01-01T00:00:00Z" })]);
  ids = relist(ids, known, ["c09999"], WAITING, ME);
  expect([ids.length, ids[0]]).toEqual([10_000, "c09999"]);
});
