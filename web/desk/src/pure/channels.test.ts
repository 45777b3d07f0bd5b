import { expect, test } from "vitest";
import type { InboxHealth } from "../api/channels";
import { reasonOf, remarks } from "./channels";

const WELL: InboxHealth = {
  last_in_at: "2026-01-01T00:00:00Z", last_out_at: null, refused: 0, refused_at: null, last_error: null, failed_at: null, circuit_open_since: null,
  paused_until: null, pushes_left: null, unanswered: 0, waiting: 0, failed: 0, dormant: false,
};

test("an inbox fares well only where nothing is wrong, and the worst is said first", () => {
  expect(remarks(WELL).map((one) => one.name)).toEqual(["well"]);
  expect(remarks({ ...WELL, waiting: 2 }).map((one) => one.name)).toEqual(["waiting", "well"]);
  expect(remarks({ ...WELL, pushes_left: 3 })).toEqual([{ name: "pushes", tone: "warn", count: 3, at: "" }]);
  expect(remarks({ ...WELL, pushes_left: 900 }).map((one) => [one.name, one.tone])).toEqual([["pushes", "info"], ["well", "good"]]);
  const ill = remarks({ ...WELL, last_in_at: null, dormant: true, refused: 3, refused_at: "2026-01-02T00:00:00Z", circuit_open_since: "2026-01-03T00:00:00Z" });
  expect(ill.map((one) => [one.name, one.count])).toEqual([["circuit", 0], ["refused", 3], ["dormant", 0], ["silent", 0]]);
});

test("a reason is the class before the platform's own code", () => {
  expect([reasonOf("window_closed:131047"), reasonOf("expired"), reasonOf("a_new_one:1"), reasonOf(null)]).toEqual(["window_closed", "expired", "other", "other"]);
});
