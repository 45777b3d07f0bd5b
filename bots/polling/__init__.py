"""Ways in without a public address: mailboxes by IMAP, bots by long polling. What is fetched is kept as a webhook's request is."""
