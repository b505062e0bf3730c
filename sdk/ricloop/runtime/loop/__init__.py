"""From what arrived to what is decided: reports put together, handlers asked, answers guarded."""
