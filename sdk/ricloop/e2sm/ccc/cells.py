"""CellGlobalId (9.3.38): the only resource that CCC names."""

from __future__ import annotations

from functools import lru_cache
from typing import Annotated

from pydantic import Field, StringConstraints, model_validator

from ricloop.core.ids import CellId, Cgi, Plmn, cell_name
from ricloop.e2sm.ccc.wire import Wire
from ricloop.e2sm.common import spelled_out

Hex = Annotated[str, StringConstraints(pattern=r"^[0-9A-Fa-f]{1,9}$")]


@lru_cache(maxsize=1 << 16)
def _packed(mcc: str, mnc: str, identity: str) -> CellId:
    return Cgi(Plmn(mcc, mnc), int(identity, 16)).packed


class PlmnIdentity(Wire):
    mcc: Annotated[str, StringConstraints(pattern=r"^[0-9]{3}$")]
    mnc: Annotated[str, StringConstraints(pattern=r"^[0-9]{2,3}$")]


class CellGlobalId(Wire):
    plmnIdentity: PlmnIdentity
    nRCellIdentity: Hex | None = None
    eUTRACellIdentity: Hex | None = Field(default=None)

    @model_validator(mode="after")
    def _one_identity(self) -> CellGlobalId:
        if (self.nRCellIdentity is None) == (self.eUTRACellIdentity is None):
            raise ValueError("needs either nRCellIdentity or eUTRACellIdentity")
        return self

    @property
    def cell(self) -> CellId | None:
        """Packed; None for an E-UTRA cell, which has no packed form."""
        if self.nRCellIdentity is None:
            return None
        return _packed(self.plmnIdentity.mcc, self.plmnIdentity.mnc, self.nRCellIdentity)

    @classmethod
    def of(cls, cell: CellId) -> CellGlobalId:
        cgi = spelled_out(cell)
        plmn = PlmnIdentity(mcc=cgi.plmn.mcc, mnc=cgi.plmn.mnc)
        return cls(plmnIdentity=plmn, nRCellIdentity=f"{cgi.nci:09X}")

    def __str__(self) -> str:
        if self.cell is not None:
            return f"cell {cell_name(self.cell)}"
        return f"E-UTRA cell {self.plmnIdentity.mcc}{self.plmnIdentity.mnc}-{self.eUTRACellIdentity}"
