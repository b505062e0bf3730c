"""A node's KPM function: subscriptions, and the reports that they bring."""
