/** The gateway's own types of the knowledge base under the names the desk uses. */
import type { components } from "@funnel/shared/generated/api";

type Schemas = components["schemas"];
export type Article = Schemas["ArticleOut"];
export type ArticleRevision = Schemas["RevisionOut"];
export type NextStep = Schemas["NextStepOut"];
export type Rendered = Schemas["RenderOut"];
export type Finding = Schemas["api__schemas__knowledge_import__FindingOut"];
export type Found = Schemas["FoundOut"];
export type Asked = Schemas["AskedOut"];
export type Tried = Schemas["TriedOut"];
export type Gap = Schemas["GapOut"];
export type KnowledgeHealth = Schemas["api__schemas__knowledge_care__HealthOut"];
export type Import = Schemas["ImportOut"];
export type ImportItem = Schemas["ImportItemOut"];
export type Synonyms = Schemas["SynonymsOut"];
export type GlossaryTerm = Schemas["GlossaryOut"];
export type TrustBin = Schemas["BinOut"];
export type Playbook = Schemas["PlaybookOut"];
export type PlaybookVersion = Schemas["PlaybookVersionOut"];
export type PlaybookLint = Schemas["PlaybookLintOut"];
export type Choices = Schemas["ChoicesOut"];
