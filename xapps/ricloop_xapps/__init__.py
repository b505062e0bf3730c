"""xApps that ship with ricloop, and the commands that need the simulator beside them."""
