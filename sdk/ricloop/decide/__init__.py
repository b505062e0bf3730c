"""What an answer is, and what it must pass before it is sent: Decision, guards, arbiter, topology."""
