"""An E2 node: its session, what it offers and reports, what it does when asked, of any world that is a `NodeWorld`."""
