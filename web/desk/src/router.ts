/** The desk's addresses: a list with or without an open conversation, set-up pages, and the page of a password link. */
import { createRouter, createWebHistory, type Router } from "vue-router";
import { useSession } from "./stores/session";

export function makeRouter(): Router {
  const router = createRouter({
    history: createWebHistory(import.meta.env.BASE_URL),
    routes: [
      { path: "/", name: "home", redirect: () => home() },
      { path: "/inbox/:list/:id?", name: "inbox", component: () => import("./inbox/InboxPage.vue") },
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

function home(): { name: string; params?: { list: string } } {
  const session = useSession();
  return session.state !== "in" || session.may("converse") ? { name: "inbox", params: { list: "waiting" } } : { name: "lost" };
}
