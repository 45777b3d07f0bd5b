"""The core of Funnel: conversations, turns, people, escalation. It never imports api, bots, kb, a web framework or an HTTP client."""
