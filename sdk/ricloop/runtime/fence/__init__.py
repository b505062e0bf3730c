"""Until when a loop may send: looked at before each write, and enforced by the kernel."""
