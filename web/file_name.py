"""What an uploaded file is called."""


def base_name(name: str) -> str:
    """The file's own name, without the folders that some browsers send and without control characters."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(char for char in last if char.isprintable()).strip() or "未命名.xlsx"
