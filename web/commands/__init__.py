"""The `canbao` command, one file a family."""
