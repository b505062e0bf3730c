{{/* Files for the RIC: of the values, or of ConfigMaps that are there. */}}

{{/* Of (dict "root" . "what" "settings"): its ConfigMap's name; empty where there is nothing. */}}
{{- define "ricloop.file.map" -}}
{{- $given := get .root.Values .what -}}
{{- if $given.configMap.name -}}
{{- $given.configMap.name -}}
{{- else if $given.inline -}}
{{- include "xapp-common.configMap" (dict "root" .root "what" .what) -}}
{{- end -}}
{{- end }}

{{- define "ricloop.file.name" -}}
{{- get (dict "settings" "settings.toml" "topology" "topology.json" "policies" "policies.json") . -}}
{{- end }}

{{/* Of (dict "root" . "what" "settings"): the ConfigMap that is made of the values. */}}
{{- define "ricloop.file.made" -}}
{{- $given := get .root.Values .what -}}
{{- if and $given.inline (not $given.configMap.name) }}
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ include "xapp-common.configMap" (dict "root" .root "what" .what) }}
  namespace: {{ .root.Release.Namespace }}
  labels:
    {{- include "xapp-common.metaLabels" .root | nindent 4 }}
data:
  {{ $given.configMap.key }}: {{ ternary $given.inline (toJson $given.inline) (kindIs "string" $given.inline) | quote }}
{{- end }}
{{- end }}
