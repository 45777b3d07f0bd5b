/** The gateway's own types under the names the desk uses. */
import type { components } from "@funnel/shared/generated/api";
import type { components as events } from "@funnel/shared/generated/events";

type Schemas = components["schemas"];
export type EventData = events["schemas"]["EventData"];
export type EventType = keyof EventData;
export type PassageData = events["schemas"]["PassageRef"];

export type Me = Schemas["api__schemas__accounts__MeOut"];
export type Conversation = Schemas["ConversationOut"];
export type Message = Schemas["MessageOut"];
export type Attachment = Schemas["AttachmentOut"];
export type Actor = Schemas["ActorOut"];
export type Written = Schemas["WriteOut"];
export type Glance = Schemas["GlanceOut"];
export type Queue = Schemas["api__schemas__objects__QueueOut"];
export type Colleague = Schemas["ColleagueOut"];
export type OpenQueue = Schemas["OpenQueueOut"];
export type Assignees = Schemas["AssigneesOut"];
export type SavedReply = Schemas["ReplyOut"];
export type Upload = Schemas["UploadOut"];
export type Site = Schemas["api__schemas__setup__SiteOut"];
export type SiteCreated = Schemas["SiteCreated"];
export type Hours = Schemas["HoursOut"];
export type Inbox = Schemas["InboxOut"];
export type Team = Schemas["TeamOut"];
export type Agent = Schemas["AgentOut"];
export type ApiKey = Schemas["KeyOut"];
export type Page<Item> = { items: Item[]; next?: string | null };

export type Priority = "low" | "normal" | "high" | "urgent";
export type Status = "open" | "snoozed" | "resolved";
export type Presence = "online" | "away" | "offline";

/** An entry of the log; `data` depends on `type`, and types of a newer gateway are passed over. */
export interface LogEvent {
  id: string;
  turn_id: string;
  conversation_id: string;
  seq: number;
  prev: number;
  at: string;
  type: string;
  actor: Actor;
  data: Record<string, unknown>;
}

/** What a reply needs to be put into the text. */
export type SuggestedReply = Pick<SavedReply, "id" | "title" | "text" | "shortcut" | "locale">;

/** Where the words stand that something rests on: the event, and code points from and to. */
export type Evidence = [eventId: string, start: number, end: number];

export interface ContextBundle {
  contact: {
    id: string;
    verified: boolean;
    name?: string;
    email?: string;
    phone?: string;
    locale?: string;
    timezone?: string;
    external_id?: string;
    reply_by?: string;
    attributes?: Record<string, unknown>;
  };
  verified: boolean;
  identities: { channel: string; address: string; verified: boolean }[];
  history: { conversation_id: string; at: string; outcome: string; rating?: number }[];
  channel: string;
  page?: { url: string; title?: string; referrer?: string };
  locale: string;
  question: string;
  summary: string[];
  tried: { answer_id: string; article_id: string; title: string; helpful?: boolean; superseded?: boolean }[];
  mood: { now: "calm" | "raised" | "high"; trend: "rising" | "steady" | "falling"; evidence: Evidence[] };
  entities: Record<"orders" | "amounts" | "emails" | "dates", Evidence[]>;
  reason: {
    code: string | null;
    rule?: string;
    rule_set_version: string | null;
    conditions: { text: string; value: unknown; inputs: Record<string, unknown> }[];
  };
  targets: { metric: string; due_at: string }[];
  suggestions: {
    articles: { article_id: string; title: string; locale: string; text: string; score: number }[];
    saved_replies: SuggestedReply[];
  };
  cards: unknown[];
}

export type Vocabulary = Schemas["VocabularyOut"];
export type Fact = Schemas["FactOut"];
export type Version = Schemas["VersionOut"];
export type WholeVersion = Schemas["WholeVersionOut"];
export type Activation = Schemas["ActivationOut"];
export type RuleSettings = Schemas["SettingsOut"];
export type Switch = Schemas["SwitchOut"];
export type SwitchIn = Schemas["SwitchIn"];
export type Finding = Schemas["LintOut"]["findings"][number];
export type Lint = Schemas["LintOut"];
export type Change = Schemas["ChangeOut"];
export type Merge = Schemas["MergeOut"];
export type Evaluation = Schemas["EvaluateOut"];
export type Traced = Schemas["EvaluateOut"]["rules"][number];
export type BackTest = Schemas["BackTestOut"];
export type ShadowDifference = Schemas["ShadowDifferenceOut"];
export type Decision = Schemas["DecisionOut"];
export type Review = Schemas["ReviewOut"];
export type Share = Schemas["ShareOut"];
export type Verdicts = Schemas["VerdictsOut"];
