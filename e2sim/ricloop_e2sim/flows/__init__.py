"""What users want: traffic models, who is there, and how busy the hour is."""
