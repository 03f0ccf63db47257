"""What the parts of a workbook are and which sheets it shows: content types, relationships, workbook.xml."""

from __future__ import annotations

from tasks.workbook.rejections import NotAWorkbook
from tasks.workbook.xml_limits import each_element, in_main_namespace, local_name, refuse_doctype_in
from tasks.workbook.zip_limits import MAX_OTHER_BYTES, BoundedZip

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
_MACRO_TYPES = frozenset({"application/vnd.ms-office.vbaproject", "application/vnd.ms-excel.macrosheet+xml"})
_CONTENT_TYPES = "[content_types].xml"
_TRUE = frozenset({"1", "true"})


class Workbook:
    """The parts that a roster is read from, as names in the zip."""

    __slots__ = ("epoch_1904", "shared_strings", "styles", "visible_sheets")

    def __init__(self) -> None:
        self.visible_sheets: list[str] = []
        """Worksheets that are not hidden, in the order of their tabs; no chart sheets."""
        self.shared_strings: str | None = None
        self.styles: str | None = None
        self.epoch_1904 = False


def find_parts(archive: BoundedZip) -> Workbook:
    """Follow the relationships from the package's root.

    Raises NotAWorkbook for another type, macros, a DOCTYPE anywhere, a zip inside the zip, or a part that is missing.
    """
    main = _main_part(archive)
    if archive.holds_a_zip():
        raise NotAWorkbook.unreadable("a zip file inside the workbook")
    workbook = Workbook()
    visible_sheets = _visible_sheets(archive, main, workbook)
    related = _relationships(archive, main)
    for kind, target in (related.get(relationship, ("", "")) for relationship in visible_sheets):
        if kind == "worksheet":  # and not chartsheet
            workbook.visible_sheets.append(target)
    for kind, target in related.values():
        if kind == "sharedStrings":
            workbook.shared_strings = target
        elif kind == "styles":
            workbook.styles = target
    parts = {*workbook.visible_sheets, workbook.shared_strings, workbook.styles} - {None}
    if not archive.members.keys() >= parts:
        raise NotAWorkbook.unreadable("a part of the workbook is missing")
    _refuse_doctypes_elsewhere(archive, parts | {main})
    return workbook


def _visible_sheets(archive: BoundedZip, main: str, workbook: Workbook) -> list[str]:
    """The relationships of the sheets that are not hidden, in the order of their tabs; notes the epoch on the way."""
    visible: list[str] = []

    def take(name: str, attributes: dict[str, str]) -> None:
        if not in_main_namespace(name):
            return
        if local_name(name) == "workbookPr":
            workbook.epoch_1904 = attributes.get("date1904", "0") in _TRUE
        elif local_name(name) == "sheet" and attributes.get("state", "visible") == "visible":
            visible.append(_relationship_id(attributes))

    each_element(archive.unpack(main, MAX_OTHER_BYTES), take)
    return visible


def _main_part(archive: BoundedZip) -> str:
    """The part that lists the sheets, after the package's own statement of what it is."""
    if _CONTENT_TYPES not in archive.members:
        raise NotAWorkbook.wrong_type("a zip file that is no Office document")
    by_part: dict[str, str] = {}
    by_extension: dict[str, str] = {}

    def take(name: str, attributes: dict[str, str]) -> None:
        content_type = attributes.get("ContentType", "").strip().lower()
        if local_name(name) == "Override":
            by_part[attributes.get("PartName", "").lstrip("/").lower()] = content_type
        elif local_name(name) == "Default":
            by_extension[attributes.get("Extension", "").lower()] = content_type

    each_element(archive.unpack(_CONTENT_TYPES, MAX_OTHER_BYTES), take)
    mains = [target for kind, target in _relationships(archive, "").values() if kind == "officeDocument"]
    if not mains or mains[0] not in archive.members:
        raise NotAWorkbook.unreadable("the package has no main part")
    main = mains[0]
    content_type = by_part.get(main) or by_extension.get(main.rpartition(".")[2], "")
    if content_type != _XLSX:
        raise NotAWorkbook.wrong_type(f"content type {content_type[:100]!a}")
    if _MACRO_TYPES & {*by_part.values(), *by_extension.values()} or any(
        "vbaproject" in name for name in archive.members
    ):
        raise NotAWorkbook.wrong_type("a workbook with macros")
    return main


def _relationships(archive: BoundedZip, part: str) -> dict[str, tuple[str, str]]:
    """What a part points to inside the file: id -> (last word of the type, name in the zip)."""
    folder, _, file = part.rpartition("/")
    rels = f"{folder}/_rels/{file}.rels".lstrip("/")
    found: dict[str, tuple[str, str]] = {}
    if rels not in archive.members:
        return found

    def take(name: str, attributes: dict[str, str]) -> None:
        if local_name(name) == "Relationship" and attributes.get("TargetMode", "Internal") == "Internal":
            kind = attributes.get("Type", "").rpartition("/")[2]
            found[attributes.get("Id", "")] = (kind, _resolve(folder, attributes.get("Target", "")))

    each_element(archive.unpack(rels, MAX_OTHER_BYTES), take)
    return found


def _resolve(folder: str, target: str) -> str:
    """A target, absolute or relative to the folder of the part that names it, as a name in the zip."""
    target = target.replace("\\", "/")
    steps = [] if target.startswith("/") else folder.split("/")
    for step in target.split("/"):
        if step == "..":
            del steps[-1:]
        elif step not in {"", "."}:
            steps.append(step)
    return "/".join(step for step in steps if step).lower()


def _relationship_id(attributes: dict[str, str]) -> str:
    """The attribute r:id, whose namespace differs between the two editions of the standard."""
    for name, value in attributes.items():
        if name.endswith("/relationships id"):
            return value
    return ""


def _refuse_doctypes_elsewhere(archive: BoundedZip, read_anyway: set[str | None]) -> None:
    for name, member in archive.members.items():
        if name.endswith((".xml", ".rels")) and name not in read_anyway and member.unpacked_bytes <= MAX_OTHER_BYTES:
            refuse_doctype_in(archive.unpack(name, MAX_OTHER_BYTES))
