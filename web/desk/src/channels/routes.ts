/** The addresses of inboxes, dead letters, webhooks and hooks of playbooks. */
import type { RouteRecordRaw } from "vue-router";

export const channelRoutes: RouteRecordRaw[] = [
  { path: "/setup/inboxes", name: "inboxes", component: () => import("./InboxesPage.vue"), meta: { permission: "channels" } },
  { path: "/setup/undelivered", name: "undelivered", component: () => import("./UndeliveredPage.vue"), meta: { permission: "channels" } },
  { path: "/setup/webhooks", name: "webhooks", component: () => import("./WebhooksPage.vue"), meta: { permission: "channels" } },
  { path: "/setup/hooks", name: "hooks", component: () => import("./HooksPage.vue"), meta: { permission: "channels" } },
];
