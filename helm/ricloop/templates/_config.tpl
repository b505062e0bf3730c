{{/* Files for the RIC: of the values, or of ConfigMaps that are there. */}}

{{/* Of (dict "root" . "what" "settings"): what is to be in it, as text; empty where a ConfigMap has it, or nobody. A lab's topology is global. */}}
{{- define "ricloop.file.text" -}}
{{- $given := get .root.Values .what -}}
{{- $inline := $given.inline -}}
{{- if and (eq .what "topology") (not $inline) }}{{ $inline = dig "topology" dict .root.Values.global }}{{ end -}}
{{- if and $inline (not $given.configMap.name) -}}
{{- ternary $inline (toJson $inline) (kindIs "string" $inline) -}}
{{- end -}}
{{- end }}

{{/* Of the same: its ConfigMap's name; empty where there is nothing. */}}
{{- define "ricloop.file.map" -}}
{{- $given := get .root.Values .what -}}
{{- if $given.configMap.name -}}
{{- $given.configMap.name -}}
{{- else if include "ricloop.file.text" . -}}
{{- include "xapp-common.configMap" . -}}
{{- end -}}
{{- end }}

{{- define "ricloop.file.name" -}}
{{- get (dict "settings" "settings.toml" "topology" "topology.json" "policies" "policies.json") . -}}
{{- end }}

{{/* Of the same: the ConfigMap that is made of the values. */}}
{{- define "ricloop.file.made" -}}
{{- with include "ricloop.file.text" . }}
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ include "xapp-common.configMap" $ | quote }}
  namespace: {{ $.root.Release.Namespace | quote }}
  labels:
    {{- include "xapp-common.metaLabels" $.root | nindent 4 }}
data:
  {{ (get $.root.Values $.what).configMap.key | quote }}: {{ . | quote }}
{{- end }}
{{- end }}
