"""`python -m web.commands` is the `canbao` command."""

from web.commands.main import main

main()
