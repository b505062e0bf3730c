"""The rows of the registry: measurements of TS 28.552 and O-RAN E2SM-KPM, and three that every srsRAN node serves.

One line per group of names that share everything else; a line that starts with blanks goes on.

    levels object kind number unit labels prefix: names

levels  C cell, N node as a whole, U UE, F QoS flow of a UE
object  whose counter it is, in the short forms of `OBJECTS`
kind    SI gauge, CC cumulative counter, DER derived, OM other management's
number  I integer, R real
unit    one of `UNITS`; "-" is a count, a ratio or an index
labels  P PLMN, Q 5QI, S slice, X Y Z bins of a distribution, B SSB index, L MU-MIMO layer, T total; "." none
prefix  put before each name; "~" is none

Where published tables give an impossible unit (`RRC.ConnMax` in percent), the row holds the possible one.
"""

from __future__ import annotations

UNITS = frozenset(
    ("-", "%", "ppm", "kbit", "kbit/s", "0.1ms", "ms", "µs", "m", "dBm", "dB", "W", "kWh", "V", "A", "°C")
)
"""All units there are; `0.1ms` counts tenths of a millisecond, `ppm` millionths."""

LEVELS = {"C": "cell", "N": "node", "U": "ue", "F": "flow"}
OBJECTS = {
    "DU": "NRCellDU",
    "CU": "NRCellCU",
    "UP": "GNBCUUPFunction",
    "node": "ManagedElement",
    "relation": "NRCellRelation",
    "LTE-relation": "EUtranRelation",
    "beam": "Beam",
    "F1-U": "EP_F1U",
    "X2-U": "EP_X2U",
    "Xn-U": "EP_XnU",
    "any": "any function",
}
KINDS = {"SI": "gauge", "CC": "cumulative counter", "DER": "derived", "OM": "other management's"}
LABELS = {
    "P": "PLMN",
    "Q": "5QI",
    "S": "slice",
    "X": "bin X",
    "Y": "bin Y",
    "Z": "bin Z",
    "B": "SSB index",
    "L": "MU-MIMO layer",
    "T": "total",
}
"""What the table's letters mean."""

