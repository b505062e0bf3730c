"""Values, ids, typed needs, deadlines and errors. Imports nothing of ours."""
