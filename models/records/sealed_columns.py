"""Every column that holds something sealed, and what it is bound to: for whoever seals it anew with another key."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, LargeBinary, func
from sqlalchemy.orm import DeclarativeBase, InstrumentedAttribute

from models.records.code_application import CodeApplicationFile
from models.records.passport_decision import PassportDecision
from models.records.person import BatchPerson
from models.records.person_correction import (
    PersonCorrection,
    PersonCorrectionFile,
    place_of_correction,
)
from models.records.reference import HistoricalPerson, RetiredOverride
from models.records.reference_load import ReferenceLoad, place_of_reference_load
from models.records.rename import NameChangeFile
from models.records.roster_import import (
    ImportRow,
    RosterImport,
    place_of_report,
    place_of_typed,
    place_of_upload,
)
from models.records.sealing import place_of_number
from models.records.voucher import Voucher, VoucherFile, place_of_refund_account

PEOPLE_A_CHUNK = 500
FILES_A_CHUNK = 4
"""They weigh up to 10 MB each."""


@dataclass(frozen=True, slots=True)
class SealedColumn:
    """One column; `bound` holds the columns that `place` makes the associated data of."""

    table: type[DeclarativeBase]
    column: InstrumentedAttribute[Any]
    key: tuple[InstrumentedAttribute[Any], ...]
    """The primary key, by which a pass goes through the table."""
    bound: tuple[InstrumentedAttribute[Any], ...]
    place: Callable[..., bytes]
    chunk: int

    @property
    def name(self) -> str:
        """The table's name and the column's."""
        return f"{self.table.__tablename__}.{self.column.key}"

    def first_byte(self) -> ColumnElement[bytes]:
        """The number of the key, as the one byte it is stored in."""
        return func.substr(self.column, 1, 1, type_=LargeBinary)


SEALED_COLUMNS = (
    SealedColumn(
        BatchPerson, BatchPerson.id_sealed, (BatchPerson.id,), (BatchPerson.id_digest,), place_of_number, PEOPLE_A_CHUNK
    ),
    SealedColumn(
        HistoricalPerson,
        HistoricalPerson.id_sealed,
        (HistoricalPerson.id,),
        (HistoricalPerson.id_digest,),
        place_of_number,
        PEOPLE_A_CHUNK,
    ),
    SealedColumn(
        PassportDecision,
        PassportDecision.id_sealed,
        (PassportDecision.id,),
        (PassportDecision.id_digest,),
        place_of_number,
        PEOPLE_A_CHUNK,
    ),
    SealedColumn(
        RetiredOverride,
        RetiredOverride.id_sealed,
        (RetiredOverride.id,),
        (RetiredOverride.id_digest,),
        place_of_number,
        PEOPLE_A_CHUNK,
    ),
    SealedColumn(
        ReferenceLoad,
        ReferenceLoad.content_sealed,
        (ReferenceLoad.id,),
        (ReferenceLoad.sha256,),
        place_of_reference_load,
        FILES_A_CHUNK,
    ),
    SealedColumn(
        ImportRow,
        ImportRow.typed_sealed,
        (ImportRow.import_id, ImportRow.sheet_row),
        (ImportRow.import_id, ImportRow.sheet_row),
        place_of_typed,
        PEOPLE_A_CHUNK,
    ),
    SealedColumn(
        RosterImport,
        RosterImport.content_sealed,
        (RosterImport.id,),
        (RosterImport.sha256,),
        place_of_upload,
        FILES_A_CHUNK,
    ),
    SealedColumn(
        RosterImport,
        RosterImport.report_sealed,
        (RosterImport.id,),
        (RosterImport.id,),
        place_of_report,
        FILES_A_CHUNK,
    ),
    SealedColumn(
        Voucher,
        Voucher.refund_account_sealed,
        (Voucher.id,),
        (Voucher.id,),
        place_of_refund_account,
        PEOPLE_A_CHUNK,
    ),
    SealedColumn(
        VoucherFile,
        VoucherFile.content_sealed,
        (VoucherFile.voucher_id, VoucherFile.number),
        (VoucherFile.voucher_id, VoucherFile.number),
        VoucherFile.place_of,
        FILES_A_CHUNK,
    ),
    SealedColumn(
        CodeApplicationFile,
        CodeApplicationFile.content_sealed,
        (CodeApplicationFile.application_id, CodeApplicationFile.number),
        (CodeApplicationFile.application_id, CodeApplicationFile.number),
        CodeApplicationFile.place_of,
        FILES_A_CHUNK,
    ),
    SealedColumn(
        NameChangeFile,
        NameChangeFile.content_sealed,
        (NameChangeFile.change_id, NameChangeFile.number),
        (NameChangeFile.change_id, NameChangeFile.number),
        NameChangeFile.place_of,
        FILES_A_CHUNK,
    ),
    SealedColumn(
        PersonCorrection,
        PersonCorrection.changes_sealed,
        (PersonCorrection.person_id, PersonCorrection.number),
        (PersonCorrection.person_id, PersonCorrection.number),
        place_of_correction,
        PEOPLE_A_CHUNK,
    ),
    SealedColumn(
        PersonCorrectionFile,
        PersonCorrectionFile.content_sealed,
        (PersonCorrectionFile.person_id, PersonCorrectionFile.number),
        (PersonCorrectionFile.person_id, PersonCorrectionFile.number),
        PersonCorrectionFile.place_of,
        FILES_A_CHUNK,
    ),
)
