/** The desk's addresses: a list with or without an open conversation, set-up pages, and the page of a password link. */
import { createRouter, createWebHistory, type RouteLocation, type Router } from "vue-router";
import { channelRoutes } from "./channels/routes";
import { knowledgeRoutes } from "./knowledge/routes";
import { useSession } from "./stores/session";

export function makeRouter(): Router {
  const router = createRouter({
    history: createWebHistory(import.meta.env.BASE_URL),
    routes: [
      { path: "/", name: "home", redirect: () => home() },
      { path: "/inbox/:list/:id?", name: "inbox", component: () => import("./inbox/InboxPage.vue") },
      { path: "/replies", name: "replies", component: () => import("./setup/RepliesPage.vue"), meta: { permission: "converse" } },
      { path: "/setup/sites", name: "sites", component: () => import("./setup/SitesPage.vue"), meta: { permission: "channels" } },
      { path: "/setup/sites/:id", name: "site", component: () => import("./setup/SitePage.vue"), meta: { permission: "channels" } },
      { path: "/setup/hours", name: "hours", component: () => import("./setup/HoursPage.vue"), meta: { permission: "channels" } },
      { path: "/setup/teams", name: "teams", component: () => import("./setup/TeamsPage.vue"), meta: { permission: "people" } },
      { path: "/setup/agents", name: "agents", component: () => import("./setup/AgentsPage.vue"), meta: { permission: "people" } },
      { path: "/setup/keys", name: "keys", component: () => import("./setup/KeysPage.vue"), meta: { permission: "people" } },
      {
        path: "/escalation", component: () => import("./escalation/EscalationPage.vue"), meta: { permission: "rules.edit" },
        children: [
          { path: "", name: "escalation", component: () => import("./escalation/live/LivePage.vue") },
          { path: "versions", name: "escalation.versions", component: () => import("./escalation/versions/VersionsPage.vue") },
          { path: "versions/:version(\\d+)", name: "escalation.draft", component: () => import("./escalation/draft/DraftPage.vue"), props: numbered },
          { path: "versions/:version(\\d+)/diff", name: "escalation.diff", component: () => import("./escalation/versions/DiffPage.vue"), props: numbered },
          { path: "try", name: "escalation.try", component: () => import("./escalation/try/TryPage.vue") },
          { path: "back-tests", name: "escalation.backtests", component: () => import("./escalation/backtest/BackTestsPage.vue") },
          { path: "back-tests/:id", name: "escalation.backtest", component: () => import("./escalation/backtest/BackTestPage.vue"), props: true },
          { path: "shadow", name: "escalation.shadow", component: () => import("./escalation/shadow/ShadowPage.vue") },
          { path: "verdicts", name: "escalation.verdicts", component: () => import("./escalation/verdicts/VerdictsPage.vue") },
        ],
      },
      ...knowledgeRoutes,
      ...channelRoutes,
      { path: "/password", name: "password", component: () => import("./pages/PasswordPage.vue"), meta: { open: true } },
      { path: "/:rest(.*)*", name: "lost", component: () => import("./pages/LostPage.vue") },
    ],
  });
  router.beforeEach((to) => {
    const permission = to.meta["permission"];
    const session = useSession();
    // Until the session is known the page waits behind the sign-in; the gateway decides anyway.
    if (typeof permission === "string" && session.state === "in" && !session.may(permission)) return { name: "home" };
    return true;
  });
  return router;
}

function numbered(to: RouteLocation): { version: number } {
  return { version: Number(to.params["version"]) };
}

function home(): { name: string; params?: { list: string } } {
  const session = useSession();
  if (session.state !== "in" || session.may("converse")) return { name: "inbox", params: { list: "waiting" } };
  if (session.may("kb.write")) return { name: "knowledge" };
  if (session.may("channels")) return { name: "sites" };
  if (session.may("people")) return { name: "agents" };
  return { name: session.may("rules.edit") ? "escalation" : "lost" };
}
