{{/* An xApp in a pod of its own: everything that its chart installs. */}}
{{- define "xapp-common.xapp" -}}
{{- include "xapp-common.xapp.check" . -}}
{{ include "xapp-common.account" . }}
{{ include "xapp-common.xapp.configMaps" . }}
{{ include "xapp-common.xapp.services" . }}
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ include "xapp-common.fullname" . | quote }}
  namespace: {{ .Release.Namespace | quote }}
  labels:
    {{- include "xapp-common.metaLabels" . | nindent 4 }}
spec:
  {{- if not (or .Values.autoscaling.enabled (include "xapp-common.keda" .)) }}
  replicas: {{ .Values.replicaCount }}
  {{- end }}
  revisionHistoryLimit: 5
  {{- include "xapp-common.xapp.strategy" . | nindent 2 }}
  selector:
    matchLabels:
      {{- include "xapp-common.selector" . | nindent 6 }}
  template:
    metadata:
      labels:
        {{- include "xapp-common.labelsWith" (dict "root" . "more" .Values.podLabels) | nindent 8 }}
      annotations:
        checksum/config: {{ include "xapp-common.xapp.configMaps" . | sha256sum }}
        {{- include "xapp-common.annotations" (dict "root" . "port" 8080) | nindent 8 }}
    spec:
      {{- include "xapp-common.placement" (dict "root" . "token" false) | nindent 6 }}
      containers:
        - name: {{ .Chart.Name | quote }}
          image: {{ include "xapp-common.image" . | quote }}
          imagePullPolicy: {{ .Values.image.pullPolicy | quote }}
          args:
            {{- include "xapp-common.xapp.args" . | nindent 12 }}
          ports:
            - {name: http, containerPort: 8080, protocol: TCP}
            {{- if .Values.rmr.enabled }}
            - {name: rmrdata, containerPort: 4560, protocol: TCP}
            - {name: rmrroute, containerPort: 4561, protocol: TCP}
            {{- end }}
          {{- include "xapp-common.probes" (dict "root" . "port" "http" "alive" "/ric/v1/health/alive" "ready" "/ric/v1/health/ready") | nindent 10 }}
          securityContext:
            {{- include "xapp-common.containerSecurity" . | nindent 12 }}
          resources:
            {{- include "xapp-common.resources" . | nindent 12 }}
          envFrom:
            - configMapRef: {name: {{ include "xapp-common.configMap" (dict "root" . "what" "appenv") | quote }}}
            # Of the platform, where there is one.
            - configMapRef: {name: dbaas-appconfig, optional: true}
            {{- with .Values.extraEnvFrom }}
            {{- toYaml . | nindent 12 }}
            {{- end }}
          env:
            {{- include "xapp-common.env" . | nindent 12 }}
          volumeMounts:
            - name: config
              mountPath: /opt/ric/config
              readOnly: true
            {{- include "xapp-common.volumeMounts" . | nindent 12 }}
      volumes:
        - name: config
          configMap: {name: {{ include "xapp-common.configMap" (dict "root" . "what" "appconfig") | quote }}}
        {{- include "xapp-common.volumes" . | nindent 8 }}
{{ include "xapp-common.xapp.networkPolicy" . }}
{{ include "xapp-common.disruption" (dict "root" . "several" (gt (int (include "xapp-common.replicas" .)) 1)) }}
{{ include "xapp-common.autoscaler" . }}
{{ include "xapp-common.serviceMonitor" (dict "root" . "endpoints" (list (dict "port" "http" "path" "/metrics"))) }}
{{ include "xapp-common.certificate" (dict "root" . "commonName" .Chart.Name "names" (list .Chart.Name) "usage" "client auth") }}
{{- end }}

{{/* The RIC lets one process of a name connect: a new pod that waited for the old one's end while the old one waits for it to be ready would wait for ever. */}}
{{- define "xapp-common.xapp.strategy" -}}
strategy:
  type: RollingUpdate
  rollingUpdate:
    {{- if .Values.sharded }}
    maxUnavailable: 0
    maxSurge: 1
    {{- else }}
    maxUnavailable: 1
    maxSurge: 1
    {{- end }}
{{- end }}

{{- define "xapp-common.xapp.args" -}}
- xapp
- {{ .Chart.Name | quote }}
- --connect
- {{ printf "%s:%v" (include "xapp-common.ricHost" (dict "root" . "port" "rpc")) .Values.ric.port | quote }}
- --ca
- /etc/ricloop/tls/ca.crt
- --cert
- /etc/ricloop/tls/tls.crt
- --key
- /etc/ricloop/tls/tls.key
- --http
- 0.0.0.0:8080
- --stage
- {{ include "xapp-common.stage" . | quote }}
{{- include "xapp-common.models.args" . }}
{{- if .Values.rmr.enabled }}
- --rmr
- 0.0.0.0:4560
{{- end }}
{{- if .Values.appmgr.enabled }}
- --appmgr
- {{ .Values.appmgr.url | quote }}
{{- end }}
{{- with .Values.extraArgs }}
{{ toYaml . }}
{{- end }}
{{- end }}
