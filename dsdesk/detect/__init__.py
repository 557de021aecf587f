"""What this machine has: the only room that asks it."""
