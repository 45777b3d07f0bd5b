/** The addresses of the knowledge base. */
import type { RouteRecordRaw } from "vue-router";

export const knowledgeRoutes: RouteRecordRaw[] = [
  { path: "/knowledge", name: "knowledge", component: () => import("./ArticlesPage.vue"), meta: { permission: "kb.write" } },
  { path: "/knowledge/import", name: "knowledge-import", component: () => import("./ImportPage.vue"), meta: { permission: "kb.publish" } },
  { path: "/knowledge/findings", name: "knowledge-findings", component: () => import("./FindingsPage.vue"), meta: { permission: "kb.write" } },
  { path: "/knowledge/gaps", name: "knowledge-gaps", component: () => import("./GapsPage.vue"), meta: { permission: "kb.write" } },
  { path: "/knowledge/health", name: "knowledge-health", component: () => import("./HealthPage.vue"), meta: { permission: "kb.write" } },
  { path: "/knowledge/terms", name: "knowledge-terms", component: () => import("./TermsPage.vue"), meta: { permission: "kb.write" } },
  { path: "/knowledge/playbooks", name: "knowledge-playbooks", component: () => import("./PlaybooksPage.vue"), meta: { permission: "kb.write" } },
  { path: "/knowledge/trust", name: "knowledge-trust", component: () => import("./TrustPage.vue"), meta: { permission: "kb.write" } },
  { path: "/knowledge/articles/:id", name: "knowledge-article", component: () => import("./ArticleRoute.vue"), meta: { permission: "kb.write" } },
];
