"""What every feature stands on: settings, clock, ids, errors, database, security, logging."""
