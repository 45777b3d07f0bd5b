/** The desk's link to the gateway: the inbox, the logs that are open, who types and looks. Resuming is the shared client's. */
import { Link, type LinkState, type ServerFrame } from "@funnel/shared/client/live";
import { defineStore } from "pinia";
import { computed, ref } from "vue";
import { get } from "../api/http";
import type { Actor, Conversation, LogEvent } from "../api/types";
import { whisper } from "./whispers";

/** Where a followed log goes to. */
export interface Follower {
  events: (events: readonly LogEvent[]) => void;
  reset: () => void;
  live: () => void;
  lost: () => void;
}

const POLLED_MILLISECONDS = 15_000;
const LOST_MILLISECONDS = 2_500;

export const useLive = defineStore("live", () => {
  const link = ref<LinkState>("stopped");
  const away = ref(false);
  const followers = new Map<string, Follower>();
  const onInboxes = new Set<(conversation: Conversation) => void>();
  const onGones = new Set<(id: string) => void>();
  const onReadies = new Set<() => void>();
  const onRefusals = new Set<() => void>();
  let polled: ReturnType<typeof setInterval> | undefined;
  let losing: ReturnType<typeof setTimeout> | undefined;

  /** What to tell the agent: a short break is not worth a word. */
  const state = computed(() => (link.value === "live" ? "online" : away.value ? "offline" : "connecting"));

  const client = new Link({
    open: () => new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/v1/ws`),
    token: () => undefined,
    inbox: true,
    poll: (id, after, signal) => get(`/v1/conversations/${id}/events`, { after, wait: 20 }, signal),
    onEvents: (id, events) => followers.get(id)?.events(events as unknown as LogEvent[]),
    onReset: (id) => followers.get(id)?.reset(),
    onWhole: (id) => followers.get(id)?.live(),
    onFrame: take,
    onState: become,
    onRefused: () => each(onRefusals),
  });
  const kick = (): void => client.kick();

  function start(): void {
    window.addEventListener("online", kick);
    client.start();
  }

  function stop(): void {
    window.removeEventListener("online", kick);
    client.stop();
    for (const id of [...client.streams.keys()]) client.unfollow(id);
    followers.clear();
  }

  function become(now: LinkState): void {
    link.value = now;
    clearInterval(polled);
    clearTimeout(losing);
    if (now === "live" || now === "stopped") away.value = false;
    else losing = setTimeout(() => (away.value = now === "lost"), LOST_MILLISECONDS);
    // Without a socket nobody tells of the inbox: it is read again and again.
    if (now === "polling") polled = setInterval(() => each(onReadies), POLLED_MILLISECONDS);
  }

  function take(frame: ServerFrame): void {
    const id = frame.conversation_id ?? "";
    switch (frame.type) {
      case "ready":
        each(onReadies);
        break;
      case "nack":
        if (frame["code"] === "not_found") lose(id);
        break;
      case "inbox":
        for (const callback of onInboxes) callback(frame["conversation"] as Conversation);
        break;
      case "inbox_gone":
        for (const callback of onGones) callback(id);
        break;
      default:
        whisper(frame.type, id, frame["actor"] as Actor | undefined);
    }
  }

  function lose(id: string): void {
    followers.get(id)?.lost();
    followers.delete(id);
    client.unfollow(id);
  }

  /** Follows a log from its beginning until the returned function is called. */
  function follow(id: string, follower: Follower): () => void {
    followers.set(id, follower);
    client.follow(id);
    return () => {
      if (followers.get(id) !== follower) return;
      followers.delete(id);
      client.unfollow(id);
    };
  }

  /** Events of the answer of a write: shown now, not again when the socket brings them. */
  function bring(id: string, events: readonly LogEvent[]): void {
    if (followers.has(id)) client.take(id, events as unknown as Parameters<typeof client.take>[1]);
  }

  function each(callbacks: Set<() => void>): void {
    for (const callback of callbacks) callback();
  }

  function adding<Callback>(all: Set<Callback>): (callback: Callback) => () => void {
    return (callback) => {
      all.add(callback);
      return () => all.delete(callback);
    };
  }

  return {
    state, start, stop, follow, bring,
    typing: (id: string) => client.send({ type: "typing", conversation_id: id }),
    viewing: (id: string) => client.send({ type: "viewing", conversation_id: id }),
    read: (id: string, seq: number) => client.send({ type: "read", conversation_id: id, up_to_seq: seq }),
    onInbox: adding(onInboxes),
    onGone: adding(onGones),
    onReady: adding(onReadies),
    onRefused: adding(onRefusals),
  };
});
