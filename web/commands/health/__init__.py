"""What `canbao doctor` looks at, a file a subject."""
