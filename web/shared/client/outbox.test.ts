import { describe, expect, it } from "vitest";
import { memoryIn } from "./memory";
import { Outbox, type Pending } from "./outbox";
import { ApiError } from "./rest";

function memory(): ReturnType<typeof memoryIn> {
  const kept = new Map<string, string>();
  return memoryIn(
    () => ({
      getItem: (key) => kept.get(key) ?? null,
      setItem: (key, value) => void kept.set(key, value),
      removeItem: (key) => void kept.delete(key),
    }),
    "test:",
  );
}

const noPause = (): Promise<void> => Promise.resolve();
const nothing = (): void => undefined;

describe("Outbox", () => {
  it("sends in order and repeats under the same id until the server has it", async () => {
    const tried: string[] = [];
    let failures = 3;
    const outbox = new Outbox(memory(), (pending: Pending) => {
      tried.push(pending.client_message_id);
      return failures-- > 0 ? Promise.reject(new ApiError(0, "network")) : Promise.resolve();
    }, nothing, noPause);
    outbox.add({ client_message_id: "a", text: "first" });
    outbox.add({ client_message_id: "b", text: "second" });
    await expect.poll(() => outbox.items.length).toBe(0);
    expect(tried).toEqual(["a", "a", "a", "a", "b"]);
  });

  it("marks what is refused for good and goes on with the next", async () => {
    const sent: string[] = [];
    const outbox = new Outbox(memory(), (pending) => {
      if (pending.text === "bad") return Promise.reject(new ApiError(422, "text_invalid"));
      sent.push(pending.client_message_id);
      return Promise.resolve();
    }, nothing, noPause);
    outbox.add({ client_message_id: "a", text: "bad" });
    outbox.add({ client_message_id: "b", text: "good" });
    await expect.poll(() => sent).toEqual(["b"]);
    expect(outbox.items).toMatchObject([{ client_message_id: "a", state: "failed", code: "text_invalid" }]);
    outbox.retry();
    expect(outbox.items[0]?.state).toBe("failed");
  });

  it("gives up after some tries, keeps the order, and a retry sends all", async () => {
    let down = true;
    const sent: string[] = [];
    const outbox = new Outbox(memory(), (pending) => {
      if (down) return Promise.reject(new ApiError(503, "unavailable"));
      sent.push(pending.client_message_id);
      return Promise.resolve();
    }, nothing, noPause);
    outbox.add({ client_message_id: "a" });
    outbox.add({ client_message_id: "b" });
    await expect.poll(() => outbox.items[0]?.state).toBe("failed");
    await expect.poll(() => outbox.items.map((item) => item.state)).toEqual(["failed", "sending"]);
    down = false;
    outbox.retry();
    await expect.poll(() => sent).toEqual(["a", "b"]);
  });

  it("survives a reload under the same id", async () => {
    const shared = memory();
    const dead = new Outbox(shared, () => new Promise(nothing), nothing, noPause);
    dead.add({ client_message_id: "a", text: "hello" });
    const sent: Pending[] = [];
    const alive = new Outbox(shared, (pending) => {
      sent.push(pending);
      return Promise.resolve();
    }, nothing, noPause);
    await alive.flush();
    expect(sent).toMatchObject([{ client_message_id: "a", text: "hello" }]);
    expect(alive.items).toEqual([]);
  });

  it("forgets what was seen to arrive although its answer was lost", async () => {
    let tries = 0;
    const outbox: Outbox = new Outbox(memory(), () => {
      tries += 1;
      outbox.arrived("a");
      return Promise.reject(new ApiError(0, "network"));
    }, nothing, noPause);
    outbox.add({ client_message_id: "a" });
    await expect.poll(() => outbox.items.length).toBe(0);
    expect(tries).toBe(1);
  });
});

describe("memoryIn", () => {
  it("keeps in memory what storage refuses", () => {
    const refusing = memoryIn(() => {
      throw new Error("SecurityError");
    }, "test:");
    refusing.set("token", "abc");
    expect(refusing.get("token")).toBe("abc");
    refusing.set("token", null);
    expect(refusing.get("token")).toBeNull();
  });

  it("reads what another wrote as nothing rather than fail", () => {
    const broken = memoryIn(() => ({ getItem: () => "{not json", setItem: nothing, removeItem: nothing }), "test:");
    expect(() => broken.get("token")).not.toThrow();
    expect(broken.get("token")).toBeNull();
  });
});
