{{- define "ricloop.volumes" -}}
{{- $root := . -}}
- name: config
  projected:
    defaultMode: 0440
    {{- $sources := list }}
    {{- range $what := list "settings" "topology" "policies" }}
    {{- with include "ricloop.file.map" (dict "root" $root "what" $what) }}
    {{- $item := dict "key" (get $root.Values $what).configMap.key "path" (include "ricloop.file.name" $what) }}
    {{- $sources = append $sources (dict "configMap" (dict "name" . "items" (list $item))) }}
    {{- end }}
    {{- end }}
    sources: {{- $sources | toYaml | nindent 6 }}
{{- if .Values.audit.enabled }}
- name: audit
  {{- if .Values.audit.persistence.enabled }}
  persistentVolumeClaim:
    claimName: {{ include "ricloop.auditClaim" . }}
  {{- else }}
  emptyDir: {sizeLimit: {{ .Values.audit.size }}}
  {{- end }}
{{- end }}
{{- end }}

{{- define "ricloop.auditClaim" -}}
{{- default (printf "%s-audit" (include "xapp-common.fullname" .)) .Values.audit.persistence.existingClaim -}}
{{- end }}
