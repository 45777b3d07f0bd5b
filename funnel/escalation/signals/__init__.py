"""What is measured of a contact's words: language, wishes, small talk, urgency, entities. Pure and cheap; no rule lives here."""
