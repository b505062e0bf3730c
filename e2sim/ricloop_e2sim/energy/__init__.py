"""What cells draw, and how they sleep: radio units by name, depths of sleep, and a tick's joules."""
