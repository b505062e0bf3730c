"""A model in the loop: windows kept, time looked at, its answer checked; apart where nobody vouches for it."""
