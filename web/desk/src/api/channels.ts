/** The gateway's own types of channels under the names the desk uses. */
import type { components } from "@funnel/shared/generated/api";

type Schemas = components["schemas"];
export type ChannelInbox = Schemas["InboxOut"];
export type ChannelInboxCreated = Schemas["InboxCreated"];
export type InboxHealth = Schemas["api__schemas__inboxes__HealthOut"];
export type Channel = Schemas["ChannelOut"];
export type DeadLetter = Schemas["DeadLetterOut"];
export type PutAside = Schemas["PutAsideOut"];
export type Webhook = Schemas["WebhookOut"];
export type Hook = Schemas["HookOut"];
export type WebhookDelivery = Schemas["WebhookDeliveryOut"];
export type Way = Schemas["WayOut"];
export type Template = Schemas["TemplateOut"];
export type Templates = Schemas["TemplatesOut"];
export type SamePerson = Schemas["SamePersonOut"];
export type InboxCheck = Schemas["CheckOut"];
