/** The pages of the knowledge base, and what each of them needs. */
export const KNOWLEDGE_PAGES = [
  { name: "knowledge", permission: "kb.write" },
  { name: "knowledge-import", permission: "kb.publish" },
  { name: "knowledge-findings", permission: "kb.write" },
  { name: "knowledge-gaps", permission: "kb.write" },
  { name: "knowledge-health", permission: "kb.write" },
  { name: "knowledge-terms", permission: "kb.write" },
  { name: "knowledge-playbooks", permission: "kb.write" },
  { name: "knowledge-trust", permission: "kb.write" },
] as const;
