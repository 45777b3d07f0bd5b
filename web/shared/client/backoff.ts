/** Full jitter: the wait before the n-th try is uniform in 0..min(cap, start * 2^n), so that a herd spreads out. */
export class Backoff {
  #tries = 0;
  readonly #start: number;
  readonly #cap: number;
  readonly #random: () => number;

  /** Milliseconds. `random` gives 0..1 and is handed in by tests. */
  constructor(start = 250, cap = 15_000, random: () => number = Math.random) {
    this.#start = start;
    this.#cap = cap;
    this.#random = random;
  }

  /** How long to wait before the next try; never less than `floor` (a server's Retry-After). */
  next(floor = 0): number {
    const ceiling = Math.min(this.#cap, this.#start * 2 ** Math.min(this.#tries, 20));
    this.#tries += 1;
    return floor + this.#random() * ceiling;
  }

  /** The next failure waits little again. */
  reset(): void {
    this.#tries = 0;
  }
}