TABLE = """
CUF DU DER R 0.1ms PQS DRB.: AirIfDelayDl AirIfDelayUl RlcDelayUl RlcSduDelayDl
CUF DU DER I - PQSX DRB.: AirIfDelayDist RlcSduDelayDlDist
NUF UP DER R 0.1ms PQS DRB.: PdcpReordDelayUl PdcpSduDelayDl PdcpF1DelayDl
CNUF CU+UP DER I - PQSX DRB.: DelayDlNgranUeDist DelayUlNgranUeDist DelayUlNgranUeIncD1Dist
CUF DU DER R kbit/s PQS DRB.: UEThpDl UEThpUl
CUF DU CC I - PQSX DRB.: UEThpDlDist UEThpUlDist PerDataVolumeDLDist PerDataVolumeULDist
CUF DU SI I % PQS DRB.: UEUnresVolDl UEUnresVolUl
CNUF DU+UP DER R kbit/s Q DRB.: PDCP.UEThpDl
CUF CU CC I ms QS DRB.: SessionTime
CUF CU CC I kbit PQS DRB.: PdcpSduVolumeDL PdcpSduVolumeX2DL PdcpSduVolumeXnDL PdcpSduVolumeUL PdcpSduVolumeX2UL
    PdcpSduVolumeXnUL
CNUF CU+UP SI I ppm QS DRB.: PdcpPacketDropRateDl
CUF DU SI I ppm QS DRB.: RlcPacketDropRateDl
NUF UP DER I - PQSX DRB.: PdcpSduDelayDlDist GtpF1DelayDlDist
CUF DU DER R 0.1ms QS DRB.: RlcSduLatencyDl
CUF DU DER I - QSX DRB.: RlcSduLatencyDlDist
NUF F1-U CC I kbit PQS DRB.: F1uPdcpSduVolumeDL F1uPdcpSduVolumeUL
NUF X2-U CC I kbit PQ DRB.: X2uPdcpSduVolumeDl X2uPdcpSduVolumeUl
NUF Xn-U CC I kbit PQS DRB.: XnuPdcpSduVolumeDl XnuPdcpSduVolumeUl
CUF DU CC I kbit PQS DRB.: RlcSduTransmittedVolumeDL RlcSduTransmittedVolumeUL
CUF DU SI I - QSX DRB.: RlcPacketDropRateDLDist
CNUF CU+UP SI I - QSX DRB.: PacketLossRateULDist
CU CU CC I - QS DRB.: EstabAtt EstabSucc RelActNbr InitialEstabAtt InitialEstabSucc ResumeAtt ResumeSucc
    GTPUPathFailure EstabAttDC EstabSuccDC
CU CU SI I - QS DRB.: MeanEstabSucc MaxEstabSucc
CU DU DER I - PQS DRB.: MeanActiveUeDl MaxActiveUeDl MeanActiveUeUl MaxActiveUeUl
CU DU CC I - PQS DRB.: PacketLossRateUu
CU CU SI I - QS DRB.: PacketSuccessRateUlgNBUu
CNU CU+UP SI I ppm QS DRB.: PacketLossRateUl
NU UP SI I ppm QS DRB.: F1UpacketLossRateUl
CU DU SI I ppm QS DRB.: F1UpacketLossRateDl
CNUF CU+UP CC I kbit PQS QosFlow.: PdcpPduVolumeDL PdcpPduVolumeUL PdcpSduVolumeDl PdcpSduVolumeUl
CU DU SI I % . RRU.: PrbTotDl PrbTotUl PrbTotDlMimo PrbTotUlMimo PrbTotSdmDl PrbTotSdmUl
CU DU CC I - X RRU.: PrbTotDlDist PrbTotUlDist
CU DU SI I - PQS RRU.: PrbUsedDl PrbUsedUl
CU DU SI I - . RRU.: PrbAvailDl PrbAvailUl
CU DU SI I - QS RRU.: MaxPrbUsedDl MaxPrbUsedUl
C DU SI R - . RRU.: MaxLayerDlMimo MaxLayerUlMimo
CU CU SI I - P RRC.: ConnMean
CU CU SI I - P RRC.: ConnMax
CU CU SI R - P RRC.: InactiveConnMean
CU CU SI I - . RRC.: InactiveConnMax
CU CU CC I - . RRC.: ConnEstabAtt ConnEstabSucc ConnEstabFailCause ReEstabAtt ReEstabSuccWithUeContext
    ReEstabSuccWithoutUeContext ReEstabFallbackToSetupAtt ResumeAtt ResumeSucc ResumeSuccByFallback
    ResumeFollowedbyNetworkRelease ResumeFollowedbySuspension ResumeFallbackToSetupAtt
CU CU CC I - S SM.: PDUSessionSetupReq PDUSessionSetupSucc
CU CU CC I - . SM.: PDUSessionSetupFail
CU CU SI I - S SM.: MeanPDUSessionSetupReq MaxPDUSessionSetupReq
CU CU+relation CC I - . MM.: HoPrepInterReq HoPrepInterSucc HoPrepInterFail HoExeInterReq HoExeInterSucc
    HoExeInterFail HoExeIntraReq HoExeIntraSucc ChoPrepInterReq ChoPrepInterSucc ChoPrepInterFail
    ConfigInterReqCho ChoExeInterSucc
CU CU CC I - . MM.: HoResAlloInterReq HoResAlloInterSucc HoResAlloInterFail HoOut5gsToEpsFallbackPrepReq
    HoOut5gsToEpsFallbackPrepSucc HoOut5gsToEpsFallbackPrepFail HoOutExe5gsToEpsFallbackSucc
    HoOutExe5gsToEpsFallbackFail HoExeIntraFreqReq HoExeIntraFreqSucc HoExeInterFreqReq HoExeInterFreqSucc
    ChoResAlloInterReq ChoResAlloInterSucc ChoResAlloInterFail ConfigInterReqChoUes
CU CU DER I ms S MM.: HoExeInterReq.TimeMean HoExeInterReq.TimeMax
CU beam CC I - . MM.: HoExeInterSSBSucc HoExeInterSSBFail
CU CU+LTE-relation CC I - . MM.: HoOut5gsToEpsPrepReq HoOut5gsToEpsPrepSucc HoOut5gsToEpsPrepFail
    HoIncEpsTo5gsResAlloReq HoIncEpsTo5gsResAlloSucc HoIncEpsTo5gsResAlloFail HoOutExe5gsToEpsReq
    HoOutExe5gsToEpsSucc HoOutExe5gsToEpsFail
CU CU DER I ms . MM.: Ho5gsToEpsFallbackTimeMean HoExeHo5gsToEpsFallbackTimeMean
CU DU SI I - . MM.: Redirection.5gsToEpsFallback
C CU DER I ms S MM.: ChoExeInterReq.TimeMean ChoExeInterReq.TimeMax
C CU CC I - . MM.: ChoPrepInterReqUes ChoPrepInterSuccUes ChoPrepInterFailUes ConfigIntraReqChoUes
    DapsHoResAlloInterReq DapsHoResAlloInterSucc DapsHoResAlloInterFail HoPrepIntraReq HoPrepIntraSucc
    ChoPrepIntraReq ChoPrepIntraSucc DapsHoPrepIntraReq DapsHoPrepIntraSucc ChoPrepIntraReqUes
    ChoPrepIntraSuccUes
C CU+relation CC I - . MM.: ConfigIntraReqCho ChoExeIntraSucc DapsHoPrepInterReq DapsHoPrepInterSucc
    DapsHoPrepInterFail DapsHoExeInterReq DapsHoExeInterSucc DapsHoExeInterFail DapsHoExeIntraReq
    DapsHoExeIntraSucc
C CU+relation CC I - . HO.: IntraSys.TooEarly IntraSys.TooLate IntraSys.ToWrongCell
C CU+LTE-relation CC I - . HO.: InterSys.TooEarly InterSys.TooLate InterSys.Unnecessary InterSys.PingPong
C beam CC I - . HO.: IntraSys.bTooEarly.NCI IntraSys.bTooLate.NCI IntraSys.bToWrongCell.NCI
    InterSys.bTooLate.ECGI InterSys.bUnnecessary.ECGI InterSys.bPingPong.NCI
C CU CC I - . UECNTX.: ConnEstabAtt ConnEstabSucc
C DU+beam SI I - T UECNTX.: RelReq
C CU+beam SI I - T UECNTX.: RelCmd
CU CU CC I - QT QF.: RelActNbr
CU CU CC I - QS QF.: ReleaseAttNbr ModNbrAtt ModNbrSucc
CU CU CC I - QST QF.: EstabAttNbr EstabSuccNbr InitialEstabAttNbr InitialEstabSuccNbr
CU CU CC I - . QF.: EstabFailNbr InitialEstabFailNbr ModNbrFail
CUF CU CC I ms QT QF.: SessionTimeQoS
CUF CU CC I ms . QF.: SessionTimeUE
C DU CC I - . TB.: TotNbrDlInitial IntialErrNbrDl ResidualErrNbrDl TotNbrUlInit ErrNbrUlInitial ResidualErrNbrUl
C DU CC I - L TB.: TotNbrDl ErrTotNbrDl TotNbrUl ErrTotNbrUl
CU DU CC I - XYZ CARR.: WBCQIDist PDSCHMCSDist PUSCHMCSDist
CU DU CC I - X CARR.: MUPDSCHMCSDist MUPUSCHMCSDist
C DU SI R dBm . CARR.: MaxTxPwr NRCellDU
C DU CC I - X CARR.: MUPDSCHRB MUPUSCHRB
C DU SI R - . CARR.: AverageLayersDl AverageLayersUl
C beam CC I - X L1M.: SS-RSRP
C CU+relation CC I - XB L1M.: SS-RSRPNrNbr
C CU+LTE-relation CC I - X L1M.: RSRPEutraNbr
C DU CC I - X L1M.: PHR1 ATADist
C beam CC I - B L1M.: SSBBeamRelatedUeNbr
CU DU DER R dBm B L1M.: DL-SS-RSRP
CU DU DER R dB B L1M.: DL-SS-SINR
CU DU DER R dBm . L1M.: UL-SRS-RSRP
C beam CC I - . MR.: IntraCellSSBSwitchReq IntrCellSuccSSBSwitch
C CU CC I - X MR.: NRScSRSRSRP NRScSSRSRQ NRScSSSINR
C beam CC I - XB MR.: SS-RSRQPerSSB SS-SINRPerSSB
C CU+relation CC I - XB MR.: SS-RSRQ SS-SINR
C DU DER I - . RACH.: PreambleDedCell PreambleACell PreambleBCell
C DU DER I - B RACH.: PreambleDed PreambleA PreambleB
C DU CC I - X RACH.: PreambleDist AccessDelayDist
N UP CC I - . PAG.: ReceivedNbrCnInitiated ReceivedNbrRanIntiated DiscardedNbrCnInitiated
    DiscardedNbrRanInitiated
C DU CC I - . PAG.: ReceivedNbr DiscardedNbr
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
CU CU CC I ms . ~: 5QI1QoSflow.Rel.Average.NormCallDuration 5QI1QoSflow.Rel.Average.AbnormCallDuration
CU CU CC I - X ~: 5QI1QoSflow.Rel.NormCallDuration 5QI1QoSflow.Rel.AbnormCallDuration
C DU SI R m . ~: MIMOLayersDLy MIMOLayersULy
C DU SI R - Y ~: PDSCHPRBsLayer PUSCHPRBsLayer
C CU CC I ms . ~: MeanTime5QI1Flow.RelDoubleNG
CU DU SI I - . ~: CQI
CU DU SI R dBm . ~: RSRP
CU DU SI R dB . ~: RSRQ
"""

ALSO = {
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

WITH_CAUSE = (
    "RRC.ConnEstabAtt.",
    "RRC.ConnEstabSucc.",
    "RRC.ConnEstabFailCause.",
    "SM.PDUSessionSetupFail.",
    "QF.EstabFailNbr.",
    "QF.ModNbrFail.",
)
"""Names that may go on with a cause, as `RRC.ConnEstabFailCause.radioNetwork` (TS 28.552 5.1.1.15)."""
