import { describe, expect, it } from "vitest";
import { Backoff } from "./backoff";

describe("Backoff", () => {
  it("doubles its ceiling up to the cap", () => {
    const backoff = new Backoff(100, 1000, () => 1);
    expect([1, 2, 3, 4, 5, 6].map(() => backoff.next())).toEqual([100, 200, 400, 800, 1000, 1000]);
  });

  it("jitters over the whole range", () => {
    expect(new Backoff(100, 1000, () => 0).next()).toBe(0);
    expect(new Backoff(100, 1000, () => 0.5).next()).toBe(50);
  });

  it("starts over after a success and honours the server's own wait", () => {
    const backoff = new Backoff(100, 1000, () => 1);
    backoff.next();
    backoff.next();
    backoff.reset();
    expect(backoff.next(3000)).toBe(3100);
  });

  it("stays finite after any number of tries", () => {
    const backoff = new Backoff(250, 15_000, () => 1);
    for (let tries = 0; tries < 5000; tries += 1) expect(backoff.next()).toBeLessThanOrEqual(15_000);
  });
});
