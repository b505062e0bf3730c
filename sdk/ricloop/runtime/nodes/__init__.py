"""The E2 nodes: who is connected, what is subscribed, which controls, policies and queries are under way."""
