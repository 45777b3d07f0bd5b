/** The lists of the side bar: a name in the address, and what is asked of the gateway for it. */
import type { Component } from "vue";
import { CircleCheck, Clock3, Hourglass, Inbox, Layers } from "@lucide/vue";
import type { Status } from "./api/types";
import type { Sort, View } from "./pure/listing";

export interface NamedList {
  name: string;
  icon: Component;
  view: View;
  status: Status | undefined;
  sort: Sort;
}

export const LISTS: NamedList[] = [
  { name: "mine", icon: Inbox, view: "mine", status: undefined, sort: "updated" },
  { name: "waiting", icon: Hourglass, view: "queue", status: "open", sort: "waiting" },
  { name: "open", icon: Layers, view: "all", status: "open", sort: "updated" },
  { name: "snoozed", icon: Clock3, view: "all", status: "snoozed", sort: "updated" },
  { name: "resolved", icon: CircleCheck, view: "all", status: "resolved", sort: "updated" },
];

export function listNamed(name: string | undefined): NamedList {
  return LISTS.find((one) => one.name === name) ?? (LISTS[1] as NamedList);
}
