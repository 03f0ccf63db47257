"""What a deployment or the association decides: settings, clock, messages, plan years. Imports nothing of ours."""
