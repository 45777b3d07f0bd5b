"""From words to decisions: signals (pure), rules, decisions."""
