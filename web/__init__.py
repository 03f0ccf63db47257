"""What people see: pages and commands. Decides nothing."""
