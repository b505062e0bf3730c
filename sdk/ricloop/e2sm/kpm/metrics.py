"""The measurements that KPM can name: TS 28.552 and O-RAN E2SM-KPM, and three that every srsRAN node serves.

A table, not classes: one line per group of names that share everything else; a line that starts with blanks goes on.

    levels object kind number unit labels prefix: names

levels  N node or cell, U UE, F QoS flow
object  whose counter it is: DU NRCellDU, CU NRCellCU, UP GNBCUUP, node; `CU-relation` per neighbour, `beam` per beam
kind    SI gauge, CC cumulative counter, DER derived, OM other management's
number  I integer, R real
unit    "-" is a count, a ratio or an index
labels  P PLMN, Q 5QI, S slice, X Y Z bins of a distribution, B SSB index, L MU-MIMO layer, T total; "." none
prefix  put before each name; "~" is none

Where published tables give an impossible unit (`RRC.ConnMax` in percent, layers in metres), the row holds the
possible one.
"""

from __future__ import annotations

from dataclasses import dataclass

from ricloop.core.errors import ConfigError, nearest
from ricloop.e2sm.kpm.ranges import Range, range_of

_TABLE = """
NUF DU DER R 0.1ms PQS DRB.: AirIfDelayDl AirIfDelayUl RlcDelayUl RlcSduDelayDl
NUF DU DER I - PQSX DRB.: AirIfDelayDist RlcSduDelayDlDist
NUF UP DER R 0.1ms PQS DRB.: PdcpReordDelayUl PdcpSduDelayDl PdcpF1DelayDl
NUF CU+UP DER I - PQSX DRB.: DelayDlNgranUeDist DelayUlNgranUeDist DelayUlNgranUeIncD1Dist
NUF DU DER R kbit/s PQS DRB.: UEThpDl UEThpUl
NUF DU CC I - PQSX DRB.: UEThpDlDist UEThpUlDist PerDataVolumeDLDist PerDataVolumeULDist
NUF DU SI I % PQS DRB.: UEUnresVolDl UEUnresVolUl
NUF DU+UP DER R kbit/s Q DRB.: PDCP.UEThpDl
NUF CU CC I ms QS DRB.: SessionTime
NUF CU CC I kbit PQS DRB.: PdcpSduVolumeDL PdcpSduVolumeX2DL PdcpSduVolumeXnDL PdcpSduVolumeUL PdcpSduVolumeX2UL
    PdcpSduVolumeXnUL
NUF CU+UP SI I - QS DRB.: PdcpPacketDropRateDl
NUF DU SI I - QS DRB.: RlcPacketDropRateDl
NUF UP DER I - PQSX DRB.: PdcpSduDelayDlDist GtpF1DelayDlDist
NUF DU DER R 0.1ms QS DRB.: RlcSduLatencyDl
NUF DU DER I - QSX DRB.: RlcSduLatencyDlDist
NUF F1-U CC I kbit PQS DRB.: F1uPdcpSduVolumeDL F1uPdcpSduVolumeUL
NUF X2-U CC I kbit PQ DRB.: X2uPdcpSduVolumeDl X2uPdcpSduVolumeUl
NUF Xn-U CC I kbit PQS DRB.: XnuPdcpSduVolumeDl XnuPdcpSduVolumeUl
NUF DU CC I kbit PQS DRB.: RlcSduTransmittedVolumeDL RlcSduTransmittedVolumeUL
NUF DU SI I - QSX DRB.: RlcPacketDropRateDLDist
NUF CU+UP SI I - QSX DRB.: PacketLossRateULDist
NU CU CC I - QS DRB.: EstabAtt EstabSucc RelActNbr InitialEstabAtt InitialEstabSucc ResumeAtt ResumeSucc
    GTPUPathFailure EstabAttDC EstabSuccDC
NU CU SI I - QS DRB.: MeanEstabSucc MaxEstabSucc
NU DU DER I - PQS DRB.: MeanActiveUeDl MaxActiveUeDl MeanActiveUeUl MaxActiveUeUl
NU DU CC I - PQS DRB.: PacketLossRateUu
NU CU SI I - QS DRB.: PacketSuccessRateUlgNBUu
NU CU+UP SI I - QS DRB.: PacketLossRateUl
NU UP SI I - QS DRB.: F1UpacketLossRateUl
NU DU SI I - QS DRB.: F1UpacketLossRateDl
NUF CU+UP CC I kbit PQS QosFlow.: PdcpPduVolumeDL PdcpPduVolumeUL PdcpSduVolumeDl PdcpSduVolumeUl
NU DU SI I % . RRU.: PrbTotDl PrbTotUl PrbTotDlMimo PrbTotUlMimo PrbTotSdmDl PrbTotSdmUl
NU DU CC I - X RRU.: PrbTotDlDist PrbTotUlDist
NU DU SI I - PQS RRU.: PrbUsedDl PrbUsedUl
NU DU SI I - . RRU.: PrbAvailDl PrbAvailUl
NU DU SI I - QS RRU.: MaxPrbUsedDl MaxPrbUsedUl
N DU SI R - . RRU.: MaxLayerDlMimo MaxLayerUlMimo
NU CU SI I - P RRC.: ConnMean
NU CU SI I - P RRC.: ConnMax
NU CU SI R - P RRC.: InactiveConnMean
NU CU SI I - . RRC.: InactiveConnMax
NU CU CC I - . RRC.: ConnEstabAtt ConnEstabSucc ConnEstabFailCause ReEstabAtt ReEstabSuccWithUeContext
    ReEstabSuccWithoutUeContext ReEstabFallbackToSetupAtt ResumeAtt ResumeSucc ResumeSuccByFallback
    ResumeFollowedbyNetworkRelease ResumeFollowedbySuspension ResumeFallbackToSetupAtt
NU CU CC I - S SM.: PDUSessionSetupReq PDUSessionSetupSucc
NU CU CC I - . SM.: PDUSessionSetupFail
NU CU SI I - S SM.: MeanPDUSessionSetupReq MaxPDUSessionSetupReq
NU CU+relation CC I - . MM.: HoPrepInterReq HoPrepInterSucc HoPrepInterFail HoExeInterReq HoExeInterSucc
    HoExeInterFail HoExeIntraReq HoExeIntraSucc ChoPrepInterReq ChoPrepInterSucc ChoPrepInterFail
    ConfigInterReqCho ChoExeInterSucc
NU CU CC I - . MM.: HoResAlloInterReq HoResAlloInterSucc HoResAlloInterFail HoOut5gsToEpsFallbackPrepReq
    HoOut5gsToEpsFallbackPrepSucc HoOut5gsToEpsFallbackPrepFail HoOutExe5gsToEpsFallbackSucc
    HoOutExe5gsToEpsFallbackFail HoExeIntraFreqReq HoExeIntraFreqSucc HoExeInterFreqReq HoExeInterFreqSucc
    ChoResAlloInterReq ChoResAlloInterSucc ChoResAlloInterFail ConfigInterReqChoUes
NU CU DER I ms S MM.: HoExeInterReq.TimeMean HoExeInterReq.TimeMax
NU beam CC I - . MM.: HoExeInterSSBSucc HoExeInterSSBFail
NU CU+LTE-relation CC I - . MM.: HoOut5gsToEpsPrepReq HoOut5gsToEpsPrepSucc HoOut5gsToEpsPrepFail
    HoIncEpsTo5gsResAlloReq HoIncEpsTo5gsResAlloSucc HoIncEpsTo5gsResAlloFail HoOutExe5gsToEpsReq
    HoOutExe5gsToEpsSucc HoOutExe5gsToEpsFail
NU CU DER I ms . MM.: Ho5gsToEpsFallbackTimeMean HoExeHo5gsToEpsFallbackTimeMean
NU DU SI I - . MM.: Redirection.5gsToEpsFallback
N CU DER I ms S MM.: ChoExeInterReq.TimeMean ChoExeInterReq.TimeMax
N CU CC I - . MM.: ChoPrepInterReqUes ChoPrepInterSuccUes ChoPrepInterFailUes ConfigIntraReqChoUes
    DapsHoResAlloInterReq DapsHoResAlloInterSucc DapsHoResAlloInterFail HoPrepIntraReq HoPrepIntraSucc
    ChoPrepIntraReq ChoPrepIntraSucc DapsHoPrepIntraReq DapsHoPrepIntraSucc ChoPrepIntraReqUes
    ChoPrepIntraSuccUes
N CU+relation CC I - . MM.: ConfigIntraReqCho ChoExeIntraSucc DapsHoPrepInterReq DapsHoPrepInterSucc
    DapsHoPrepInterFail DapsHoExeInterReq DapsHoExeInterSucc DapsHoExeInterFail DapsHoExeIntraReq
    DapsHoExeIntraSucc
N CU+relation CC I - . HO.: IntraSys.TooEarly IntraSys.TooLate IntraSys.ToWrongCell
N CU+LTE-relation CC I - . HO.: InterSys.TooEarly InterSys.TooLate InterSys.Unnecessary InterSys.PingPong
N beam CC I - . HO.: IntraSys.bTooEarly.NCI IntraSys.bTooLate.NCI IntraSys.bToWrongCell.NCI
    InterSys.bTooLate.ECGI InterSys.bUnnecessary.ECGI InterSys.bPingPong.NCI
N CU CC I - . UECNTX.: ConnEstabAtt ConnEstabSucc
N DU+beam SI I - T UECNTX.: RelReq
N CU+beam SI I - T UECNTX.: RelCmd
NU CU CC I - QT QF.: RelActNbr
NU CU CC I - QS QF.: ReleaseAttNbr ModNbrAtt ModNbrSucc
NU CU CC I - QST QF.: EstabAttNbr EstabSuccNbr InitialEstabAttNbr InitialEstabSuccNbr
NU CU CC I - . QF.: EstabFailNbr InitialEstabFailNbr ModNbrFail
NUF CU CC I ms QT QF.: SessionTimeQoS
NUF CU CC I ms . QF.: SessionTimeUE
N DU CC I - . TB.: TotNbrDlInitial IntialErrNbrDl ResidualErrNbrDl TotNbrUlInit ErrNbrUlInitial ResidualErrNbrUl
N DU CC I - L TB.: TotNbrDl ErrTotNbrDl TotNbrUl ErrTotNbrUl
NU DU CC I - XYZ CARR.: WBCQIDist PDSCHMCSDist PUSCHMCSDist
NU DU CC I - X CARR.: MUPDSCHMCSDist MUPUSCHMCSDist
N DU SI R dBm . CARR.: MaxTxPwr NRCellDU
N DU CC I - X CARR.: MUPDSCHRB MUPUSCHRB
N DU SI R - . CARR.: AverageLayersDl AverageLayersUl
N beam CC I - X L1M.: SS-RSRP
N CU+relation CC I - XB L1M.: SS-RSRPNrNbr
N CU+LTE-relation CC I - X L1M.: RSRPEutraNbr
N DU CC I - X L1M.: PHR1 ATADist
N beam CC I - B L1M.: SSBBeamRelatedUeNbr
NU DU DER R dBm B L1M.: DL-SS-RSRP
NU DU DER R dB B L1M.: DL-SS-SINR
NU DU DER R dBm . L1M.: UL-SRS-RSRP
N beam CC I - . MR.: IntraCellSSBSwitchReq IntrCellSuccSSBSwitch
N CU CC I - X MR.: NRScSRSRSRP NRScSSRSRQ NRScSSSINR
N beam CC I - XB MR.: SS-RSRQPerSSB SS-SINRPerSSB
N CU+relation CC I - XB MR.: SS-RSRQ SS-SINR
N DU DER I - . RACH.: PreambleDedCell PreambleACell PreambleBCell
N DU DER I - B RACH.: PreambleDed PreambleA PreambleB
N DU CC I - X RACH.: PreambleDist AccessDelayDist
N UP CC I - . PAG.: ReceivedNbrCnInitiated ReceivedNbrRanIntiated DiscardedNbrCnInitiated
    DiscardedNbrRanInitiated
N DU CC I - . PAG.: ReceivedNbr DiscardedNbr
NUF UP DER R µs QS GTP.: DelayDlPsaUpfNgranMean
NUF UP DER I - QSX GTP.: DelayDlPsaUpfNgranDist
N UP CC I - QS GTP.: InDataPktPacketLossN3gNB
N node SI R W . PEE.: AvgPower MinPower MaxPower
N node SI R kWh . PEE.: Energy
N node SI R °C . PEE.: AvgTemperature MinTemperature MaxTemperature
N node SI R V . PEE.: Voltage
N node SI R A . PEE.: Current
N node SI I % . PEE.: Humidity
N any OM I % . VR.: VCpuUsageMean VMemoryUsageMean VDiskUsageMean
NU CU CC I ms . ~: 5QI1QoSflow.Rel.Average.NormCallDuration 5QI1QoSflow.Rel.Average.AbnormCallDuration
NU CU CC I - X ~: 5QI1QoSflow.Rel.NormCallDuration 5QI1QoSflow.Rel.AbnormCallDuration
N DU SI R - . ~: MIMOLayersDLy MIMOLayersULy
N DU SI R - Y ~: PDSCHPRBsLayer PUSCHPRBsLayer
N CU CC I ms . ~: MeanTime5QI1Flow.RelDoubleNG
NU DU SI I - . ~: CQI
NU DU SI R dBm . ~: RSRP
NU DU SI R dB . ~: RSRQ
"""

