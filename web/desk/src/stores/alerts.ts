/** What calls the agent back to the desk: the title, a sound, a notification of the system. */
import { defineStore } from "pinia";
import { computed, reactive, watch } from "vue";
import type { Conversation, Glance } from "../api/types";
import { i18n } from "../i18n";
import { useGlances } from "./glances";
import { useInbox } from "./inbox";
import { useLive } from "../live/live";
import { usePreferences } from "./preferences";
import { useSession } from "./session";

const QUIET_MILLISECONDS = 3_000;
const COUNT_MILLISECONDS = 400;

export const useAlerts = defineStore("alerts", () => {
  const session = useSession();
  const inbox = useInbox();
  const live = useLive();
  const glances = useGlances();
  const preferences = usePreferences();
  const { t } = i18n.global;
  const unread = reactive(new Set<string>());
  const owners = new Map<string, string>();
  let audio: AudioContext | undefined;
  let soundedAt = 0;
  let counting: ReturnType<typeof setTimeout> | undefined;

  const title = computed(() => (unread.size ? `(${new Intl.NumberFormat(preferences.locale).format(unread.size)}) ` : "") + t("app.title"));

  /** Begins to mind the inbox; the returned function ends it. */
  function start(): () => void {
    const stops = [
      live.onInbox(heard),
      glances.watch(glanced),
      watch(title, (now) => (document.title = now), { immediate: true }),
    ];
    return () => {
      for (const stop of stops) stop();
      unread.clear();
    };
  }

  /** Somebody began to wait in a queue of the agent. */
  function heard(conversation: Conversation): void {
    const before = owners.get(conversation.id) ?? inbox.one(conversation.id)?.owner.kind;
    owners.set(conversation.id, conversation.owner.kind);
    if ((before === "queue") !== (conversation.owner.kind === "queue")) recount();
    if (conversation.owner.kind !== "queue" || before === "queue") return;
    call(t("alert.waiting", { queue: conversation.queue?.name ?? "" }), conversation.contact.name ?? t("contact.unnamed"), conversation.id);
  }

  /** What waits changed; several changes are counted at once. */
  function recount(): void {
    counting ??= setTimeout(() => {
      counting = undefined;
      void inbox.loadQueues().catch(() => undefined);
    }, COUNT_MILLISECONDS);
  }

  /** A contact wrote in a conversation of the agent's own. */
  function glanced(glance: Glance, before: Glance | undefined): void {
    const conversation = inbox.one(glance.conversation_id);
    const mine = conversation?.owner.kind === "agent" && conversation.owner.id === session.agentId && conversation.status !== "resolved";
    if (!mine || !glance.unread) {
      unread.delete(glance.conversation_id);
      return;
    }
    const looking = inbox.openId === glance.conversation_id && document.hasFocus();
    if (looking) return;
    unread.add(glance.conversation_id);
    const last = glance.last;
    if (last && last.author.kind === "contact" && last.seq !== before?.last?.seq) {
      call(conversation.contact.name ?? t("contact.unnamed"), last.text || t("message.files", last.attachments), glance.conversation_id);
    }
  }

  function call(heading: string, text: string, id: string): void {
    if (preferences.sound) sound();
    if (!preferences.notifications || document.hasFocus() || typeof Notification === "undefined" || Notification.permission !== "granted") return;
    const shown = new Notification(heading, { body: text, tag: id, lang: preferences.locale, dir: preferences.direction });
    shown.onclick = () => {
      window.focus();
      window.dispatchEvent(new CustomEvent("funnel:open", { detail: id }));
      shown.close();
    };
  }

  /** Two soft tones, made here: no file is fetched. */
  function sound(now = Date.now()): void {
    if (now - soundedAt < QUIET_MILLISECONDS) return;
    soundedAt = now;
    audio ??= new AudioContext();
    for (const [index, frequency] of [660, 880].entries()) {
      const from = audio.currentTime + index * 0.13;
      const tone = new OscillatorNode(audio, { frequency });
      const volume = new GainNode(audio, { gain: 0 });
      volume.gain.linearRampToValueAtTime(0.08, from + 0.02);
      volume.gain.linearRampToValueAtTime(0, from + 0.24);
      tone.connect(volume).connect(audio.destination);
      tone.start(from);
      tone.stop(from + 0.26);
    }
  }

  async function allow(wanted: boolean): Promise<void> {
    if (wanted && typeof Notification !== "undefined" && Notification.permission === "default") await Notification.requestPermission();
    preferences.notifications = wanted && typeof Notification !== "undefined" && Notification.permission === "granted";
  }

  function allowSound(wanted: boolean): void {
    preferences.sound = wanted;
    if (wanted) sound();
  }

  function read(id: string): void {
    unread.delete(id);
  }

  return { unread, title, start, allow, allowSound, read };
});
