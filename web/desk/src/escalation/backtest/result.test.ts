import { expect, test } from "vitest";
import { byHour, line, nearest, queuesOf, type Point, type Result } from "./result";

const at = (hour: number): string => new Date(2026, 2, 4, hour).toISOString();
const result = {
  extra_per_hour: [
    { queue_id: "a", hour: at(9), extra: 2 },
    { queue_id: "a", hour: new Date(2026, 2, 5, 9).toISOString(), extra: 1 },
    { queue_id: "b", hour: at(14), extra: -5 },
  ],
} as Result;

test("extra conversations add up by hour of the day, and queues stand by how much they change", () => {
  expect(byHour(result, "a")[9]).toBe(3);
  expect(byHour(result, "a").reduce((sum, one) => sum + one, 0)).toBe(3);
  expect(byHour(result, "b")[14]).toBe(-5);
  expect(queuesOf(result)).toEqual(["b", "a"]);
});

test("the slider stands on the nearest value that was judged", () => {
  const points = [0.4, 0.5, 0.6].map((value): Point => ({ value, newly: value * 10, earlier: 0, later: 0, no_longer: 0 }));
  expect(nearest(points, 0.52)?.value).toBe(0.5);
  expect(nearest([], 0.5)).toBeUndefined();
});

test("lines stay in their box", () => {
  expect(line([0, 5, 10], 100, 40, 10)).toBe("0.0,40.0 50.0,20.0 100.0,0.0");
  expect(line([0], 100, 40, 0)).toBe("0.0,40.0");
});