_ALSO = {
    "TB.InitialErrNbrDl": "TB.IntialErrNbrDl",
    "QosFlow.PdcpPduVolumeDl": "QosFlow.PdcpPduVolumeDL",
    "QosFlow.PdcpPduVolumeUl": "QosFlow.PdcpPduVolumeUL",
    "QosFlow.PdcpSduVolumeDL": "QosFlow.PdcpSduVolumeDl",
    "QosFlow.PdcpSduVolumeUL": "QosFlow.PdcpSduVolumeUl",
    "DRB.PdcpSduVolumeDl": "DRB.PdcpSduVolumeDL",
    "DRB.PdcpSduVolumeUl": "DRB.PdcpSduVolumeUL",
    "DRB.RlcSduTransmittedVolumeDl": "DRB.RlcSduTransmittedVolumeDL",
    "DRB.RlcSduTransmittedVolumeUl": "DRB.RlcSduTransmittedVolumeUL",
    "PAG.ReceivedNbrRanInitiated": "PAG.ReceivedNbrRanIntiated",
    "MR.IntraCellSuccSSBSwitch": "MR.IntrCellSuccSSBSwitch",
    "CARR.MeanTxPwr": "CARR.NRCellDU",
}
"""Second spellings in use, and the table's. `QosFlow.PdcpPduVolumeDl` and `DL` are both sent by deployed nodes."""

