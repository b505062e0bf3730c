"""What an xApp, a transport or a session is tested with: no network, no waiting."""
