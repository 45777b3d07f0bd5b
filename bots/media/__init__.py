"""Files of messages: fetched from platforms at once, kept as uploads are, told to the conversation."""
