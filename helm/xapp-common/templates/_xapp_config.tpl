{{/* The descriptor with this release's image, version and settings, its schema, and the environment, under the platform's names. */}}
{{- define "xapp-common.xapp.configMaps" -}}
{{- $name := .Chart.Name -}}
{{- $descriptor := .Files.Get "files/config-file.json" | fromJson -}}
{{- $_ := set $descriptor "controls" .Values.config -}}
{{- $registry := default .Values.image.registry .Values.global.imageRegistry -}}
{{- range $descriptor.containers -}}
{{- $_ := set . "image" (dict "registry" $registry "name" $.Values.image.repository "tag" (default $.Chart.AppVersion $.Values.image.tag)) -}}
{{- end -}}
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ include "xapp-common.configMap" (dict "root" . "what" "appconfig") | quote }}
  namespace: {{ .Release.Namespace | quote }}
  labels:
    {{- include "xapp-common.metaLabels" . | nindent 4 }}
data:
  config-file.json: {{ toJson $descriptor | quote }}
  schema.json: {{ .Files.Get "files/schema.json" | fromJson | toJson | quote }}
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ include "xapp-common.configMap" (dict "root" . "what" "appenv") | quote }}
  namespace: {{ .Release.Namespace | quote }}
  labels:
    {{- include "xapp-common.metaLabels" . | nindent 4 }}
data:
  XAPP_DESCRIPTOR_PATH: /opt/ric/config
  RMR_RTG_SVC: "4561"
  RMR_SRC_ID: {{ printf "%s.%s" (include "xapp-common.service" (dict "root" . "port" "rmr")) .Release.Namespace | quote }}
  DBAAS_SERVICE_HOST: {{ .Values.platform.dbaasHost | quote }}
  DBAAS_SERVICE_PORT: {{ .Values.platform.dbaasPort | quote }}
  {{- with .Values.platform.metricsDbHost }}
  SERVICE_METRICSDB_HOST: {{ . | quote }}
  SERVICE_METRICSDB_PORT: {{ $.Values.platform.metricsDbPort | quote }}
  {{- end }}
{{- end }}
