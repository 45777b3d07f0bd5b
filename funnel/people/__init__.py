"""Sites, teams, queues, agents, contacts: who they are, how they prove it, and what they may do."""
