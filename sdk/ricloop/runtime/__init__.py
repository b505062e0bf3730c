"""The near-RT RIC itself: nodes, subscriptions, the inbox, decisions, controls, audit; and the process around it."""
