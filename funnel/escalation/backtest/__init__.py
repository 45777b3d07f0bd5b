"""Back-tests: a draft against what really happened, from the recorded decisions; and the shadow beside the live set."""