_WITH_CAUSE = ("RRC.ConnEstabFailCause.", "SM.PDUSessionSetupFail.", "QF.EstabFailNbr.", "QF.ModNbrFail.")
"""Names that may go on with a cause, as `RRC.ConnEstabFailCause.radioNetwork` (TS 28.552 5.1.1.15)."""


@dataclass(frozen=True, slots=True)
class Measure:
    """One row of the table."""

    name: str
    object: str
    """Whose counter: `DU`, `CU`, `UP`, `node` …"""
    kind: str
    """`SI` gauge, `CC` cumulative counter, `DER` derived, `OM` other."""
    whole: bool
    """Defined as an integer. A node may send a real all the same."""
    unit: str
    labels: str
    """Letters as in the table; empty: none."""
    levels: str
    """Letters as in the table."""

    @property
    def per_ue(self) -> bool:
        return "U" in self.levels

    @property
    def range(self) -> Range:
        """Least and greatest value that it can have, in `unit`."""
        return range_of(self)


def _rows() -> dict[str, Measure]:
    rows: dict[str, Measure] = {}
    for line in _TABLE.replace("\n    ", " ").strip().splitlines():
        head, _, names = line.partition(": ")
        levels, object_, kind, number, unit, labels, prefix = head.split()
        prefix, labels = prefix.replace("~", ""), labels.replace(".", "")
        for name in names.split():
            rows[prefix + name] = Measure(prefix + name, object_, kind, number == "I", unit, labels, levels)
    return rows


METRICS: dict[str, Measure] = _rows()
"""Every name KPM can ask for, in the table's spelling."""

_FOLDED = {name.lower(): name for name in METRICS} | {also.lower(): name for also, name in _ALSO.items()}


def fold(name: str) -> str:
    """The form in which two spellings of one measurement are equal: nodes differ in capitals, and in typing errors."""
    lower = name.lower()
    return _FOLDED.get(lower, lower)


def measure(name: str) -> Measure:
    """The row of a name in one of its accepted spellings. Raises ConfigError that names the nearest one."""
    found = METRICS.get(_ALSO.get(name, name))
    if found is not None:
        return found
    for stem in _WITH_CAUSE:
        if name.startswith(stem) and len(name) > len(stem):
            return METRICS[stem[:-1]]
    raise ConfigError(f"there is no KPM measurement '{name}'.{nearest(name, (*METRICS, *_ALSO))}")
