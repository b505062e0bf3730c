"""Where each measurement is defined: the clause of TS 28.552 (Release 18), or of E2SM-KPM v3.00 where it begins with 7.

One line per clause of several measurements: the first name has the subclause that is written, the next one the
subclause after it. Names that share a subclause are joined by "+"; "." stands for one that defines nothing here. A line
that starts with blanks goes on.

    subclause prefix: names

`CQI`, `RSRP` and `RSRQ` are srsRAN's own and have none.
"""

from __future__ import annotations

_TABLE = """
5.1.1.1.1 DRB.: AirIfDelayDl AirIfDelayDist AirIfDelayUl RlcDelayUl PdcpReordDelayUl DelayDlNgranUeDist
5.1.1.1.7.1 DRB.: DelayUlNgranUeDist DelayUlNgranUeIncD1Dist
5.1.1.1.8.1 GTP.: DelayDlPsaUpfNgranMean DelayDlPsaUpfNgranDist
5.1.1.2.1 RRU.: PrbTotDl PrbTotUl PrbTotDlDist PrbTotUlDist PrbUsedDl PrbAvailDl PrbUsedUl PrbAvailUl MaxPrbUsedDl
    MaxPrbUsedUl PrbTotDlMimo PrbTotUlMimo PrbTotSdmDl PrbTotSdmUl
5.1.1.3.1 DRB.: UEThpDl UEThpDlDist UEThpUl UEThpUlDist UEUnresVolDl UEUnresVolUl PDCP.UEThpDl
5.1.1.4.1 RRC.: ConnMean ConnMax InactiveConnMean InactiveConnMax
5.1.1.5.1 SM.: PDUSessionSetupReq PDUSessionSetupSucc PDUSessionSetupFail MeanPDUSessionSetupReq MaxPDUSessionSetupReq
5.1.1.6.1.1 MM.: HoPrepInterReq HoPrepInterSucc HoPrepInterFail HoResAlloInterReq HoResAlloInterSucc HoResAlloInterFail
    HoExeInterReq HoExeInterSucc HoExeInterFail HoExeInterReq.TimeMean HoExeInterReq.TimeMax HoExeInterSSBSucc
    HoExeInterSSBFail
5.1.1.6.2.1 MM.: HoExeIntraReq HoExeIntraSucc
5.1.1.6.3.1 MM.: HoOut5gsToEpsPrepReq HoOut5gsToEpsPrepSucc HoOut5gsToEpsPrepFail HoIncEpsTo5gsResAlloReq
    HoIncEpsTo5gsResAlloSucc HoIncEpsTo5gsResAlloFail HoOutExe5gsToEpsReq HoOutExe5gsToEpsSucc HoOutExe5gsToEpsFail
    HoOut5gsToEpsFallbackPrepReq HoOut5gsToEpsFallbackPrepSucc HoOut5gsToEpsFallbackPrepFail
    HoOutExe5gsToEpsFallbackSucc HoOutExe5gsToEpsFallbackFail Ho5gsToEpsFallbackTimeMean
    HoExeHo5gsToEpsFallbackTimeMean
5.1.1.6.4.1 MM.: Redirection.5gsToEpsFallback
5.1.1.6.5.1 MM.: HoExeIntraFreqReq HoExeIntraFreqSucc HoExeInterFreqReq HoExeInterFreqSucc
5.1.1.6.6.1 MM.: ChoPrepInterReq ChoPrepInterSucc ChoPrepInterFail ChoResAlloInterReq ChoResAlloInterSucc
    ChoResAlloInterFail ConfigInterReqCho ConfigInterReqChoUes ChoExeInterSucc . ChoExeInterReq.TimeMean
    ChoExeInterReq.TimeMax ChoPrepInterReqUes ChoPrepInterSuccUes ChoPrepInterFailUes
5.1.1.6.7.1 MM.: ConfigIntraReqCho ConfigIntraReqChoUes ChoExeIntraSucc
5.1.1.6.8.1 MM.: DapsHoPrepInterReq DapsHoPrepInterSucc DapsHoPrepInterFail DapsHoResAlloInterReq
    DapsHoResAlloInterSucc DapsHoResAlloInterFail DapsHoExeInterReq DapsHoExeInterSucc DapsHoExeInterFail
5.1.1.6.9.1 MM.: DapsHoExeIntraReq DapsHoExeIntraSucc
5.1.1.7.1 TB.: TotNbrDlInitial IntialErrNbrDl TotNbrDl ErrTotNbrDl ResidualErrNbrDl TotNbrUlInit ErrNbrUlInitial
    TotNbrUl ErrTotNbrUl ResidualErrNbrUl
5.1.1.10.1 DRB.: EstabAtt EstabSucc RelActNbr SessionTime InitialEstabAtt InitialEstabSucc ResumeAtt ResumeSucc
    MeanEstabSucc MaxEstabSucc GTPUPathFailure EstabAttDC EstabSuccDC
5.1.1.11.1 CARR.: WBCQIDist
5.1.1.12.1 CARR.: PDSCHMCSDist PUSCHMCSDist MUPDSCHMCSDist MUPUSCHMCSDist
5.1.1.13.1.1 QF.: RelActNbr ReleaseAttNbr
5.1.1.13.2.1 QF.: SessionTimeQoS SessionTimeUE
5.1.1.13.3.1 QF.: EstabAttNbr EstabSuccNbr EstabFailNbr InitialEstabAttNbr InitialEstabSuccNbr InitialEstabFailNbr
5.1.1.13.4.1 QF.: ModNbrAtt ModNbrSucc ModNbrFail
5.1.1.15.1 RRC.: ConnEstabAtt ConnEstabSucc ConnEstabFailCause
5.1.1.16.1 UECNTX.: ConnEstabAtt ConnEstabSucc
5.1.1.17.1 RRC.: ReEstabAtt ReEstabSuccWithUeContext ReEstabSuccWithoutUeContext ReEstabFallbackToSetupAtt
5.1.1.18.1 RRC.: ResumeAtt ResumeSucc ResumeSuccByFallback ResumeFollowedbyNetworkRelease ResumeFollowedbySuspension
    ResumeFallbackToSetupAtt
5.1.1.19.3 PEE.: Energy . Voltage Current Humidity
5.1.1.19.2.1 PEE.: AvgPower MinPower MaxPower
5.1.1.19.4.1 PEE.: AvgTemperature MinTemperature MaxTemperature
5.1.1.20.1 RACH.: PreambleDedCell+PreambleACell+PreambleBCell PreambleDed+PreambleA+PreambleB PreambleDist
    AccessDelayDist
5.1.1.21.1 MR.: IntraCellSSBSwitchReq IntrCellSuccSSBSwitch
5.1.1.22.1 L1M.: SS-RSRP SS-RSRPNrNbr RSRPEutraNbr
5.1.1.22.4 MR.: NRScSRSRSRP
5.1.1.23.1 DRB.: MeanActiveUeDl MaxActiveUeDl MeanActiveUeUl MaxActiveUeUl
5.1.1.24.1 5QI1QoSflow.Rel.: Average.NormCallDuration Average.AbnormCallDuration NormCallDuration AbnormCallDuration
5.1.1.25.1 HO.: IntraSys.TooEarly+IntraSys.TooLate+IntraSys.ToWrongCell InterSys.TooEarly+InterSys.TooLate
    InterSys.Unnecessary InterSys.PingPong IntraSys.bTooEarly.NCI+IntraSys.bTooLate.NCI+IntraSys.bToWrongCell.NCI
    InterSys.bTooLate.ECGI InterSys.bUnnecessary.ECGI InterSys.bPingPong.NCI
5.1.1.26.1 L1M.: PHR1
5.1.1.27.1 PAG.: ReceivedNbrCnInitiated ReceivedNbrRanIntiated ReceivedNbr DiscardedNbrCnInitiated
    DiscardedNbrRanInitiated DiscardedNbr
5.1.1.28.1 L1M.: SSBBeamRelatedUeNbr
5.1.1.29.1 CARR.: MaxTxPwr NRCellDU
5.1.1.30.1 CARR.: MUPDSCHRB MUPUSCHRB . . AverageLayersDl AverageLayersUl
5.1.1.30.3 RRU.: MaxLayerDlMimo MaxLayerUlMimo
5.1.1.30.7 ~: MIMOLayersDLy MIMOLayersULy PDSCHPRBsLayer PUSCHPRBsLayer
5.1.1.31.1 MR.: NRScSSRSRQ SS-RSRQPerSSB SS-RSRQ
5.1.1.32.1 MR.: NRScSSSINR SS-SINRPerSSB SS-SINR
5.1.1.33.1 L1M.: ATADist
5.1.1.34 GTP.: InDataPktPacketLossN3gNB
5.1.1.35 DRB.: PacketLossRateUu
5.1.2.1.1.1 DRB.: PdcpSduVolumeDL PdcpSduVolumeX2DL PdcpSduVolumeXnDL
5.1.2.1.2.1 DRB.: PdcpSduVolumeUL PdcpSduVolumeX2UL PdcpSduVolumeXnUL
5.1.2.2.1 DRB.: PacketSuccessRateUlgNBUu
5.1.2.3.1 ~: MeanTime5QI1Flow.RelDoubleNG
5.1.3.1.1 DRB.: PacketLossRateUl F1UpacketLossRateUl F1UpacketLossRateDl
5.1.3.2.1 DRB.: PdcpPacketDropRateDl RlcPacketDropRateDl
5.1.3.3.1 DRB.: PdcpSduDelayDl PdcpF1DelayDl RlcSduDelayDl PdcpSduDelayDlDist GtpF1DelayDlDist RlcSduDelayDlDist
5.1.3.4.2 DRB.: RlcSduLatencyDl RlcSduLatencyDlDist
5.1.3.5.1 UECNTX.: RelReq RelCmd
5.1.3.6.1.1 QosFlow.: PdcpPduVolumeDL PdcpPduVolumeUL
5.1.3.6.2.1 QosFlow.: PdcpSduVolumeDl PdcpSduVolumeUl
5.1.3.6.2.3 DRB.: F1uPdcpSduVolumeDL+X2uPdcpSduVolumeDl+XnuPdcpSduVolumeDl
    F1uPdcpSduVolumeUL+X2uPdcpSduVolumeUl+XnuPdcpSduVolumeUl
5.1.3.7.1.1 MM.: HoPrepIntraReq HoPrepIntraSucc ChoPrepIntraReq ChoPrepIntraSucc DapsHoPrepIntraReq DapsHoPrepIntraSucc
    ChoPrepIntraReqUes ChoPrepIntraSuccUes
5.7.1.1.1 VR.: VCpuUsageMean
5.7.1.2.1 VR.: VMemoryUsageMean
5.7.1.3.1 VR.: VDiskUsageMean
7.10.1 DRB.: RlcSduTransmittedVolumeDL RlcSduTransmittedVolumeUL PerDataVolumeDLDist PerDataVolumeULDist
    RlcPacketDropRateDLDist PacketLossRateULDist
7.10.7 L1M.: DL-SS-RSRP DL-SS-SINR UL-SRS-RSRP
"""


def _rows() -> dict[str, str]:
    rows: dict[str, str] = {}
    for line in _TABLE.replace("\n    ", " ").strip().splitlines():
        head, _, groups = line.partition(": ")
        first, prefix = head.split()
        stem, _, number = first.rpartition(".")
        for subclause, group in enumerate(groups.split(), int(number)):
            if group != ".":
                rows |= {prefix.replace("~", "") + name: f"{stem}.{subclause}" for name in group.split("+")}
    return rows


CLAUSES: dict[str, str] = {
    name: f"{'E2SM-KPM' if clause.startswith('7') else 'TS 28.552'} {clause}" for name, clause in _rows().items()
}
"""By name in the table's spelling: `TS 28.552 5.1.1.3.1`."""
