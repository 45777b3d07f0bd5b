import { expect, test } from "vitest";
import { accepts, filled, isFile, windowState } from "./windows";

const NOW = Date.parse("2026-11-27T12:00:00Z");
const at = (hours: number): string => new Date(NOW + hours * 3_600_000).toISOString();

test("a window is told when it matters: closed, near its end, counted, or a month's pushes", () => {
  expect(windowState(undefined, NOW)).toEqual({ kind: "open", free: true, templates: false });
  expect(windowState({ until: at(-1), left: null, can_send: ["template"] }, NOW)).toEqual({ kind: "closed", free: false, templates: true });
  expect(windowState({ until: at(20), left: null, can_send: ["template"] }, NOW).kind).toBe("open");
  expect(windowState({ until: at(1), left: null, can_send: [] }, NOW).kind).toBe("until");
  expect(windowState({ until: at(40), left: 2, can_send: [] }, NOW).kind).toBe("counted");
  expect(windowState({ until: at(40), left: 0, can_send: [] }, NOW)).toEqual({ kind: "closed", free: false, templates: false });
  expect(windowState({ until: null, left: 7, can_send: [] }, NOW).kind).toBe("pushes");
  expect(windowState({ until: null, left: 7_000, can_send: [] }, NOW).kind).toBe("open");
  expect(windowState({ until: null, left: 0, can_send: [] }, NOW)).toEqual({ kind: "used_up", free: false, templates: false });
  expect(windowState({ until: null, left: 0, can_send: [], free_until: at(0.005) }, NOW).free).toBe(true);
});

test("a template is shown with what fills it", () => {
  expect(filled("Order {{1}} by {{ day }}", "body", { "body.1": "4711", "body.day": " " })).toBe("Order 4711 by {{ day }}");
});

test("a picture, film or document is filled by a file, a text and a code are not", () => {
  expect((["text", "image", "video", "document", "code"] as const).map(isFile)).toEqual([false, true, true, true, false]);
  expect(accepts("image")).toBe("image/png,image/jpeg");
  expect(accepts("text")).toBe("");
});
